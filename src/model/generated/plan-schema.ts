// Generated from schemas/ by `npm run generate`. Do not edit.
export const planSchema = {
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "https://fairlead.dev/schemas/plan.schema.json",
  "title": "Plan",
  "description": "What `fairlead plan --output json` prints: the way from what the nodes of a cluster run to what a commit declares. It states what was reviewed; `fairlead apply` makes the plan again and applies it only when its id is still the same.",
  "type": "object",
  "additionalProperties": false,
  "required": [
    "version",
    "id",
    "cluster",
    "target",
    "cause",
    "nodes",
    "refreshes",
    "interrupts",
    "impact",
    "blockers"
  ],
  "properties": {
    "version": {
      "description": "Version of this format. A plan of another version is refused.",
      "type": "integer",
      "const": 1
    },
    "id": {
      "$ref": "#/$defs/digest",
      "description": "Digest over everything in the plan but `impact`."
    },
    "cluster": {
      "description": "Name of the cluster.",
      "type": "string",
      "maxLength": 253
    },
    "target": {
      "description": "The Git commit that the plan leads to.",
      "type": "string",
      "maxLength": 64
    },
    "cause": {
      "description": "The weightiest cause among the changes: `commit` before `rotation` before `drift`; `none` for a plan without changes.",
      "enum": [
        "commit",
        "rotation",
        "drift",
        "none"
      ]
    },
    "nodes": {
      "description": "The part of each node, edges before cores, each in declared order.",
      "type": "array",
      "maxItems": 64,
      "items": {
        "$ref": "#/$defs/nodePlan"
      }
    },
    "refreshes": {
      "description": "Resources whose change makes what was read from UC servers stale.",
      "type": "array",
      "items": {
        "$ref": "#/$defs/resourceKey"
      }
    },
    "interrupts": {
      "$ref": "#/$defs/interruption",
      "description": "The worst of all changes."
    },
    "impact": {
      "title": "Impact",
      "description": "Who feels the plan, counted by the nodes from traffic when it was made.",
      "type": "object",
      "additionalProperties": false,
      "required": [
        "interrupted",
        "onlyNewSessions",
        "untouched"
      ],
      "properties": {
        "interrupted": {
          "$ref": "#/$defs/traffic",
          "description": "On nodes where a change interrupts sessions."
        },
        "onlyNewSessions": {
          "$ref": "#/$defs/traffic",
          "description": "On nodes where only new sessions are interrupted."
        },
        "untouched": {
          "$ref": "#/$defs/traffic",
          "description": "On all other nodes."
        },
        "endedCalls": {
          "description": "Calls that maintenance mode ends when it begins, because their endpoints are excluded from it; absent when there are none.",
          "type": "integer",
          "minimum": 1
        }
      }
    },
    "blockers": {
      "description": "Reasons not to apply the plan; none for one that may be applied.",
      "type": "array",
      "items": {
        "$ref": "#/$defs/blocker"
      }
    }
  },
  "$defs": {
    "digest": {
      "title": "Digest",
      "description": "SHA-256 over canonical JSON.",
      "type": "string",
      "maxLength": 71,
      "pattern": "^sha256:[0-9a-f]{64}$"
    },
    "resourceKey": {
      "title": "Resource key",
      "description": "Kind and name of a resource.",
      "type": "string",
      "maxLength": 300,
      "pattern": "^[A-Za-z]+/.+$"
    },
    "interruption": {
      "title": "Interruption",
      "description": "What is interrupted on the wire, from least to worst.",
      "enum": [
        "nothing",
        "new-sessions",
        "sessions"
      ]
    },
    "source": {
      "title": "Source",
      "description": "Where in the repository a resource is written.",
      "type": "object",
      "additionalProperties": false,
      "required": [
        "path",
        "line",
        "column"
      ],
      "properties": {
        "path": {
          "description": "Path inside the source.",
          "type": "string",
          "maxLength": 4096
        },
        "line": {
          "description": "From 1.",
          "type": "integer",
          "minimum": 1
        },
        "column": {
          "description": "From 1, in UTF-16 code units.",
          "type": "integer",
          "minimum": 1
        },
        "inherited": {
          "description": "The documents of bases that it was merged over, the strongest first.",
          "type": "array",
          "maxItems": 64,
          "items": {
            "$ref": "#/$defs/source"
          }
        }
      }
    },
    "traffic": {
      "title": "Traffic",
      "description": "Traffic at one moment; what passes an edge and a core is counted once.",
      "type": "object",
      "additionalProperties": false,
      "required": [
        "users",
        "sessions",
        "registrations"
      ],
      "properties": {
        "users": {
          "description": "Users with a live token.",
          "type": "integer",
          "minimum": 0
        },
        "sessions": {
          "description": "Sessions of all protocols.",
          "type": "integer",
          "minimum": 0
        },
        "registrations": {
          "description": "Registered devices.",
          "type": "integer",
          "minimum": 0
        },
        "calls": {
          "description": "Calls, which are sessions, too; absent where SIP is not served.",
          "type": "integer",
          "minimum": 0
        }
      }
    },
    "node": {
      "title": "Node",
      "description": "A node of the cluster.",
      "type": "object",
      "additionalProperties": false,
      "required": [
        "name",
        "role"
      ],
      "properties": {
        "name": {
          "description": "Name of the node.",
          "type": "string",
          "maxLength": 63
        },
        "role": {
          "description": "What the node does.",
          "enum": [
            "edge",
            "core"
          ]
        }
      }
    },
    "nodePlan": {
      "title": "Node plan",
      "description": "What one node has to do.",
      "type": "object",
      "additionalProperties": false,
      "required": [
        "node",
        "target",
        "changes",
        "reported",
        "unmanaged"
      ],
      "properties": {
        "node": {
          "$ref": "#/$defs/node"
        },
        "base": {
          "$ref": "#/$defs/digest",
          "description": "Digest of the observed state that the plan was made from. Absent, the node did not answer."
        },
        "target": {
          "$ref": "#/$defs/digest",
          "description": "Digest that the node has after the plan."
        },
        "changes": {
          "description": "Creates and updates in the order of waves, then keys; then deletes, the last wave first.",
          "type": "array",
          "items": {
            "$ref": "#/$defs/plannedChange"
          }
        },
        "reported": {
          "description": "Drift that is reported and left as it is.",
          "type": "array",
          "items": {
            "$ref": "#/$defs/plannedChange"
          }
        },
        "unmanaged": {
          "description": "Resources of kinds that the declaration leaves alone.",
          "type": "array",
          "items": {
            "$ref": "#/$defs/resourceKey"
          }
        }
      }
    },
    "plannedChange": {
      "title": "Planned change",
      "description": "A change, why it is there and what it interrupts.",
      "type": "object",
      "additionalProperties": false,
      "required": [
        "change",
        "cause",
        "interrupts"
      ],
      "properties": {
        "change": {
          "$ref": "#/$defs/change"
        },
        "cause": {
          "$ref": "#/$defs/cause"
        },
        "interrupts": {
          "$ref": "#/$defs/interruption"
        },
        "source": {
          "$ref": "#/$defs/source"
        }
      }
    },
    "change": {
      "title": "Change",
      "description": "A difference of one resource.",
      "oneOf": [
        {
          "$ref": "#/$defs/createChange"
        },
        {
          "$ref": "#/$defs/updateChange"
        },
        {
          "$ref": "#/$defs/deleteChange"
        }
      ]
    },
    "createChange": {
      "title": "Create",
      "description": "The resource does not exist on the node.",
      "type": "object",
      "additionalProperties": false,
      "required": [
        "action",
        "key",
        "after"
      ],
      "properties": {
        "action": {
          "const": "create"
        },
        "key": {
          "$ref": "#/$defs/resourceKey"
        },
        "after": {
          "$ref": "#/$defs/resource"
        }
      }
    },
    "updateChange": {
      "title": "Update",
      "description": "The resource is another one on the node.",
      "type": "object",
      "additionalProperties": false,
      "required": [
        "action",
        "key",
        "before",
        "after",
        "fields"
      ],
      "properties": {
        "action": {
          "const": "update"
        },
        "key": {
          "$ref": "#/$defs/resourceKey"
        },
        "before": {
          "$ref": "#/$defs/resource"
        },
        "after": {
          "$ref": "#/$defs/resource"
        },
        "fields": {
          "description": "Every field that differs.",
          "type": "array",
          "minItems": 1,
          "items": {
            "$ref": "#/$defs/fieldChange"
          }
        }
      }
    },
    "deleteChange": {
      "title": "Delete",
      "description": "The resource is not declared.",
      "type": "object",
      "additionalProperties": false,
      "required": [
        "action",
        "key",
        "before"
      ],
      "properties": {
        "action": {
          "const": "delete"
        },
        "key": {
          "$ref": "#/$defs/resourceKey"
        },
        "before": {
          "$ref": "#/$defs/resource"
        }
      }
    },
    "fieldChange": {
      "title": "Field change",
      "description": "One field that differs.",
      "type": "object",
      "additionalProperties": false,
      "required": [
        "pointer",
        "interrupts",
        "refreshes"
      ],
      "properties": {
        "pointer": {
          "description": "JSON pointer inside the resource; an item of a keyed array is named by its key.",
          "type": "string"
        },
        "before": {
          "description": "What the node runs; absent when the field is not there."
        },
        "after": {
          "description": "What is declared; absent when the field is not there."
        },
        "interrupts": {
          "$ref": "#/$defs/interruption"
        },
        "refreshes": {
          "description": "The change makes what was read from UC servers stale.",
          "type": "boolean"
        }
      }
    },
    "resource": {
      "title": "Resource",
      "description": "A resource as its kind defines it (fairlead.schema.json), with the fingerprints of its secrets.",
      "type": "object",
      "required": [
        "apiVersion",
        "kind",
        "metadata",
        "spec"
      ],
      "properties": {
        "apiVersion": {
          "description": "Version of the vocabulary.",
          "type": "string"
        },
        "kind": {
          "description": "Kind of the resource.",
          "type": "string"
        },
        "metadata": {
          "description": "Name and notes.",
          "type": "object"
        },
        "spec": {
          "description": "What the resource says.",
          "type": "object"
        }
      }
    },
    "cause": {
      "title": "Cause",
      "description": "Why a change is in the plan: a commit touched it, a secret has a new value, or the node is not what it was given.",
      "oneOf": [
        {
          "$ref": "#/$defs/commitCause"
        },
        {
          "$ref": "#/$defs/rotationCause"
        },
        {
          "$ref": "#/$defs/driftCause"
        }
      ]
    },
    "commitCause": {
      "title": "Commit as cause",
      "description": "The newest commit that touched the resource.",
      "type": "object",
      "additionalProperties": false,
      "required": [
        "type",
        "commit"
      ],
      "properties": {
        "type": {
          "const": "commit"
        },
        "commit": {
          "$ref": "#/$defs/commit"
        }
      }
    },
    "rotationCause": {
      "title": "Rotation as cause",
      "description": "The value behind a secret reference is a new one.",
      "type": "object",
      "additionalProperties": false,
      "required": [
        "type"
      ],
      "properties": {
        "type": {
          "const": "rotation"
        }
      }
    },
    "driftCause": {
      "title": "Drift as cause",
      "description": "No commit made the difference.",
      "type": "object",
      "additionalProperties": false,
      "required": [
        "type"
      ],
      "properties": {
        "type": {
          "const": "drift"
        },
        "edit": {
          "$ref": "#/$defs/edit"
        }
      }
    },
    "commit": {
      "title": "Commit",
      "description": "A commit of the source.",
      "type": "object",
      "additionalProperties": false,
      "required": [
        "id",
        "author",
        "subject",
        "time"
      ],
      "properties": {
        "id": {
          "description": "Hash of the commit.",
          "type": "string",
          "maxLength": 64
        },
        "author": {
          "description": "Name of its author.",
          "type": "string"
        },
        "subject": {
          "description": "First line of its message.",
          "type": "string"
        },
        "time": {
          "description": "ISO 8601, UTC.",
          "type": "string"
        }
      }
    },
    "edit": {
      "title": "Edit",
      "description": "What somebody did by hand on the node.",
      "type": "object",
      "additionalProperties": false,
      "required": [
        "key",
        "action",
        "actor",
        "time"
      ],
      "properties": {
        "key": {
          "$ref": "#/$defs/resourceKey"
        },
        "action": {
          "description": "Written or deleted.",
          "enum": [
            "put",
            "delete"
          ]
        },
        "actor": {
          "description": "Authenticated identity.",
          "type": "string"
        },
        "time": {
          "description": "ISO 8601, UTC.",
          "type": "string"
        }
      }
    },
    "blocker": {
      "title": "Blocker",
      "description": "A reason not to apply the plan.",
      "type": "object",
      "additionalProperties": false,
      "required": [
        "code",
        "message",
        "mend"
      ],
      "properties": {
        "code": {
          "description": "Stable code (docs/errors.md).",
          "type": "string"
        },
        "message": {
          "description": "What is wrong, with its numbers and limits.",
          "type": "string"
        },
        "mend": {
          "description": "What to do about it.",
          "type": "string"
        },
        "resource": {
          "$ref": "#/$defs/resourceKey"
        },
        "node": {
          "description": "Name of the node.",
          "type": "string"
        },
        "source": {
          "$ref": "#/$defs/source"
        }
      }
    }
  }
};
