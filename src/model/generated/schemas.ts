// Generated from schemas/ by `npm run generate`. Do not edit.
import type { KindSchema, Schema } from '../schema.js';
import type { Kind } from './kinds.js';

export const commonSchema: Schema = {
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "https://fairlead.dev/schemas/common.schema.json",
  "title": "Common definitions",
  "description": "Shapes that several kinds share.",
  "$defs": {
    "apiVersion": {
      "title": "API version",
      "description": "Version of the vocabulary the document is written in. A document of another version is refused, never guessed at.",
      "const": "fairlead.dev/v1"
    },
    "metadata": {
      "title": "Metadata",
      "description": "Who the resource is. Kind and name together are its identity: renaming one is a delete and a create.",
      "type": "object",
      "additionalProperties": false,
      "required": [
        "name"
      ],
      "properties": {
        "name": {
          "$ref": "#/$defs/resourceName"
        },
        "annotations": {
          "$ref": "#/$defs/annotations"
        }
      },
      "examples": [
        {
          "name": "emea"
        }
      ]
    },
    "singletonMetadata": {
      "title": "Metadata of a single resource",
      "description": "Who the resource is. A cluster has at most one resource of this kind, so its name is always `default`.",
      "type": "object",
      "additionalProperties": false,
      "required": [
        "name"
      ],
      "properties": {
        "name": {
          "description": "Always `default`: a cluster has at most one resource of this kind.",
          "const": "default"
        },
        "annotations": {
          "$ref": "#/$defs/annotations"
        }
      },
      "examples": [
        {
          "name": "default"
        }
      ]
    },
    "resourceName": {
      "title": "Resource name",
      "description": "Name that is unique among the resources of the kind in the cluster: lower-case letters, digits, hyphens and dots, beginning and ending with a letter or digit. Plans, status and logs show it.",
      "type": "string",
      "maxLength": 253,
      "pattern": "^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$",
      "examples": [
        "emea",
        "jabber-updates"
      ]
    },
    "annotations": {
      "title": "Annotations",
      "description": "Notes for people and other tools, as text by name. They are kept and shown, and change nothing that Fairlead does. Absent, there are none.",
      "type": "object",
      "x-interrupts": "nothing",
      "x-refreshes": false,
      "maxProperties": 32,
      "propertyNames": {
        "minLength": 1,
        "maxLength": 128
      },
      "additionalProperties": {
        "description": "The note.",
        "type": "string",
        "maxLength": 1024
      },
      "examples": [
        {
          "owner": "voice-team@example.com"
        }
      ]
    },
    "nodeName": {
      "title": "Node name",
      "description": "Name of an edge or core node, unique over both roles of the cluster: one DNS label in lower case. An underscore is refused, because it makes host names that SSH and certificates do not accept.",
      "type": "string",
      "maxLength": 63,
      "pattern": "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$",
      "examples": [
        "edge-1"
      ]
    },
    "role": {
      "title": "Node role",
      "description": "What a node does: `edge` stands in the DMZ and faces the internet, `core` stands inside and faces the UC servers.",
      "enum": [
        "edge",
        "core"
      ],
      "examples": [
        "edge"
      ]
    },
    "host": {
      "title": "Host",
      "description": "DNS name or IP address, without scheme, port or brackets. Names are not case-sensitive and are kept in lower case, addresses in their canonical text (RFC 5952).",
      "type": "string",
      "format": "host",
      "maxLength": 253,
      "examples": [
        "cucm-pub.example.com",
        "2001:db8::10"
      ]
    },
    "port": {
      "title": "Port",
      "description": "TCP port number.",
      "type": "integer",
      "minimum": 1,
      "maximum": 65535,
      "examples": [
        8443
      ]
    },
    "cidr": {
      "title": "Address range",
      "description": "IPv4 or IPv6 range in CIDR notation; an address without a prefix length means that one address. Bits to the right of the prefix must be zero, so that nobody reads one range and gets another.",
      "type": "string",
      "format": "cidr",
      "maxLength": 49,
      "examples": [
        "198.51.100.0/24",
        "2001:db8:40::/48",
        "203.0.113.7"
      ]
    },
    "relativePath": {
      "title": "Relative path",
      "description": "Path with forward slashes, neither absolute nor with `.` or `..` as a part, so that it cannot lead out of its directory.",
      "type": "string",
      "format": "relative-path",
      "maxLength": 255,
      "examples": [
        "bases/emea"
      ]
    },
    "reason": {
      "title": "Reason",
      "description": "Why, in words for the people who read the status later. Absent, none is shown.",
      "type": "string",
      "minLength": 1,
      "maxLength": 200,
      "examples": [
        "Change CHG-1042: replacing the power supply"
      ]
    },
    "secretRef": {
      "title": "Secret reference",
      "description": "Where the reconciler finds a secret value: exactly one of `env` and `file`. The value itself never stands in Git, in a plan, in a log or in an answer of a node; it travels beside the snapshot, over TLS, only to the roles that need it. A changed value is a visible change, because its fingerprint stands in the rendered snapshot.",
      "type": "object",
      "x-secret": true,
      "additionalProperties": false,
      "properties": {
        "env": {
          "description": "Name of an environment variable of the reconciler. Only names that begin with `FAIRLEAD_SECRET_` are read, so that a pull request cannot have another variable sent to a server. Absent, `file` names the secret.",
          "type": "string",
          "maxLength": 128,
          "pattern": "^FAIRLEAD_SECRET_[A-Z0-9_]+$",
          "examples": [
            "FAIRLEAD_SECRET_CUCM_EMEA"
          ]
        },
        "file": {
          "$ref": "#/$defs/relativePath",
          "description": "Path of a file below the secrets directory that the operator gave the reconciler; one line end at its end does not count. Absent, `env` names the secret.",
          "examples": [
            "cucm/emea-password"
          ]
        },
        "fingerprint": {
          "description": "Keyed hash of the value, put in when the reconciler renders the snapshot of a node. Absent in Git, where writing it is refused.",
          "type": "string",
          "x-rendered": true,
          "maxLength": 128,
          "pattern": "^[A-Za-z0-9:_-]+$",
          "examples": [
            "hmac-sha256:5f0c0d1e"
          ]
        }
      },
      "oneOf": [
        {
          "required": [
            "env"
          ]
        },
        {
          "required": [
            "file"
          ]
        }
      ],
      "examples": [
        {
          "env": "FAIRLEAD_SECRET_CUCM_EMEA"
        },
        {
          "file": "cucm/emea-password"
        }
      ]
    },
    "credentials": {
      "title": "Credentials",
      "description": "Account that the core signs in with to read a UC server. It is never used for, nor shown to, a client.",
      "type": "object",
      "additionalProperties": false,
      "required": [
        "username",
        "passwordRef"
      ],
      "properties": {
        "username": {
          "description": "Name of the account, exactly as the server knows it.",
          "type": "string",
          "minLength": 1,
          "maxLength": 128,
          "examples": [
            "fairlead-reader"
          ]
        },
        "passwordRef": {
          "$ref": "#/$defs/secretRef",
          "description": "Where the password of the account is found. A rotated password is a change of its own; it interrupts nothing."
        }
      },
      "examples": [
        {
          "username": "fairlead-reader",
          "passwordRef": {
            "env": "FAIRLEAD_SECRET_CUCM_EMEA"
          }
        }
      ]
    },
    "certificates": {
      "title": "CA certificates",
      "description": "One or more CA certificates in PEM, one after the other. A private key here is refused: it must never stand in Git.",
      "type": "string",
      "format": "pem-certificates",
      "maxLength": 65536,
      "examples": [
        "-----BEGIN CERTIFICATE-----\nMIIBfzCCASWgAwIBAgIUBVs9W75ZgEzPhDS4F4LgYUyYpocwCgYIKoZIzj0EAwIw\nFTETMBEGA1UEAwwKRXhhbXBsZSBDQTAeFw0yNjExMjMxNDUyMDlaFw00NjExMTgx\nNDUyMDlaMBUxEzARBgNVBAMMCkV4YW1wbGUgQ0EwWTATBgcqhkjOPQIBBggqhkjO\nPQMBBwNCAAQ/F4HIuZK70v8rAQj2JIK9gJ16fdbbkWYr85ub1t6FmavPWELI+4Q4\nUW9OiSn5WS98tTlRaC3+0EsgSvafcK9Wo1MwUTAdBgNVHQ4EFgQUzMfzNtNmu/G1\ncExkGVOyB/hp/F4wHwYDVR0jBBgwFoAUzMfzNtNmu/G1cExkGVOyB/hp/F4wDwYD\nVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiBfWUOBElenwcr1P41r8lmU\n4tb4dwIavJE/e3gEuqUBiwIhAOVK0UPbTSpV924s8SLCFpmyNHo9FxoxKFvaIelq\niVDg\n-----END CERTIFICATE-----\n"
      ]
    },
    "serverTls": {
      "title": "Server TLS",
      "description": "How the certificate of a UC server is checked when the core connects to it.",
      "type": "object",
      "additionalProperties": false,
      "properties": {
        "verify": {
          "description": "Check the server's certificate: its chain, its dates, and its name against the host that was configured or discovered. With this on, publisher and nodes must be named by FQDN, because an IP address does not stand in a UC server's certificate; the compile refuses the combination. Off means that anybody between core and server can read passwords: for a laboratory only.",
          "type": "boolean",
          "default": true
        },
        "ca": {
          "$ref": "#/$defs/certificates",
          "description": "CA certificates that may sign the servers' certificates, in PEM; with self-signed servers, the certificates themselves. Only these are trusted then. Absent, the CA certificates that Node.js ships are trusted."
        }
      },
      "examples": [
        {
          "verify": true
        }
      ]
    },
    "ucNode": {
      "title": "UC node",
      "description": "One server of a UC cluster, named by hand.",
      "type": "object",
      "additionalProperties": false,
      "required": [
        "host",
        "role"
      ],
      "properties": {
        "host": {
          "$ref": "#/$defs/host",
          "description": "DNS name or IP address the core connects to; with `tls.verify` on it must be the FQDN in the server's certificate."
        },
        "role": {
          "description": "`publisher` holds the writable database, `subscriber` a copy. Clients are served by both.",
          "enum": [
            "publisher",
            "subscriber"
          ],
          "examples": [
            "subscriber"
          ]
        }
      },
      "examples": [
        {
          "host": "cucm-sub1.example.com",
          "role": "subscriber"
        }
      ]
    },
    "window": {
      "title": "Window",
      "description": "A span of time that recurs: it opens when the cron expression matches in the time zone, and stays open for the duration. Daylight saving follows the time zone; a start in the skipped hour opens when the hour is over, and one in the repeated hour opens once.",
      "type": "object",
      "additionalProperties": false,
      "required": [
        "cron",
        "durationMinutes"
      ],
      "properties": {
        "cron": {
          "description": "When the window opens: minute, hour, day of month, month, day of week, with `*`, lists, ranges and steps, months and days of the week also by their English three-letter names. When both days are restricted, either one matches.",
          "type": "string",
          "format": "cron",
          "maxLength": 128,
          "examples": [
            "0 22 * * SAT",
            "30 1 1-7 * *"
          ]
        },
        "timeZone": {
          "description": "IANA time zone in which the cron expression is read. UTC by default, because it has no daylight saving and means the same on every machine.",
          "type": "string",
          "format": "time-zone",
          "maxLength": 64,
          "default": "UTC",
          "examples": [
            "Europe/Berlin"
          ]
        },
        "durationMinutes": {
          "description": "How long the window stays open, in minutes, up to one week.",
          "type": "integer",
          "minimum": 1,
          "maximum": 10080,
          "examples": [
            120
          ]
        }
      },
      "examples": [
        {
          "cron": "0 22 * * SAT",
          "timeZone": "Europe/Berlin",
          "durationMinutes": 240
        }
      ]
    },
    "windows": {
      "title": "Windows",
      "description": "Windows of time; it is enough that one of them is open.",
      "type": "array",
      "x-set": true,
      "maxItems": 32,
      "items": {
        "$ref": "#/$defs/window"
      },
      "examples": [
        [
          {
            "cron": "0 22 * * SAT",
            "timeZone": "Europe/Berlin",
            "durationMinutes": 240
          }
        ]
      ]
    },
    "requestTimeoutSeconds": {
      "title": "Request time-out",
      "description": "How long the core waits for one answer of the server, in seconds, connecting included. Beyond it the server counts as unreachable: the client gets 503 with `Retry-After`, never 401, and no failed login is counted.",
      "type": "integer",
      "minimum": 1,
      "maximum": 60,
      "default": 5,
      "x-interrupts": "nothing",
      "examples": [
        5
      ]
    },
    "refreshPolicy": {
      "title": "Refresh policy",
      "description": "When the server is read again by itself. What a core learns from a UC server (nodes, security mode, ports, TFTP servers, keys) is static until it is read again; a stale reading shows as failing sign-ins and calls. The new reading is prepared beside the one in use, so that nobody is dropped while it runs.",
      "type": "object",
      "x-interrupts": "nothing",
      "additionalProperties": false,
      "properties": {
        "policy": {
          "description": "`automatic` reads again as soon as the reading is known to be stale; `window` waits for the next of `windows`; `manual` only says in the status that it is stale and waits for an operator.",
          "enum": [
            "automatic",
            "window",
            "manual"
          ],
          "default": "automatic"
        },
        "windows": {
          "$ref": "#/$defs/windows",
          "description": "When a refresh may begin under the policy `window`, which needs at least one; the other policies do not look at it.",
          "default": []
        }
      },
      "if": {
        "properties": {
          "policy": {
            "const": "window"
          }
        },
        "required": [
          "policy"
        ]
      },
      "then": {
        "properties": {
          "windows": {
            "type": "array",
            "minItems": 1
          }
        },
        "required": [
          "windows"
        ]
      },
      "examples": [
        {
          "policy": "window",
          "windows": [
            {
              "cron": "0 2 * * *",
              "timeZone": "Europe/Berlin",
              "durationMinutes": 60
            }
          ]
        }
      ]
    },
    "connectionRate": {
      "title": "Connection rate",
      "description": "How fast one source address may open new TCP connections to the edge. A token bucket: it holds `burst` connections and fills with `perSecond`. Connections that exist are never counted nor touched.",
      "type": "object",
      "x-interrupts": "new-sessions",
      "additionalProperties": false,
      "properties": {
        "mode": {
          "description": "`enforce` closes a connection beyond the rate before TLS begins; `monitor` lets it in, and counts and logs it; `off` does not count.",
          "enum": [
            "enforce",
            "monitor",
            "off"
          ],
          "default": "enforce"
        },
        "perSecond": {
          "description": "New connections per second and source address that are let in for as long as one likes. The default and the range are those Expressway has used since X14.2.",
          "type": "integer",
          "minimum": 1,
          "maximum": 250,
          "default": 100
        },
        "burst": {
          "description": "New connections of one source address let in at once beyond the steady rate. The default and the range are those Expressway has used since X14.2.",
          "type": "integer",
          "minimum": 15,
          "maximum": 30,
          "default": 20
        }
      },
      "examples": [
        {
          "mode": "monitor",
          "perSecond": 50,
          "burst": 20
        }
      ]
    },
    "protectionCategoryName": {
      "title": "Protection category name",
      "description": "`http-ce-auth`: HTTPS requests whose credentials were refused. `http-ce-access`: requests for a resource that is not there or not allowed. `http-ce-intrusion`: violations of the HTTP protocol. `sip-auth`: credentials presented over SIP and refused. `sip-register`: refused SIP registrations. `sshpfwd-auth`: failed authentication on the SSH tunnel port. `sshpfwd-intrusion`: violations of the SSH protocol there. `xmpp-intrusion`: violations of the XMPP protocol.",
      "enum": [
        "http-ce-auth",
        "http-ce-access",
        "http-ce-intrusion",
        "sip-auth",
        "sip-register",
        "sshpfwd-auth",
        "sshpfwd-intrusion",
        "xmpp-intrusion"
      ],
      "examples": [
        "http-ce-auth"
      ]
    }
  }
};

export const kindSchemas: Readonly<Record<Kind, KindSchema>> = {
Cluster: {
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "https://fairlead.dev/schemas/kinds/cluster.schema.json",
  "title": "Cluster",
  "description": "The nodes that serve together, and how the reconciler reaches them. A directory with a Cluster document is a cluster; all documents in it and below it belong to it, as far as the next Cluster document. It configures the reconciler; of all of it, the cores get `sharedStore`, and the edges nothing. A node that is removed here keeps what it runs and is no longer watched.",
  "type": "object",
  "x-wave": 0,
  "x-roles": [
    "core"
  ],
  "x-cardinality": "one",
  "x-interrupts": "nothing",
  "additionalProperties": false,
  "required": [
    "apiVersion",
    "kind",
    "metadata",
    "spec"
  ],
  "properties": {
    "apiVersion": {
      "$ref": "../common.schema.json#/$defs/apiVersion"
    },
    "kind": {
      "description": "The kind of the document.",
      "const": "Cluster"
    },
    "metadata": {
      "$ref": "../common.schema.json#/$defs/metadata"
    },
    "spec": {
      "title": "Cluster specification",
      "description": "Driver, nodes, shared store and bases of the cluster. In a repository it has at least one edge or core.",
      "type": "object",
      "additionalProperties": false,
      "properties": {
        "driver": {
          "description": "How changes reach the nodes. `runtime` drives Fairlead's own nodes: a whole snapshot is prepared, swapped in and confirmed, or everything goes back. `stepwise` drives a system without transactions, one change after the other: a failure is compensated step by step, and may leave a partial outcome that is reported as such.",
          "enum": [
            "runtime",
            "stepwise"
          ],
          "default": "runtime"
        },
        "edges": {
          "description": "The edge nodes, in the DMZ. Their order has no meaning; they are known by their names.",
          "type": "array",
          "x-key": "name",
          "maxItems": 32,
          "items": {
            "$ref": "#/$defs/clusterNode"
          },
          "default": []
        },
        "cores": {
          "description": "The core nodes, inside, in order of preference: the first one that is reachable is the primary, which discovers the UC servers for all. Changing the order moves no session.",
          "type": "array",
          "x-key": "name",
          "x-ordered": true,
          "maxItems": 32,
          "items": {
            "$ref": "#/$defs/clusterNode"
          },
          "default": []
        },
        "sharedStore": {
          "$ref": "#/$defs/sharedStore",
          "description": "Where the cores of the cluster keep what they must agree on, such as the count of authorizations. Absent, or while it cannot be reached, each core counts by itself, and a user may be authorized as often on each of them."
        },
        "bases": {
          "description": "Directories whose documents this cluster inherits, as paths from the root of the source (the reconciler's `source.path`), the weakest first. A document of the cluster with the same kind and name is merged over the inherited one as a JSON merge patch (RFC 7386): objects merge member by member, arrays and scalars replace, `null` removes.",
          "type": "array",
          "maxItems": 16,
          "uniqueItems": true,
          "items": {
            "$ref": "../common.schema.json#/$defs/relativePath"
          },
          "default": [],
          "examples": [
            [
              "bases/common",
              "bases/emea"
            ]
          ]
        }
      },
      "anyOf": [
        {
          "required": [
            "edges"
          ],
          "properties": {
            "edges": {
              "type": "array",
              "minItems": 1
            }
          }
        },
        {
          "required": [
            "cores"
          ],
          "properties": {
            "cores": {
              "type": "array",
              "minItems": 1
            }
          }
        },
        {
          "required": [
            "sharedStore"
          ]
        }
      ]
    }
  },
  "$defs": {
    "clusterNode": {
      "title": "Cluster node",
      "description": "A node and its admin endpoint.",
      "type": "object",
      "additionalProperties": false,
      "required": [
        "name",
        "admin"
      ],
      "properties": {
        "name": {
          "$ref": "../common.schema.json#/$defs/nodeName"
        },
        "admin": {
          "$ref": "#/$defs/adminEndpoint"
        }
      },
      "examples": [
        {
          "name": "edge-1",
          "admin": {
            "url": "https://edge-1.example.com:9443",
            "tokenRef": {
              "env": "FAIRLEAD_SECRET_EDGE_1_ADMIN"
            }
          }
        }
      ]
    },
    "adminEndpoint": {
      "title": "Admin endpoint",
      "description": "How the reconciler reaches the admin interface of a node. Always TLS, always verified, always authenticated.",
      "type": "object",
      "additionalProperties": false,
      "required": [
        "url",
        "tokenRef"
      ],
      "properties": {
        "url": {
          "description": "Address of the admin interface: `https`, host and port, nothing behind it.",
          "type": "string",
          "format": "https-origin",
          "maxLength": 300,
          "examples": [
            "https://edge-1.example.com:9443"
          ]
        },
        "tokenRef": {
          "$ref": "../common.schema.json#/$defs/secretRef",
          "description": "Where the bearer token for the admin interface is found. Its identity on the node needs the scope `apply`."
        },
        "ca": {
          "$ref": "../common.schema.json#/$defs/certificates",
          "description": "CA certificates that may sign the node's certificate, in PEM; only these are trusted then. Absent, the CA certificates that Node.js ships are trusted."
        },
        "serverName": {
          "$ref": "../common.schema.json#/$defs/host",
          "description": "Name that the node's certificate must carry when it is not the host of `url`, for example because `url` goes through a tunnel. Absent, the host of `url` is the name."
        }
      },
      "examples": [
        {
          "url": "https://edge-1.example.com:9443",
          "tokenRef": {
            "env": "FAIRLEAD_SECRET_EDGE_1_ADMIN"
          }
        }
      ]
    },
    "sharedStore": {
      "title": "Shared store",
      "description": "A Valkey or Redis server (6.2 or later, not in cluster mode) that the cores share. Edges never connect to it. An apply neither waits for it nor fails because of it.",
      "type": "object",
      "additionalProperties": false,
      "required": [
        "url"
      ],
      "properties": {
        "url": {
          "description": "`rediss://host[:port][/database]` with TLS, or `redis://` without. Port 6379 and database 0 unless it says otherwise. User and password do not belong here.",
          "type": "string",
          "maxLength": 300,
          "pattern": "^rediss?://[A-Za-z0-9.:\\[\\]-]+(/[0-9]{1,2})?$",
          "examples": [
            "rediss://valkey.example.com:6379/0"
          ]
        },
        "username": {
          "description": "Name of the store's user, when it has users (ACL). Absent, `passwordRef` is the password of its default user.",
          "type": "string",
          "minLength": 1,
          "maxLength": 128,
          "pattern": "^[!-~]+$"
        },
        "passwordRef": {
          "$ref": "../common.schema.json#/$defs/secretRef",
          "description": "Where the password of the store is found. Absent, the cores connect without one."
        },
        "ca": {
          "$ref": "../common.schema.json#/$defs/certificates",
          "description": "CA certificates that may sign the store's certificate, in PEM, for `rediss`; only these are trusted then. Absent, the CA certificates that Node.js ships are trusted. The certificate is always checked, for the host of `url`."
        }
      },
      "examples": [
        {
          "url": "rediss://valkey.example.com:6379",
          "passwordRef": {
            "env": "FAIRLEAD_SECRET_VALKEY"
          }
        }
      ]
    }
  },
  "examples": [
    {
      "apiVersion": "fairlead.dev/v1",
      "kind": "Cluster",
      "metadata": {
        "name": "emea"
      },
      "spec": {
        "edges": [
          {
            "name": "edge-1",
            "admin": {
              "url": "https://edge-1.example.com:9443",
              "tokenRef": {
                "env": "FAIRLEAD_SECRET_EDGE_1_ADMIN"
              }
            }
          }
        ],
        "cores": [
          {
            "name": "core-1",
            "admin": {
              "url": "https://core-1.example.com:9443",
              "tokenRef": {
                "env": "FAIRLEAD_SECRET_CORE_1_ADMIN"
              }
            }
          },
          {
            "name": "core-2",
            "admin": {
              "url": "https://core-2.example.com:9443",
              "tokenRef": {
                "env": "FAIRLEAD_SECRET_CORE_2_ADMIN"
              }
            }
          }
        ],
        "sharedStore": {
          "url": "rediss://valkey.example.com:6379",
          "passwordRef": {
            "env": "FAIRLEAD_SECRET_VALKEY"
          }
        },
        "bases": [
          "bases/common"
        ]
      }
    }
  ]
},
SyncPolicy: {
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "https://fairlead.dev/schemas/kinds/sync-policy.schema.json",
  "title": "SyncPolicy",
  "description": "How eagerly and how carefully the reconciler follows Git: what it does about drift, how a change is rolled out and confirmed, how much one change may touch, and when. Nodes never get this document, and changing it interrupts nothing. Absent, every default below holds.",
  "type": "object",
  "x-wave": 0,
  "x-roles": [],
  "x-cardinality": "one",
  "x-interrupts": "nothing",
  "additionalProperties": false,
  "required": [
    "apiVersion",
    "kind",
    "metadata",
    "spec"
  ],
  "properties": {
    "apiVersion": {
      "$ref": "../common.schema.json#/$defs/apiVersion"
    },
    "kind": {
      "description": "The kind of the document.",
      "const": "SyncPolicy"
    },
    "metadata": {
      "$ref": "../common.schema.json#/$defs/singletonMetadata"
    },
    "spec": {
      "title": "SyncPolicy specification",
      "description": "The policy; every part of it has a default.",
      "type": "object",
      "additionalProperties": false,
      "properties": {
        "suspend": {
          "$ref": "#/$defs/suspension",
          "description": "Stops applying: the reconciler goes on reading, planning and reporting, and changes nothing. Absent, it applies."
        },
        "drift": {
          "$ref": "#/$defs/driftPolicy",
          "description": "What happens when a node runs something that Git did not say.",
          "default": {}
        },
        "rollout": {
          "$ref": "#/$defs/rolloutPolicy",
          "description": "How a change goes from the first node to all of them.",
          "default": {}
        },
        "unreachableNodesTolerated": {
          "description": "How many nodes may be unreachable while a change is applied to the others. A node left behind refuses clients until it has caught up, for at most `catchUpSeconds` of its own file; then it serves its older configuration. At 0 every node must answer, which is the default.",
          "type": "integer",
          "minimum": 0,
          "maximum": 64,
          "default": 0
        },
        "limits": {
          "$ref": "#/$defs/changeLimits",
          "description": "How much one plan may touch before it is blocked.",
          "default": {}
        },
        "allowEmpty": {
          "description": "Lets a plan delete everything that was managed. Off by default: a repository that suddenly declares nothing is more often a wrong path than a wish.",
          "type": "boolean",
          "default": false
        },
        "allowLastServerRemoval": {
          "description": "Lets a plan delete the last UnifiedCM, IMPresence, UnityConnection or Domain. Off by default: without the last one of a kind no client can use that service.",
          "type": "boolean",
          "default": false
        },
        "allowWholeRoleMaintenance": {
          "description": "Lets a plan take every edge, or every core, that answers into maintenance mode at the same time, now or in windows that overlap. Off by default: no client could sign in, register or call then.",
          "type": "boolean",
          "default": false
        },
        "windows": {
          "$ref": "../common.schema.json#/$defs/windows",
          "description": "When changes may begin to be applied. Outside of them the reconciler plans, reports and waits. Empty means always.",
          "default": []
        },
        "pollIntervalSeconds": {
          "description": "How often the repository and the nodes are looked at when nothing else says so, in seconds, with some jitter. Webhooks and node events are faster; the poll is what makes a lost one harmless.",
          "type": "integer",
          "minimum": 5,
          "maximum": 86400,
          "default": 60
        }
      }
    }
  },
  "$defs": {
    "suspension": {
      "title": "Suspension",
      "description": "That nothing is applied, why, and until when.",
      "type": "object",
      "additionalProperties": false,
      "required": [
        "reason"
      ],
      "properties": {
        "reason": {
          "$ref": "../common.schema.json#/$defs/reason",
          "description": "Why nothing is applied; status and plans show it."
        },
        "until": {
          "description": "When applying goes on by itself, as an RFC 3339 date and time with its offset. Absent, it stays suspended until this document changes.",
          "type": "string",
          "format": "date-time",
          "maxLength": 40,
          "examples": [
            "2026-01-05T06:00:00Z"
          ]
        }
      },
      "examples": [
        {
          "reason": "Change freeze over the holidays",
          "until": "2026-01-05T06:00:00Z"
        }
      ]
    },
    "driftMode": {
      "title": "Drift mode",
      "description": "`correct` reports drift and puts the desired state back; `report` only reports it, with who and what when the node knows; `ignore` does neither.",
      "enum": [
        "correct",
        "report",
        "ignore"
      ],
      "examples": [
        "report"
      ]
    },
    "driftPolicy": {
      "title": "Drift policy",
      "description": "Drift mode for all kinds, and exceptions by kind.",
      "type": "object",
      "additionalProperties": false,
      "properties": {
        "default": {
          "$ref": "#/$defs/driftMode",
          "description": "Mode of every kind that `kinds` does not name: `correct` reports drift and puts the desired state back; `report` only reports it; `ignore` does neither.",
          "default": "correct"
        },
        "kinds": {
          "description": "Mode by kind, for the kinds that are to be treated differently.",
          "type": "object",
          "maxProperties": 32,
          "propertyNames": {
            "enum": [
              "Cluster",
              "Domain",
              "UnifiedCM",
              "IMPresence",
              "UnityConnection",
              "AccessControl",
              "AuthorizationRateControl",
              "CredentialCaching",
              "RegistrationFailover",
              "SipTransport",
              "HttpTransport",
              "AllowRule",
              "Protection",
              "ProtectionCategory",
              "Exemption",
              "Maintenance"
            ]
          },
          "additionalProperties": {
            "$ref": "#/$defs/driftMode"
          },
          "default": {},
          "examples": [
            {
              "Exemption": "report"
            }
          ]
        }
      },
      "examples": [
        {
          "default": "correct",
          "kinds": {
            "Exemption": "report"
          }
        }
      ]
    },
    "rolloutPolicy": {
      "title": "Rollout",
      "description": "Order, proof and deadline of an apply.",
      "type": "object",
      "additionalProperties": false,
      "properties": {
        "confirmDeadlineSeconds": {
          "description": "How long a node runs a new state on trust, in seconds. Not confirmed by then, because a probe failed or the reconciler died or was cut off, the node puts the last confirmed state back by itself. Long enough for all nodes to be changed and probed; short enough to live through.",
          "type": "integer",
          "minimum": 10,
          "maximum": 3600,
          "default": 120
        },
        "canary": {
          "$ref": "../common.schema.json#/$defs/nodeName",
          "description": "Node that gets a change first; the others follow only when its probes pass. Absent, it is the last core in the declared order, or the first edge when no core changes.",
          "x-references": "node"
        },
        "probeTimeoutSeconds": {
          "description": "How long one round of probes of a node may take, in seconds. A probe that has not answered by then has failed.",
          "type": "integer",
          "minimum": 1,
          "maximum": 300,
          "default": 15
        }
      },
      "examples": [
        {
          "confirmDeadlineSeconds": 180,
          "canary": "core-2",
          "probeTimeoutSeconds": 10
        }
      ]
    },
    "deleteLimit": {
      "title": "Delete limit",
      "description": "How many resources one plan may delete.",
      "type": "object",
      "additionalProperties": false,
      "properties": {
        "percent": {
          "description": "Largest share of the managed resources that one plan may delete, in percent. At 100 the share does not limit.",
          "type": "integer",
          "minimum": 0,
          "maximum": 100,
          "default": 30
        },
        "number": {
          "description": "Largest number of resources that one plan may delete.",
          "type": "integer",
          "minimum": 0,
          "maximum": 100000,
          "default": 20
        }
      },
      "examples": [
        {
          "percent": 10,
          "number": 5
        }
      ]
    },
    "updateLimit": {
      "title": "Update limit",
      "description": "How many resources one plan may update.",
      "type": "object",
      "additionalProperties": false,
      "properties": {
        "percent": {
          "description": "Largest share of the managed resources that one plan may update, in percent. At 100 the share does not limit.",
          "type": "integer",
          "minimum": 0,
          "maximum": 100,
          "default": 50
        },
        "number": {
          "description": "Largest number of resources that one plan may update.",
          "type": "integer",
          "minimum": 0,
          "maximum": 100000,
          "default": 100
        }
      },
      "examples": [
        {
          "percent": 80,
          "number": 500
        }
      ]
    },
    "changeLimits": {
      "title": "Limits",
      "description": "Guards against a change that is larger than anybody meant. The first one exceeded blocks the plan, and the plan says which.",
      "type": "object",
      "additionalProperties": false,
      "properties": {
        "deletes": {
          "$ref": "#/$defs/deleteLimit",
          "description": "How many resources one plan may delete.",
          "default": {}
        },
        "updates": {
          "$ref": "#/$defs/updateLimit",
          "description": "How many resources one plan may update.",
          "default": {}
        },
        "appliesFromResources": {
          "description": "The shares in percent count only in clusters with at least this many managed resources; in a small one a single change is a large share. The numbers always count.",
          "type": "integer",
          "minimum": 0,
          "maximum": 100000,
          "default": 10
        }
      },
      "examples": [
        {
          "deletes": {
            "percent": 10,
            "number": 5
          },
          "appliesFromResources": 20
        }
      ]
    }
  },
  "examples": [
    {
      "apiVersion": "fairlead.dev/v1",
      "kind": "SyncPolicy",
      "metadata": {
        "name": "default"
      },
      "spec": {
        "drift": {
          "default": "correct",
          "kinds": {
            "Exemption": "report"
          }
        },
        "rollout": {
          "confirmDeadlineSeconds": 180,
          "canary": "core-2"
        },
        "unreachableNodesTolerated": 1,
        "limits": {
          "deletes": {
            "percent": 10,
            "number": 5
          }
        },
        "windows": [
          {
            "cron": "0 20 * * MON-FRI",
            "timeZone": "Europe/Berlin",
            "durationMinutes": 240
          }
        ]
      }
    }
  ]
},
HttpTransport: {
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "https://fairlead.dev/schemas/kinds/http-transport.schema.json",
  "title": "HttpTransport",
  "description": "Limits and time-outs of HTTPS between clients and UC servers: they keep large, slow or numerous requests from taking up the edge. Parsing is strict whatever stands here: a message that RFC 9112 leaves open to two readings is refused. New numbers hold for new connections and requests; what is in flight is finished under the old ones.",
  "type": "object",
  "x-wave": 1,
  "x-roles": [
    "edge",
    "core"
  ],
  "x-cardinality": "one",
  "x-interrupts": "new-sessions",
  "additionalProperties": false,
  "required": [
    "apiVersion",
    "kind",
    "metadata",
    "spec"
  ],
  "properties": {
    "apiVersion": {
      "$ref": "../common.schema.json#/$defs/apiVersion"
    },
    "kind": {
      "description": "The kind of the document.",
      "const": "HttpTransport"
    },
    "metadata": {
      "$ref": "../common.schema.json#/$defs/singletonMetadata"
    },
    "spec": {
      "title": "HttpTransport specification",
      "description": "Sizes, times, connections.",
      "type": "object",
      "x-ascending": [
        "headerTimeoutSeconds",
        "requestTimeoutSeconds"
      ],
      "additionalProperties": false,
      "properties": {
        "maximumHeaderBytes": {
          "description": "Largest header section of a request, request line included, in bytes. A larger one is answered with 431 (RFC 6585).",
          "type": "integer",
          "minimum": 1024,
          "maximum": 65536,
          "default": 16384
        },
        "maximumHeaderCount": {
          "description": "Largest number of header fields in a request. More are answered with 431 (RFC 6585).",
          "type": "integer",
          "minimum": 10,
          "maximum": 1000,
          "default": 100
        },
        "maximumBodyBytes": {
          "description": "Largest body of a request, in bytes, counted as it streams. A larger one is answered with 413. Bodies of answers are not limited.",
          "type": "integer",
          "minimum": 0,
          "maximum": 1073741824,
          "default": 10485760
        },
        "headerTimeoutSeconds": {
          "description": "How long a client may take to send the header section, in seconds. Slower ones get 408.",
          "type": "integer",
          "minimum": 1,
          "maximum": 120,
          "default": 10
        },
        "requestTimeoutSeconds": {
          "description": "How long a client may take to send the whole request, in seconds. Slower ones get 408. It must be higher than `headerTimeoutSeconds`.",
          "type": "integer",
          "minimum": 2,
          "maximum": 3600,
          "default": 60
        },
        "idleTimeoutSeconds": {
          "description": "How long a kept-alive connection may wait for its next request, in seconds, before the edge closes it. A little more than the 60 s after which many clients and balancers close theirs, so that a request does not cross with a close. Also how long a client may leave an answer unread before the rest of it is given up.",
          "type": "integer",
          "minimum": 1,
          "maximum": 3600,
          "default": 65
        },
        "upstreamTimeoutSeconds": {
          "description": "How long a UC server may be silent before or within an answer, in seconds. Before the answer began, the client gets 504; within it, the connection is closed.",
          "type": "integer",
          "minimum": 1,
          "maximum": 600,
          "default": 30
        },
        "maximumConnections": {
          "description": "Largest number of client connections that an edge holds at once. Further ones are closed before TLS begins. 0 is not allowed; use Maintenance to turn clients away.",
          "type": "integer",
          "minimum": 1,
          "maximum": 1000000,
          "default": 10000
        },
        "connectionRate": {
          "$ref": "../common.schema.json#/$defs/connectionRate",
          "description": "How fast one source address may open new HTTPS connections to the edge.",
          "default": {}
        },
        "proxyProtocolSources": {
          "description": "Load balancers in front of the edge that send the PROXY protocol (version 1 or 2). A connection from one of them must begin with it, and the address it names counts as the client's, for limits, blocks and logs. From any other source it is a protocol violation. Empty means that there are none.",
          "type": "array",
          "x-set": true,
          "x-interrupts": "new-sessions",
          "maxItems": 64,
          "items": {
            "$ref": "../common.schema.json#/$defs/cidr"
          },
          "default": [],
          "examples": [
            [
              "192.0.2.10",
              "192.0.2.11"
            ]
          ]
        }
      }
    }
  },
  "examples": [
    {
      "apiVersion": "fairlead.dev/v1",
      "kind": "HttpTransport",
      "metadata": {
        "name": "default"
      },
      "spec": {
        "maximumBodyBytes": 52428800,
        "connectionRate": {
          "mode": "enforce",
          "perSecond": 50
        },
        "proxyProtocolSources": [
          "192.0.2.10"
        ]
      }
    }
  ]
},
SipTransport: {
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "https://fairlead.dev/schemas/kinds/sip-transport.schema.json",
  "title": "SipTransport",
  "description": "How SIP (RFC 3261) is carried between clients and Unified CM: what Unified CM sees as the address of a device, how large a message may be, how long things are waited for, and where media is relayed. Limits and timers hold for new connections and transactions; sessions that are up go on.",
  "type": "object",
  "x-wave": 1,
  "x-roles": [
    "edge",
    "core"
  ],
  "x-cardinality": "one",
  "x-interrupts": "new-sessions",
  "additionalProperties": false,
  "required": [
    "apiVersion",
    "kind",
    "metadata",
    "spec"
  ],
  "properties": {
    "apiVersion": {
      "$ref": "../common.schema.json#/$defs/apiVersion"
    },
    "kind": {
      "description": "The kind of the document.",
      "const": "SipTransport"
    },
    "metadata": {
      "$ref": "../common.schema.json#/$defs/singletonMetadata"
    },
    "spec": {
      "title": "SipTransport specification",
      "description": "Registration mode, limits, timers and media relay.",
      "type": "object",
      "additionalProperties": false,
      "properties": {
        "registrationMode": {
          "description": "What a REGISTER to Unified CM carries. `contact` puts the core's address in place of the device's Contact; it works with every release. `path` leaves Contact alone and adds the core in a Path header (RFC 3327), which shared and multiple lines and built-in-bridge recording need, and which Unified CM knows from 11.5(1)SU3 on. A change makes every device register again, and the Unified CM clusters are read again.",
          "enum": [
            "contact",
            "path"
          ],
          "default": "contact",
          "x-refreshes": true,
          "x-interrupts": "sessions"
        },
        "maximumMessageBytes": {
          "description": "Largest SIP message, headers and body, in bytes. A larger request is answered with 513, and the connection is closed when its end cannot be found.",
          "type": "integer",
          "minimum": 1024,
          "maximum": 1048576,
          "default": 32768
        },
        "maximumHeaderBytes": {
          "description": "Largest single header field with its continuation lines, in bytes. A request with a larger one is answered with 400.",
          "type": "integer",
          "minimum": 256,
          "maximum": 65536,
          "default": 8192
        },
        "maximumHeaderCount": {
          "description": "Largest number of header fields in one message. A request with more is answered with 400.",
          "type": "integer",
          "minimum": 16,
          "maximum": 1000,
          "default": 200
        },
        "timers": {
          "$ref": "#/$defs/sipTimers",
          "description": "How long is waited for what.",
          "default": {}
        },
        "registration": {
          "$ref": "#/$defs/registrationLifetimes",
          "description": "Lifetimes that a device may ask for.",
          "default": {}
        },
        "connectionRate": {
          "$ref": "../common.schema.json#/$defs/connectionRate",
          "description": "How fast one source address may open new SIP connections to the edge.",
          "default": {}
        },
        "endedByMaintenance": {
          "description": "Parts of the `User-Agent` of endpoints whose calls do not outlast the beginning of maintenance mode, letter case aside. The default names endpoints on CE software and RoomOS, on which maintenance mode is not supported: Expressway drops their calls, too. An empty list lets every call go on.",
          "type": "array",
          "x-set": true,
          "maxItems": 32,
          "items": {
            "type": "string",
            "minLength": 2,
            "maxLength": 64
          },
          "default": [
            "TANDBERG/",
            "Cisco-CE/",
            "RoomOS"
          ],
          "x-interrupts": "nothing",
          "examples": [
            [
              "TANDBERG/529"
            ]
          ]
        },
        "mediaRelay": {
          "$ref": "#/$defs/mediaRelay",
          "description": "rtpengine servers beside the edges that carry the media of calls. Absent, session descriptions pass unchanged, and media flows only between parties that can reach each other."
        }
      }
    }
  },
  "$defs": {
    "sipTimers": {
      "title": "SIP timers",
      "description": "Waits of the SIP transports and transactions.",
      "type": "object",
      "additionalProperties": false,
      "properties": {
        "connectTimeoutSeconds": {
          "description": "How long opening a TCP connection may take, in seconds, before the next address or node is tried.",
          "type": "integer",
          "minimum": 1,
          "maximum": 150,
          "default": 10
        },
        "tlsHandshakeTimeoutSeconds": {
          "description": "How long a TLS handshake may take, in seconds, in either direction.",
          "type": "integer",
          "minimum": 1,
          "maximum": 60,
          "default": 5
        },
        "t1Milliseconds": {
          "description": "Estimate of the round-trip time, T1 of RFC 3261 section 17, in milliseconds. The other transaction timers follow from it: a request without an answer is given up after 64 times T1.",
          "type": "integer",
          "minimum": 100,
          "maximum": 4000,
          "default": 500
        },
        "inviteTimeoutSeconds": {
          "description": "How long a call may ring, in seconds: timer C of RFC 3261 section 16.6, which must be longer than three minutes.",
          "type": "integer",
          "minimum": 181,
          "maximum": 3600,
          "default": 240
        },
        "idleTimeoutSeconds": {
          "description": "A connection of a client on which nothing arrives for this long is closed, in seconds. Keepalives and refreshed registrations count as traffic.",
          "type": "integer",
          "minimum": 60,
          "maximum": 86400,
          "default": 900
        }
      },
      "examples": [
        {
          "connectTimeoutSeconds": 5
        }
      ]
    },
    "registrationLifetimes": {
      "title": "Registration lifetimes",
      "description": "Bounds for the lifetime of registrations. Unified CM answers with a lifetime of its own, 120 seconds as a rule, and the shorter one holds.",
      "type": "object",
      "x-ascending": [
        "minimumExpiresSeconds",
        "maximumExpiresSeconds"
      ],
      "additionalProperties": false,
      "properties": {
        "minimumExpiresSeconds": {
          "description": "Shortest lifetime a device may ask for, in seconds; below it the answer is 423 with `Min-Expires`. 0, which ends a registration, is always allowed.",
          "type": "integer",
          "minimum": 10,
          "maximum": 3600,
          "default": 45
        },
        "maximumExpiresSeconds": {
          "description": "Longest lifetime a registration gets, in seconds; a longer wish is shortened. It must be higher than the minimum.",
          "type": "integer",
          "minimum": 60,
          "maximum": 86400,
          "default": 3600
        }
      },
      "examples": [
        {
          "minimumExpiresSeconds": 60
        }
      ]
    },
    "mediaRelay": {
      "title": "Media relay",
      "description": "rtpengine servers and how they are asked.",
      "type": "object",
      "x-interrupts": "sessions",
      "additionalProperties": false,
      "required": [
        "servers"
      ],
      "properties": {
        "servers": {
          "description": "The servers, in no particular order. A call stays on the server it began on; one that does not answer gets no new calls.",
          "type": "array",
          "x-key": "host",
          "minItems": 1,
          "maxItems": 16,
          "items": {
            "$ref": "#/$defs/mediaRelayServer"
          }
        },
        "requestTimeoutMilliseconds": {
          "description": "How long one answer of a server is waited for, in milliseconds. When no server answers, a call is refused with 503.",
          "type": "integer",
          "minimum": 50,
          "maximum": 5000,
          "default": 500
        }
      },
      "examples": [
        {
          "servers": [
            {
              "host": "rtpengine-1.example.com"
            }
          ]
        }
      ]
    },
    "mediaRelayServer": {
      "title": "Media relay server",
      "description": "Control endpoint of one rtpengine server.",
      "type": "object",
      "additionalProperties": false,
      "required": [
        "host"
      ],
      "properties": {
        "host": {
          "$ref": "../common.schema.json#/$defs/host",
          "description": "Name or address of the server's control endpoint, as the edge reaches it."
        },
        "port": {
          "$ref": "../common.schema.json#/$defs/port",
          "description": "UDP port of the ng control protocol.",
          "default": 2223
        }
      },
      "examples": [
        {
          "host": "rtpengine-1.example.com",
          "port": 2223
        }
      ]
    }
  },
  "examples": [
    {
      "apiVersion": "fairlead.dev/v1",
      "kind": "SipTransport",
      "metadata": {
        "name": "default"
      },
      "spec": {
        "registrationMode": "path",
        "timers": {
          "connectTimeoutSeconds": 5
        },
        "mediaRelay": {
          "servers": [
            {
              "host": "rtpengine-1.example.com"
            }
          ]
        }
      }
    }
  ]
},
Domain: {
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "https://fairlead.dev/schemas/kinds/domain.schema.json",
  "title": "Domain",
  "description": "A DNS domain whose users are served; `metadata.name` is the domain. Clients find the edge through its SRV record `_collab-edge._tls.<domain>` and ask for their configuration with the domain in the path; a domain that is not declared is answered with 404. Removing a domain, or a service of it, ends the service for its users when their registrations and tokens are next refreshed.",
  "type": "object",
  "x-wave": 2,
  "x-roles": [
    "edge",
    "core"
  ],
  "x-cardinality": "many",
  "x-interrupts": "sessions",
  "x-keep-last": true,
  "additionalProperties": false,
  "required": [
    "apiVersion",
    "kind",
    "metadata",
    "spec"
  ],
  "properties": {
    "apiVersion": {
      "$ref": "../common.schema.json#/$defs/apiVersion"
    },
    "kind": {
      "description": "The kind of the document.",
      "const": "Domain"
    },
    "metadata": {
      "$ref": "#/$defs/domainMetadata"
    },
    "spec": {
      "title": "Domain specification",
      "description": "The services of the domain.",
      "type": "object",
      "additionalProperties": false,
      "properties": {
        "sip": {
          "description": "Registration and call control by Unified CM over SIP. Off, a REGISTER for the domain is answered with 403, and the edge configuration lists no SIP edge.",
          "type": "boolean",
          "default": true
        },
        "xmpp": {
          "description": "Chat and presence by IM and Presence over XMPP. Off, a stream to the domain is closed with `host-unknown` (RFC 6120), and the edge configuration lists no XMPP edge. Off by default, because it needs an IMPresence. Unlike on Expressway it does not switch `sip` on: each means what it says.",
          "type": "boolean",
          "default": false
        }
      }
    }
  },
  "$defs": {
    "domainMetadata": {
      "title": "Domain metadata",
      "description": "The domain itself, and notes about it.",
      "type": "object",
      "additionalProperties": false,
      "required": [
        "name"
      ],
      "properties": {
        "name": {
          "description": "The DNS domain: at least two labels of letters, digits and hyphens, in lower case, an internationalized one in its `xn--` form. Lower case is demanded rather than made, because the name must be the same, letter case included, on every node and in every certificate.",
          "type": "string",
          "format": "hostname-fqdn",
          "maxLength": 128,
          "pattern": "^[-.a-z0-9]+$",
          "examples": [
            "example.com"
          ]
        },
        "annotations": {
          "$ref": "../common.schema.json#/$defs/annotations"
        }
      },
      "examples": [
        {
          "name": "example.com"
        }
      ]
    }
  },
  "examples": [
    {
      "apiVersion": "fairlead.dev/v1",
      "kind": "Domain",
      "metadata": {
        "name": "example.com"
      },
      "spec": {
        "sip": true,
        "xmpp": true
      }
    }
  ]
},
IMPresence: {
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "https://fairlead.dev/schemas/kinds/im-presence.schema.json",
  "title": "IMPresence",
  "description": "An IM and Presence cluster: chat and presence over XMPP. The core reads its nodes and domains, and carries each user's stream to the node that homes the user. A change is read and tried while it is prepared; what does not answer fails the apply and changes nothing. Deleting it ends the chat streams of its users.",
  "type": "object",
  "x-wave": 3,
  "x-roles": [
    "core"
  ],
  "x-cardinality": "many",
  "x-interrupts": "sessions",
  "x-keep-last": true,
  "additionalProperties": false,
  "required": [
    "apiVersion",
    "kind",
    "metadata",
    "spec"
  ],
  "properties": {
    "apiVersion": {
      "$ref": "../common.schema.json#/$defs/apiVersion"
    },
    "kind": {
      "description": "The kind of the document.",
      "const": "IMPresence"
    },
    "metadata": {
      "$ref": "../common.schema.json#/$defs/metadata"
    },
    "spec": {
      "title": "IMPresence specification",
      "description": "Where the cluster is, how it is read and how it is reached.",
      "type": "object",
      "additionalProperties": false,
      "required": [
        "publisher",
        "credentials"
      ],
      "properties": {
        "publisher": {
          "$ref": "../common.schema.json#/$defs/host",
          "description": "The database publisher of the cluster, which is read first. With `tls.verify` on it must be an FQDN. Users on nodes that the new publisher does not name lose their streams.",
          "x-refreshes": true,
          "x-interrupts": "sessions",
          "examples": [
            "imp-pub.example.com"
          ]
        },
        "nodes": {
          "description": "The nodes of the cluster, named by hand, the publisher among them if it serves clients. Only these are used then. Absent, the publisher's own list is used.",
          "type": "array",
          "x-key": "host",
          "x-refreshes": true,
          "x-interrupts": "sessions",
          "minItems": 1,
          "maxItems": 64,
          "items": {
            "$ref": "../common.schema.json#/$defs/ucNode"
          },
          "examples": [
            [
              {
                "host": "imp-pub.example.com",
                "role": "publisher"
              }
            ]
          ]
        },
        "soapPort": {
          "$ref": "../common.schema.json#/$defs/port",
          "description": "HTTPS port of the SOAP and AXL interfaces on every node.",
          "default": 8443,
          "x-refreshes": true,
          "x-interrupts": "new-sessions"
        },
        "xmppPort": {
          "$ref": "../common.schema.json#/$defs/port",
          "description": "XMPP client port of the nodes, where users' streams are carried to (RFC 6120).",
          "default": 5222,
          "x-refreshes": true,
          "x-interrupts": "sessions"
        },
        "routerPort": {
          "$ref": "../common.schema.json#/$defs/port",
          "description": "TLS port of the XMPP router on the nodes, which is asked which node homes a user.",
          "default": 7400,
          "x-refreshes": true,
          "x-interrupts": "sessions"
        },
        "credentials": {
          "$ref": "../common.schema.json#/$defs/credentials",
          "description": "Account the cluster is read with. It needs the role Standard AXL API Access.",
          "x-refreshes": true,
          "x-interrupts": "nothing"
        },
        "tls": {
          "$ref": "../common.schema.json#/$defs/serverTls",
          "description": "How the certificates of the nodes are checked. Existing streams stay; new ones are checked the new way.",
          "default": {},
          "x-refreshes": true,
          "x-interrupts": "new-sessions"
        },
        "requestTimeoutSeconds": {
          "$ref": "../common.schema.json#/$defs/requestTimeoutSeconds",
          "default": 5
        },
        "refresh": {
          "$ref": "../common.schema.json#/$defs/refreshPolicy",
          "description": "When the cluster is read again by itself: after nodes, redundancy groups, domains or the software version changed.",
          "default": {}
        }
      }
    }
  },
  "examples": [
    {
      "apiVersion": "fairlead.dev/v1",
      "kind": "IMPresence",
      "metadata": {
        "name": "emea"
      },
      "spec": {
        "publisher": "imp-pub.example.com",
        "credentials": {
          "username": "fairlead-reader",
          "passwordRef": {
            "env": "FAIRLEAD_SECRET_IMP_EMEA"
          }
        }
      }
    }
  ]
},
UnifiedCM: {
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "https://fairlead.dev/schemas/kinds/unified-cm.schema.json",
  "title": "UnifiedCM",
  "description": "A Unified CM cluster: call control, and the place where users sign in. The core asks its UDS interface whether a user's credentials are right, reads its nodes, ports and security mode, and routes SIP to it. A change is read and tried while the change is prepared, beside what is in use: a publisher that does not answer, or a certificate that does not hold, fails the apply and changes nothing. Deleting it ends the calls, registrations and sign-ins of its users.",
  "type": "object",
  "x-wave": 3,
  "x-roles": [
    "core"
  ],
  "x-cardinality": "many",
  "x-interrupts": "sessions",
  "x-keep-last": true,
  "additionalProperties": false,
  "required": [
    "apiVersion",
    "kind",
    "metadata",
    "spec"
  ],
  "properties": {
    "apiVersion": {
      "$ref": "../common.schema.json#/$defs/apiVersion"
    },
    "kind": {
      "description": "The kind of the document.",
      "const": "UnifiedCM"
    },
    "metadata": {
      "$ref": "../common.schema.json#/$defs/metadata"
    },
    "spec": {
      "title": "UnifiedCM specification",
      "description": "Where the cluster is, how it is read and how it is reached.",
      "type": "object",
      "additionalProperties": false,
      "required": [
        "publisher",
        "credentials"
      ],
      "properties": {
        "publisher": {
          "$ref": "../common.schema.json#/$defs/host",
          "description": "The publisher of the cluster, which is read first and whose word about the other nodes counts. With `tls.verify` on it must be an FQDN. Users on nodes that the new publisher does not name lose their sessions.",
          "x-refreshes": true,
          "x-interrupts": "sessions",
          "examples": [
            "cucm-pub.example.com"
          ]
        },
        "nodes": {
          "description": "The nodes of the cluster, named by hand, the publisher among them if it serves clients. Only these are used then, whatever the publisher says. Absent, the publisher alone is used.",
          "type": "array",
          "x-key": "host",
          "x-refreshes": true,
          "x-interrupts": "sessions",
          "minItems": 1,
          "maxItems": 64,
          "items": {
            "$ref": "../common.schema.json#/$defs/ucNode"
          },
          "examples": [
            [
              {
                "host": "cucm-pub.example.com",
                "role": "publisher"
              },
              {
                "host": "cucm-sub1.example.com",
                "role": "subscriber"
              }
            ]
          ]
        },
        "udsPort": {
          "$ref": "../common.schema.json#/$defs/port",
          "description": "HTTPS port of the UDS and AXL interfaces on every node. 8443 on every Unified CM unless a firewall translates it; newer releases answer on 443 too.",
          "default": 8443,
          "x-refreshes": true,
          "x-interrupts": "new-sessions"
        },
        "sipProtocol": {
          "description": "How cores speak SIP with the nodes, when discovery does not say it: `tls` (on `sipTlsPort`) for a cluster in mixed mode, else `tcp` or `udp` (on `sipPort`).",
          "enum": [
            "tcp",
            "tls",
            "udp"
          ],
          "default": "tcp",
          "x-refreshes": true,
          "x-interrupts": "sessions"
        },
        "sipPort": {
          "$ref": "../common.schema.json#/$defs/port",
          "description": "SIP over TCP port of the nodes, for devices without a secure profile, when discovery does not name another. No SIP trunk of Unified CM may listen on it.",
          "default": 5060,
          "x-refreshes": true,
          "x-interrupts": "sessions"
        },
        "sipTlsPort": {
          "$ref": "../common.schema.json#/$defs/port",
          "description": "SIP over TLS port of the nodes, used when the cluster is in mixed mode, when discovery does not name another. No SIP trunk of Unified CM may listen on it.",
          "default": 5061,
          "x-refreshes": true,
          "x-interrupts": "sessions"
        },
        "credentials": {
          "$ref": "../common.schema.json#/$defs/credentials",
          "description": "Account the cluster is read with. It needs the role Standard AXL API Access. Users sign in with their own credentials, never with these.",
          "x-refreshes": true,
          "x-interrupts": "nothing"
        },
        "tls": {
          "$ref": "../common.schema.json#/$defs/serverTls",
          "description": "How the certificates of the nodes are checked (tomcat's on the HTTPS port, CallManager's on the SIP port). Existing connections stay; new ones are checked the new way.",
          "default": {},
          "x-refreshes": true,
          "x-interrupts": "new-sessions"
        },
        "requestTimeoutSeconds": {
          "$ref": "../common.schema.json#/$defs/requestTimeoutSeconds",
          "default": 5
        },
        "refresh": {
          "$ref": "../common.schema.json#/$defs/refreshPolicy",
          "description": "When the cluster is read again by itself: after nodes, security mode, ports, TFTP servers, keys or the software version changed.",
          "default": {}
        }
      }
    }
  },
  "examples": [
    {
      "apiVersion": "fairlead.dev/v1",
      "kind": "UnifiedCM",
      "metadata": {
        "name": "emea"
      },
      "spec": {
        "publisher": "cucm-pub.example.com",
        "credentials": {
          "username": "fairlead-reader",
          "passwordRef": {
            "env": "FAIRLEAD_SECRET_CUCM_EMEA"
          }
        },
        "refresh": {
          "policy": "window",
          "windows": [
            {
              "cron": "0 2 * * *",
              "timeZone": "Europe/Berlin",
              "durationMinutes": 60
            }
          ]
        }
      }
    },
    {
      "apiVersion": "fairlead.dev/v1",
      "kind": "UnifiedCM",
      "metadata": {
        "name": "static"
      },
      "spec": {
        "publisher": "cucm-pub.example.com",
        "nodes": [
          {
            "host": "cucm-pub.example.com",
            "role": "publisher"
          },
          {
            "host": "cucm-sub1.example.com",
            "role": "subscriber"
          }
        ],
        "credentials": {
          "username": "fairlead-reader",
          "passwordRef": {
            "file": "cucm/password"
          }
        },
        "requestTimeoutSeconds": 10
      }
    }
  ]
},
UnityConnection: {
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "https://fairlead.dev/schemas/kinds/unity-connection.schema.json",
  "title": "UnityConnection",
  "description": "A Unity Connection cluster: voicemail. Its nodes are put on the allow list by themselves, so that clients can fetch and play messages over HTTPS. A change is read and tried while it is prepared; what does not answer fails the apply and changes nothing. Deleting it makes requests to its nodes end with 403.",
  "type": "object",
  "x-wave": 3,
  "x-roles": [
    "core"
  ],
  "x-cardinality": "many",
  "x-interrupts": "sessions",
  "x-keep-last": true,
  "additionalProperties": false,
  "required": [
    "apiVersion",
    "kind",
    "metadata",
    "spec"
  ],
  "properties": {
    "apiVersion": {
      "$ref": "../common.schema.json#/$defs/apiVersion"
    },
    "kind": {
      "description": "The kind of the document.",
      "const": "UnityConnection"
    },
    "metadata": {
      "$ref": "../common.schema.json#/$defs/metadata"
    },
    "spec": {
      "title": "UnityConnection specification",
      "description": "Where the cluster is, how it is read and how it is reached.",
      "type": "object",
      "additionalProperties": false,
      "required": [
        "publisher",
        "credentials"
      ],
      "properties": {
        "publisher": {
          "$ref": "../common.schema.json#/$defs/host",
          "description": "The publisher of the cluster, or the only server. With `tls.verify` on it must be an FQDN.",
          "x-refreshes": true,
          "x-interrupts": "sessions",
          "examples": [
            "cuc-pub.example.com"
          ]
        },
        "nodes": {
          "description": "The servers of the cluster, named by hand. Only these are used then. Absent, the publisher's own list is used.",
          "type": "array",
          "x-key": "host",
          "x-refreshes": true,
          "x-interrupts": "sessions",
          "minItems": 1,
          "maxItems": 8,
          "items": {
            "$ref": "../common.schema.json#/$defs/ucNode"
          },
          "examples": [
            [
              {
                "host": "cuc-pub.example.com",
                "role": "publisher"
              }
            ]
          ]
        },
        "restPort": {
          "$ref": "../common.schema.json#/$defs/port",
          "description": "HTTPS port of the REST interface, which is read on refresh and which clients use too.",
          "default": 8443,
          "x-refreshes": true,
          "x-interrupts": "new-sessions"
        },
        "voicemailPort": {
          "$ref": "../common.schema.json#/$defs/port",
          "description": "HTTPS port where clients fetch messages for visual voicemail.",
          "default": 443,
          "x-refreshes": true,
          "x-interrupts": "new-sessions"
        },
        "credentials": {
          "$ref": "../common.schema.json#/$defs/credentials",
          "description": "Account the cluster is read with. It needs the role System Administrator or Remote Administrator.",
          "x-refreshes": true,
          "x-interrupts": "nothing"
        },
        "tls": {
          "$ref": "../common.schema.json#/$defs/serverTls",
          "description": "How the certificates of the servers are checked. Existing connections stay; new ones are checked the new way.",
          "default": {},
          "x-refreshes": true,
          "x-interrupts": "new-sessions"
        },
        "requestTimeoutSeconds": {
          "$ref": "../common.schema.json#/$defs/requestTimeoutSeconds",
          "default": 5
        },
        "refresh": {
          "$ref": "../common.schema.json#/$defs/refreshPolicy",
          "description": "When the cluster is read again by itself: after servers, keys or the software version changed.",
          "default": {}
        }
      }
    }
  },
  "examples": [
    {
      "apiVersion": "fairlead.dev/v1",
      "kind": "UnityConnection",
      "metadata": {
        "name": "emea"
      },
      "spec": {
        "publisher": "cuc-pub.example.com",
        "credentials": {
          "username": "fairlead-reader",
          "passwordRef": {
            "env": "FAIRLEAD_SECRET_CUC_EMEA"
          }
        }
      }
    }
  ]
},
AccessControl: {
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "https://fairlead.dev/schemas/kinds/access-control.schema.json",
  "title": "AccessControl",
  "description": "The ways in which users may sign in, and what an unauthenticated client is told about them. A change holds for the next sign-in; tokens that were given out stay valid until they are due for a refresh.",
  "type": "object",
  "x-wave": 4,
  "x-roles": [
    "edge",
    "core"
  ],
  "x-cardinality": "one",
  "x-interrupts": "new-sessions",
  "additionalProperties": false,
  "required": [
    "apiVersion",
    "kind",
    "metadata",
    "spec"
  ],
  "properties": {
    "apiVersion": {
      "$ref": "../common.schema.json#/$defs/apiVersion"
    },
    "kind": {
      "description": "The kind of the document.",
      "const": "AccessControl"
    },
    "metadata": {
      "$ref": "../common.schema.json#/$defs/singletonMetadata"
    },
    "spec": {
      "title": "AccessControl specification",
      "description": "Ways to sign in, and the answer to SSO discovery.",
      "type": "object",
      "additionalProperties": false,
      "properties": {
        "signIn": {
          "$ref": "#/$defs/signIn",
          "description": "Which proofs of identity are accepted. With all of them off, nobody can sign in.",
          "default": {}
        },
        "ssoDiscovery": {
          "$ref": "#/$defs/ssoDiscovery",
          "description": "How `get_edge_sso` is answered, which clients ask before they sign in and without credentials.",
          "default": {}
        }
      }
    }
  },
  "$defs": {
    "signIn": {
      "title": "Sign-in ways",
      "description": "Proofs of identity that are accepted.",
      "type": "object",
      "additionalProperties": false,
      "properties": {
        "userCredentials": {
          "description": "User name and password over HTTP Basic authentication (RFC 7617), checked by the UDS interface of Unified CM. Off, such a request is answered with 401 and a challenge for what is accepted, and no UC server is asked.",
          "type": "boolean",
          "default": true
        },
        "oauthBearer": {
          "description": "Self-describing OAuth bearer tokens (RFC 6750) that Unified CM issued, checked on the core with the keys read from it. Off by default, because it needs OAuth with refresh switched on at Unified CM and Unity Connection first.",
          "type": "boolean",
          "default": false
        }
      },
      "examples": [
        {
          "userCredentials": true,
          "oauthBearer": true
        }
      ]
    },
    "ssoDiscovery": {
      "title": "SSO discovery",
      "description": "Answer to the question which ways of signing in a user has.",
      "type": "object",
      "additionalProperties": false,
      "properties": {
        "answer": {
          "description": "`uniform` tells everybody the same, from `signIn` alone. `home-cluster` asks the user's home Unified CM cluster whether it can do OAuth; unauthenticated requests then reach inside and tell existing users from others, so it is not the default.",
          "enum": [
            "uniform",
            "home-cluster"
          ],
          "default": "uniform"
        }
      },
      "examples": [
        {
          "answer": "uniform"
        }
      ]
    }
  },
  "examples": [
    {
      "apiVersion": "fairlead.dev/v1",
      "kind": "AccessControl",
      "metadata": {
        "name": "default"
      },
      "spec": {
        "signIn": {
          "userCredentials": true,
          "oauthBearer": false
        },
        "ssoDiscovery": {
          "answer": "uniform"
        }
      }
    }
  ]
},
AllowRule: {
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "https://fairlead.dev/schemas/kinds/allow-rule.schema.json",
  "title": "AllowRule",
  "description": "Opens one internal HTTP resource to signed-in clients. The list is default deny: what no rule covers is answered with 403, the UC servers' own user data services included: a probe tells when no rule covers those of a UnifiedCM. Write rules for them and for what else clients need, such as an update server, a photo host or a problem-report tool. Scheme, host and port are compared exactly. A deleted rule holds no request up that is in flight; the next one is refused.",
  "type": "object",
  "x-wave": 4,
  "x-roles": [
    "core"
  ],
  "x-cardinality": "many",
  "x-interrupts": "new-sessions",
  "additionalProperties": false,
  "required": [
    "apiVersion",
    "kind",
    "metadata",
    "spec"
  ],
  "properties": {
    "apiVersion": {
      "$ref": "../common.schema.json#/$defs/apiVersion"
    },
    "kind": {
      "description": "The kind of the document.",
      "const": "AllowRule"
    },
    "metadata": {
      "$ref": "../common.schema.json#/$defs/metadata"
    },
    "spec": {
      "title": "AllowRule specification",
      "description": "What is opened.",
      "type": "object",
      "additionalProperties": false,
      "required": [
        "url",
        "match"
      ],
      "properties": {
        "url": {
          "description": "`http` or `https` URL of the resource: host, port (80 or 443 if none is written) and path. Without user, password, query, fragment, or `.` and `..` as parts of the path. A bare host name is taken as it stands; no domain is appended.",
          "type": "string",
          "format": "allow-url",
          "maxLength": 2048,
          "examples": [
            "https://updates.example.com/jabber/"
          ]
        },
        "methods": {
          "description": "HTTP methods that may be used. The default is Expressway's default list.",
          "type": "array",
          "x-set": true,
          "minItems": 1,
          "maxItems": 6,
          "items": {
            "description": "An HTTP method (RFC 9110).",
            "enum": [
              "OPTIONS",
              "GET",
              "HEAD",
              "POST",
              "PUT",
              "DELETE"
            ]
          },
          "default": [
            "GET",
            "POST",
            "PUT"
          ],
          "examples": [
            [
              "GET",
              "HEAD"
            ]
          ]
        },
        "match": {
          "description": "`exact` covers this path only, with any query; `prefix` covers it and everything below it, where `/a` covers `/a` and `/a/b` but not `/ab`. It must be written, because elsewhere the default depends on the interface a rule was entered through, and a guess opens too much or too little.",
          "enum": [
            "exact",
            "prefix"
          ],
          "examples": [
            "prefix"
          ]
        },
        "description": {
          "description": "What the rule is for. Absent, it is known by its name alone.",
          "type": "string",
          "x-interrupts": "nothing",
          "minLength": 1,
          "maxLength": 128,
          "examples": [
            "Jabber update server"
          ]
        }
      }
    }
  },
  "examples": [
    {
      "apiVersion": "fairlead.dev/v1",
      "kind": "AllowRule",
      "metadata": {
        "name": "jabber-updates"
      },
      "spec": {
        "url": "https://updates.example.com/jabber/",
        "methods": [
          "GET",
          "HEAD"
        ],
        "match": "prefix",
        "description": "Jabber update server"
      }
    },
    {
      "apiVersion": "fairlead.dev/v1",
      "kind": "AllowRule",
      "metadata": {
        "name": "problem-reports"
      },
      "spec": {
        "url": "https://prt.example.com:8443/upload",
        "methods": [
          "POST"
        ],
        "match": "exact"
      }
    }
  ]
},
AuthorizationRateControl: {
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "https://fairlead.dev/schemas/kinds/authorization-rate-control.schema.json",
  "title": "AuthorizationRateControl",
  "description": "How often the credentials of one user may be used for an authorization within a period, over all of the user's devices and all cores. It keeps many or broken clients of one user from overloading or locking the user's account. Before each authorization the core looks back over the period; if one more would exceed the maximum, the client gets 429 (RFC 6585) with `Retry-After`, and no UC server is asked. A valid token costs nothing; any other presentation of credentials costs one, a cached or a wrong password too; a refused one costs nothing. New numbers hold at once and keep what was counted.",
  "type": "object",
  "x-wave": 4,
  "x-roles": [
    "core"
  ],
  "x-cardinality": "one",
  "x-interrupts": "new-sessions",
  "additionalProperties": false,
  "required": [
    "apiVersion",
    "kind",
    "metadata",
    "spec"
  ],
  "properties": {
    "apiVersion": {
      "$ref": "../common.schema.json#/$defs/apiVersion"
    },
    "kind": {
      "description": "The kind of the document.",
      "const": "AuthorizationRateControl"
    },
    "metadata": {
      "$ref": "../common.schema.json#/$defs/singletonMetadata"
    },
    "spec": {
      "title": "AuthorizationRateControl specification",
      "description": "Maximum and period. Either of them at 0 switches the control off.",
      "type": "object",
      "additionalProperties": false,
      "properties": {
        "maximumAuthorizationsPerPeriod": {
          "description": "Authorizations of one user that a period may hold; the next one is refused. 0 switches the control off. The default is the value shown by Expressway's command reference.",
          "type": "integer",
          "minimum": 0,
          "maximum": 100,
          "default": 3
        },
        "ratePeriodSeconds": {
          "description": "Length of the period, in seconds, up to a day. It slides: what counts is always the time just passed. 0 switches the control off. The default is the value shown by Expressway's command reference.",
          "type": "integer",
          "minimum": 0,
          "maximum": 86400,
          "default": 300
        }
      }
    }
  },
  "examples": [
    {
      "apiVersion": "fairlead.dev/v1",
      "kind": "AuthorizationRateControl",
      "metadata": {
        "name": "default"
      },
      "spec": {
        "maximumAuthorizationsPerPeriod": 3,
        "ratePeriodSeconds": 300
      }
    }
  ]
},
CredentialCaching: {
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "https://fairlead.dev/schemas/kinds/credential-caching.schema.json",
  "title": "CredentialCaching",
  "description": "How long a successful sign-in is remembered, so that the UC servers are not asked each time. A client that signed in gets a token; it should refresh the token before it expires, and has to authenticate again afterwards. Passwords are kept only as keyed hashes, in memory, and only when a UC server accepted them. Users who sign in by single sign-on are not concerned. A shorter interval holds at once; a longer one prolongs nothing that was given out.",
  "type": "object",
  "x-wave": 4,
  "x-roles": [
    "core"
  ],
  "x-cardinality": "one",
  "x-interrupts": "nothing",
  "additionalProperties": false,
  "required": [
    "apiVersion",
    "kind",
    "metadata",
    "spec"
  ],
  "properties": {
    "apiVersion": {
      "$ref": "../common.schema.json#/$defs/apiVersion"
    },
    "kind": {
      "description": "The kind of the document.",
      "const": "CredentialCaching"
    },
    "metadata": {
      "$ref": "../common.schema.json#/$defs/singletonMetadata"
    },
    "spec": {
      "title": "CredentialCaching specification",
      "description": "The two intervals. They are minutes here; other interfaces of such systems count seconds.",
      "type": "object",
      "additionalProperties": false,
      "properties": {
        "refreshIntervalMinutes": {
          "description": "Lifetime of a token and of a cached credential, in minutes, up to a week. It is also the longest time for which a changed or withdrawn password goes unnoticed. The default is 8 hours, as on Expressway.",
          "type": "integer",
          "minimum": 1,
          "maximum": 10080,
          "default": 480
        },
        "cleanupIntervalMinutes": {
          "description": "Time between two clearings of the cache, in minutes, up to a week. Only what has expired is removed, so it is the longest time that something expired takes up memory; an expired token authorizes nobody, cleared or not. The default is 12 hours, as on Expressway.",
          "type": "integer",
          "minimum": 1,
          "maximum": 10080,
          "default": 720
        }
      }
    }
  },
  "examples": [
    {
      "apiVersion": "fairlead.dev/v1",
      "kind": "CredentialCaching",
      "metadata": {
        "name": "default"
      },
      "spec": {
        "refreshIntervalMinutes": 240,
        "cleanupIntervalMinutes": 720
      }
    }
  ]
},
RegistrationFailover: {
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "https://fairlead.dev/schemas/kinds/registration-failover.schema.json",
  "title": "RegistrationFailover",
  "description": "How registrations survive the loss of a node on their path, and how load spreads again when it is back. Registered devices stay registered when this changes; calls that are up when a node is lost are not preserved. Edge and core must agree on it, so while a rollout is under way a link uses only what both of its sides have switched on.",
  "type": "object",
  "x-wave": 4,
  "x-roles": [
    "edge",
    "core"
  ],
  "x-cardinality": "one",
  "x-interrupts": "nothing",
  "additionalProperties": false,
  "required": [
    "apiVersion",
    "kind",
    "metadata",
    "spec"
  ],
  "properties": {
    "apiVersion": {
      "$ref": "../common.schema.json#/$defs/apiVersion"
    },
    "kind": {
      "description": "The kind of the document.",
      "const": "RegistrationFailover"
    },
    "metadata": {
      "$ref": "../common.schema.json#/$defs/singletonMetadata"
    },
    "spec": {
      "title": "RegistrationFailover specification",
      "description": "Keepalive, adaptive routing and load balance.",
      "type": "object",
      "additionalProperties": false,
      "properties": {
        "stunKeepalive": {
          "$ref": "#/$defs/stunKeepalive",
          "description": "STUN keepalives on the SIP connections of clients and towards Unified CM.",
          "default": {}
        },
        "adaptiveRouting": {
          "$ref": "#/$defs/adaptiveRouting",
          "description": "Whether a REGISTER may take another path than the one it was meant for.",
          "default": {}
        },
        "loadBalance": {
          "$ref": "#/$defs/loadBalance",
          "description": "When registrations are steered away from a node that has too many of them.",
          "default": {}
        }
      }
    }
  },
  "$defs": {
    "stunKeepalive": {
      "title": "STUN keepalive",
      "description": "STUN Binding requests (RFC 8489) inside the SIP connections, in the manner of RFC 5626. Clients that support it learn within seconds that their path is broken. Firewalls between core and Unified CM must not inspect SIP, and Unified CM must be able to resolve the host name of the core, or it stays silent.",
      "type": "object",
      "x-ascending": [
        "timeoutSeconds",
        "intervalSeconds"
      ],
      "additionalProperties": false,
      "properties": {
        "enabled": {
          "description": "Answer the keepalives of clients along their path, and send keepalives to Unified CM.",
          "type": "boolean",
          "default": true
        },
        "intervalSeconds": {
          "description": "Time between two keepalives to a Unified CM node, in seconds; clients choose their own, which is 30 too.",
          "type": "integer",
          "minimum": 5,
          "maximum": 300,
          "default": 30
        },
        "timeoutSeconds": {
          "description": "How long an answer is waited for, in seconds, before the node counts as failing. A server that never answered is taken as not supporting STUN, not as down.",
          "type": "integer",
          "minimum": 1,
          "maximum": 60,
          "default": 3
        }
      },
      "examples": [
        {
          "enabled": true,
          "intervalSeconds": 30,
          "timeoutSeconds": 3
        }
      ]
    },
    "adaptiveRouting": {
      "title": "Adaptive routing",
      "description": "Rerouting of SIP REGISTER around a core that is down or in maintenance mode.",
      "type": "object",
      "additionalProperties": false,
      "properties": {
        "enabled": {
          "description": "Let the edge send a REGISTER to another core when the intended one is down, in maintenance mode or overloaded. It concerns clients that announce support; they keep the new path. The refresh of any other client is refused with 503 then, and its next, new registration is served by any core.",
          "type": "boolean",
          "default": true
        }
      },
      "examples": [
        {
          "enabled": true
        }
      ]
    },
    "loadBalance": {
      "title": "Load balance",
      "description": "Steering of new and refreshed registrations to the least loaded node, for clients that support adaptive routing. It aims at no node being idle, not at equal shares. A core is relieved by the edges, which choose another core; an overloaded edge says so in a `Warning` header of its answers to REGISTER, and clients move by themselves.",
      "type": "object",
      "x-ascending": [
        "stopPercent",
        "startPercent"
      ],
      "additionalProperties": false,
      "properties": {
        "enabled": {
          "description": "Steer registrations when the load is uneven.",
          "type": "boolean",
          "default": true
        },
        "startPercent": {
          "description": "Steering begins when a node's registrations lie more than this many percent above or below an even share. Below counts because one idle core among many leaves the others only a little above. An idle core is 100 percent below, so that more than 99 acts as 99.",
          "type": "integer",
          "minimum": 1,
          "maximum": 1000,
          "default": 30
        },
        "stopPercent": {
          "description": "Steering ends when no node lies more than this many percent above or below an even share. It must be lower than `startPercent`, so that steering does not begin and end without pause; for being below, more than 98 acts as 98.",
          "type": "integer",
          "minimum": 0,
          "maximum": 999,
          "default": 10
        },
        "minimumRegistrations": {
          "description": "Below this many registrations in the cluster nothing is steered, since a few devices are a large share.",
          "type": "integer",
          "minimum": 0,
          "maximum": 1000000,
          "default": 100
        },
        "reportIntervalSeconds": {
          "description": "How often each edge looks at the loads that the cores tell over the links, and reckons anew how many registrations it may move, in seconds.",
          "type": "integer",
          "minimum": 1,
          "maximum": 300,
          "default": 10
        }
      },
      "examples": [
        {
          "startPercent": 40,
          "stopPercent": 15
        }
      ]
    }
  },
  "examples": [
    {
      "apiVersion": "fairlead.dev/v1",
      "kind": "RegistrationFailover",
      "metadata": {
        "name": "default"
      },
      "spec": {
        "stunKeepalive": {
          "enabled": true
        },
        "loadBalance": {
          "startPercent": 40,
          "stopPercent": 15
        }
      }
    }
  ]
},
Exemption: {
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "https://fairlead.dev/schemas/kinds/exemption.schema.json",
  "title": "Exemption",
  "description": "An address range whose failures do not count in some protection categories. The common case is an office whose users share one public address behind NAT: exempt it from `http-ce-auth`, `http-ce-access` and `sip-auth`. It prevents blocks and does not end one that exists; interrupts nothing.",
  "type": "object",
  "x-wave": 5,
  "x-roles": [
    "edge",
    "core"
  ],
  "x-cardinality": "many",
  "x-interrupts": "nothing",
  "additionalProperties": false,
  "required": [
    "apiVersion",
    "kind",
    "metadata",
    "spec"
  ],
  "properties": {
    "apiVersion": {
      "$ref": "../common.schema.json#/$defs/apiVersion"
    },
    "kind": {
      "description": "The kind of the document.",
      "const": "Exemption"
    },
    "metadata": {
      "$ref": "../common.schema.json#/$defs/metadata"
    },
    "spec": {
      "title": "Exemption specification",
      "description": "The range and the categories.",
      "type": "object",
      "additionalProperties": false,
      "required": [
        "range",
        "categories"
      ],
      "properties": {
        "range": {
          "$ref": "../common.schema.json#/$defs/cidr",
          "description": "Address range that is exempt. A range that another exemption with a common category covers is reported by the compile, since one of them has no effect.",
          "examples": [
            "198.51.100.0/28"
          ]
        },
        "categories": {
          "description": "Categories in which failures from the range do not count.",
          "type": "array",
          "x-set": true,
          "x-references": "ProtectionCategory",
          "minItems": 1,
          "maxItems": 8,
          "items": {
            "$ref": "../common.schema.json#/$defs/protectionCategoryName"
          },
          "examples": [
            [
              "http-ce-auth",
              "sip-auth"
            ]
          ]
        },
        "reason": {
          "$ref": "../common.schema.json#/$defs/reason",
          "description": "Whose addresses these are. Absent, the exemption is known by its name alone."
        }
      }
    }
  },
  "examples": [
    {
      "apiVersion": "fairlead.dev/v1",
      "kind": "Exemption",
      "metadata": {
        "name": "branch-office"
      },
      "spec": {
        "range": "198.51.100.0/28",
        "categories": [
          "http-ce-auth",
          "http-ce-access",
          "sip-auth"
        ],
        "reason": "Branch office behind NAT"
      }
    }
  ]
},
Protection: {
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "https://fairlead.dev/schemas/kinds/protection.schema.json",
  "title": "Protection",
  "description": "Automated intrusion protection as a whole: where it runs, and how it blocks. It counts the failures of each source address by category and drops what comes from an address that reached a trigger level, silently and for a time. Blocks are per node, and survive a restart. Switching it on, or on again, starts with no counts and no blocks.",
  "type": "object",
  "x-wave": 6,
  "x-roles": [
    "edge",
    "core"
  ],
  "x-cardinality": "one",
  "x-interrupts": "new-sessions",
  "additionalProperties": false,
  "required": [
    "apiVersion",
    "kind",
    "metadata",
    "spec"
  ],
  "properties": {
    "apiVersion": {
      "$ref": "../common.schema.json#/$defs/apiVersion"
    },
    "kind": {
      "description": "The kind of the document.",
      "const": "Protection"
    },
    "metadata": {
      "$ref": "../common.schema.json#/$defs/singletonMetadata"
    },
    "spec": {
      "title": "Protection specification",
      "description": "Where and how addresses are blocked.",
      "type": "object",
      "additionalProperties": false,
      "properties": {
        "roles": {
          "description": "Roles whose nodes run it. Edges by default. A core is talked to by edges and UC servers only; whoever adds it there should first exempt those addresses with Exemption resources, since none is exempt by itself.",
          "type": "array",
          "x-set": true,
          "maxItems": 2,
          "items": {
            "$ref": "../common.schema.json#/$defs/role"
          },
          "default": [
            "edge"
          ],
          "examples": [
            [
              "edge"
            ]
          ]
        },
        "ipv6PrefixLength": {
          "description": "IPv6 sources are counted and blocked by their first so many bits, since one attacker commonly has a whole /64. IPv4 sources are counted one by one.",
          "type": "integer",
          "minimum": 48,
          "maximum": 128,
          "default": 64
        },
        "enforcement": {
          "description": "`process` drops connections of a blocked address in the node itself, right after they are accepted. `nftables` has the kernel drop their packets, which costs less under attack; it needs Linux and the capability NET_ADMIN, and preparing the change fails without them.",
          "enum": [
            "process",
            "nftables"
          ],
          "default": "process"
        },
        "fail2banExport": {
          "description": "Write failures to a log in a form that fail2ban reads, so that a fail2ban of the host can block too. The bootstrap configuration of the node says where.",
          "type": "boolean",
          "default": false,
          "x-interrupts": "nothing"
        },
        "maximumTrackedAddresses": {
          "description": "How many source addresses a node counts at once. Beyond it the one longest without a failure is forgotten, so an attack cannot take up memory without end.",
          "type": "integer",
          "minimum": 1000,
          "maximum": 1000000,
          "default": 100000,
          "x-interrupts": "nothing"
        }
      }
    }
  },
  "examples": [
    {
      "apiVersion": "fairlead.dev/v1",
      "kind": "Protection",
      "metadata": {
        "name": "default"
      },
      "spec": {
        "roles": [
          "edge"
        ],
        "enforcement": "process"
      }
    }
  ]
},
ProtectionCategory: {
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "https://fairlead.dev/schemas/kinds/protection-category.schema.json",
  "title": "ProtectionCategory",
  "description": "How one kind of misbehaviour is counted and punished. The categories are a fixed set that exists by itself: one that is not listed keeps its default, none can be added or deleted. By default all are on but `http-ce-access`, which counts requests for missing files and would block real clients. A source that fails `triggerLevel` times within the window is blocked on the port it used. Switching a category on starts it with no counts and no blocks.",
  "type": "object",
  "x-wave": 6,
  "x-roles": [
    "edge",
    "core"
  ],
  "x-cardinality": "many",
  "x-interrupts": "new-sessions",
  "x-fixed-set": [
    "http-ce-auth",
    "http-ce-access",
    "http-ce-intrusion",
    "sip-auth",
    "sip-register",
    "sshpfwd-auth",
    "sshpfwd-intrusion",
    "xmpp-intrusion"
  ],
  "x-member-defaults": {
    "http-ce-auth": {
      "enabled": true
    },
    "http-ce-access": {
      "enabled": false
    },
    "http-ce-intrusion": {
      "enabled": true
    },
    "sip-auth": {
      "enabled": true
    },
    "sip-register": {
      "enabled": true
    },
    "sshpfwd-auth": {
      "enabled": true
    },
    "sshpfwd-intrusion": {
      "enabled": true
    },
    "xmpp-intrusion": {
      "enabled": true
    }
  },
  "additionalProperties": false,
  "required": [
    "apiVersion",
    "kind",
    "metadata",
    "spec"
  ],
  "properties": {
    "apiVersion": {
      "$ref": "../common.schema.json#/$defs/apiVersion"
    },
    "kind": {
      "description": "The kind of the document.",
      "const": "ProtectionCategory"
    },
    "metadata": {
      "$ref": "#/$defs/categoryMetadata"
    },
    "spec": {
      "title": "ProtectionCategory specification",
      "description": "State and numbers of the category. The defaults are those of fail2ban: 5 failures within 10 minutes block for 10 minutes.",
      "type": "object",
      "additionalProperties": false,
      "required": [
        "enabled"
      ],
      "properties": {
        "enabled": {
          "description": "Count and block. It must be written, so that nobody switches a category on by tuning it.",
          "type": "boolean",
          "examples": [
            true
          ]
        },
        "triggerLevel": {
          "description": "Failures within the detection window that bring a block. After a block ends, the full number must be reached again. 5 is Expressway's value for `http-ce-auth`; 10 is kinder to offices behind one address.",
          "type": "integer",
          "minimum": 1,
          "maximum": 1000,
          "default": 5
        },
        "detectionWindowSeconds": {
          "description": "How far back failures count, in seconds, up to a day.",
          "type": "integer",
          "minimum": 1,
          "maximum": 86400,
          "default": 600
        },
        "blockDurationSeconds": {
          "description": "How long a block lasts, in seconds, up to a week. Exempting an address does not end a block that exists.",
          "type": "integer",
          "minimum": 1,
          "maximum": 604800,
          "default": 600
        },
        "roles": {
          "description": "Roles whose nodes count this category, as far as Protection runs there.",
          "type": "array",
          "x-set": true,
          "minItems": 1,
          "maxItems": 2,
          "items": {
            "$ref": "../common.schema.json#/$defs/role"
          },
          "default": [
            "core",
            "edge"
          ],
          "examples": [
            [
              "edge"
            ]
          ]
        }
      }
    }
  },
  "$defs": {
    "categoryMetadata": {
      "title": "Category metadata",
      "description": "Which category it is, and notes about it.",
      "type": "object",
      "additionalProperties": false,
      "required": [
        "name"
      ],
      "properties": {
        "name": {
          "$ref": "../common.schema.json#/$defs/protectionCategoryName"
        },
        "annotations": {
          "$ref": "../common.schema.json#/$defs/annotations"
        }
      },
      "examples": [
        {
          "name": "http-ce-auth"
        }
      ]
    }
  },
  "examples": [
    {
      "apiVersion": "fairlead.dev/v1",
      "kind": "ProtectionCategory",
      "metadata": {
        "name": "http-ce-auth"
      },
      "spec": {
        "enabled": true,
        "triggerLevel": 10
      }
    }
  ]
},
Maintenance: {
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "https://fairlead.dev/schemas/kinds/maintenance.schema.json",
  "title": "Maintenance",
  "description": "Takes nodes out of service in a managed way. A node in maintenance mode refuses what is new, with 503 and `Retry-After` over HTTP, 503 over SIP and a closed stream over XMPP, and clients go to another node if they can. Calls and chats that are up go on, except for those of endpoints that SipTransport `endedByMaintenance` lists; when the last session of a service ends, the service stops. Draining, then drained, is health and not a failure. Deleting the resource, or the end of its window, takes the nodes back into service.",
  "type": "object",
  "x-wave": 7,
  "x-roles": [
    "edge",
    "core"
  ],
  "x-nodes": "nodes",
  "x-cardinality": "many",
  "x-interrupts": "new-sessions",
  "additionalProperties": false,
  "required": [
    "apiVersion",
    "kind",
    "metadata",
    "spec"
  ],
  "properties": {
    "apiVersion": {
      "$ref": "../common.schema.json#/$defs/apiVersion"
    },
    "kind": {
      "description": "The kind of the document.",
      "const": "Maintenance"
    },
    "metadata": {
      "$ref": "../common.schema.json#/$defs/metadata"
    },
    "spec": {
      "title": "Maintenance specification",
      "description": "Which nodes, when, and for how long they may drain.",
      "type": "object",
      "additionalProperties": false,
      "required": [
        "nodes"
      ],
      "properties": {
        "nodes": {
          "description": "Names of the nodes.",
          "type": "array",
          "x-set": true,
          "x-references": "node",
          "minItems": 1,
          "maxItems": 64,
          "items": {
            "$ref": "../common.schema.json#/$defs/nodeName"
          },
          "examples": [
            [
              "core-2"
            ]
          ]
        },
        "window": {
          "$ref": "../common.schema.json#/$defs/window",
          "description": "When the nodes are in maintenance mode, again and again. Absent, they are as long as this resource exists."
        },
        "drainDeadlineSeconds": {
          "description": "How long sessions may take to end by themselves, in seconds, up to a week; what is left then is ended. 0, the default, waits for as long as it takes, as Expressway does.",
          "type": "integer",
          "minimum": 0,
          "maximum": 604800,
          "default": 0,
          "x-interrupts": "sessions"
        },
        "reason": {
          "$ref": "../common.schema.json#/$defs/reason",
          "description": "Why; status pages show it. Absent, they show the name alone.",
          "x-interrupts": "nothing"
        }
      }
    }
  },
  "examples": [
    {
      "apiVersion": "fairlead.dev/v1",
      "kind": "Maintenance",
      "metadata": {
        "name": "replace-core-2"
      },
      "spec": {
        "nodes": [
          "core-2"
        ],
        "reason": "Change CHG-1042: replacing the power supply"
      }
    },
    {
      "apiVersion": "fairlead.dev/v1",
      "kind": "Maintenance",
      "metadata": {
        "name": "patch-night"
      },
      "spec": {
        "nodes": [
          "edge-2"
        ],
        "window": {
          "cron": "0 1 * * SUN",
          "timeZone": "Europe/Berlin",
          "durationMinutes": 180
        },
        "drainDeadlineSeconds": 3600
      }
    }
  ]
},
};
