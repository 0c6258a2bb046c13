import { isRecord } from '../model/json.js';
import { kindInfo } from '../model/kinds.js';
import { normalize } from '../model/normalize.js';
import type { NodeRef } from '../model/plan.js';
import type { Declaration, Resource, ResourceOf, Snapshot } from '../model/snapshot.js';

/** What was rendered of the declarations in use: giving the same object again lets its digest be remembered. */
const rendered = new WeakMap<Declaration, Map<string, Snapshot>>();

/** The part of a Cluster that cores read; without it they get nothing, as the rest is the reconciler's own. */
function sharedPart({ kind, apiVersion, metadata, spec }: ResourceOf<'Cluster'>): readonly Resource[] {
  const { sharedStore } = spec;
  if (sharedStore === undefined) return [];
  const part = { apiVersion, kind, metadata: { name: metadata.name }, spec: { sharedStore } };
  return [normalize(part)];
}

/** Whether a resource goes to all nodes of its roles, or names this one. */
function isFor({ kind, spec }: Resource, { name, role }: NodeRef): boolean {
  const { roles, nodesField } = kindInfo(kind);
  if (!roles.includes(role)) return false;
  if (nodesField === undefined) return true;
  const fields: unknown = spec;
  const named = isRecord(fields) ? fields[nodesField] : undefined;
  return Array.isArray(named) && named.includes(name);
}

function partFor(resource: Resource, node: NodeRef): readonly Resource[] {
  if (!isFor(resource, node)) return [];
  return resource.kind === 'Cluster' ? sharedPart(resource) : [resource];
}

/** Nodes that get the same have the same key: those of one role, unless something is for single nodes. */
function keyOf({ resources }: Declaration, { name, role }: NodeRef): string {
  const isSingle = [...resources.values()].some(({ kind }) => kindInfo(kind).nodesField !== undefined);
  return isSingle ? `${role} ${name}` : role;
}

function renderNode({ revision, resources }: Declaration, node: NodeRef): Snapshot {
  const parts = [...resources].flatMap(([key, resource]) =>
    partFor(resource, node).map((part) => [key, part] as const),
  );
  return { revision, resources: new Map(parts) };
}

/** What a node should run of what is declared: the resources that its role gets, and of those for single nodes its own. */
export function render(declaration: Declaration, node: NodeRef): Snapshot {
  const known = rendered.get(declaration) ?? new Map<string, Snapshot>();
  const key = keyOf(declaration, node);
  const snapshot = known.get(key) ?? renderNode(declaration, node);
  rendered.set(declaration, known.set(key, snapshot));
  return snapshot;
}
