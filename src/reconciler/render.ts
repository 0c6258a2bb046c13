import { kindInfo } from '../model/kinds.js';
import { normalize } from '../model/normalize.js';
import type { NodeRef, NodeRole } from '../model/plan.js';
import type { Declaration, Resource, ResourceOf, Snapshot } from '../model/snapshot.js';

/** What was rendered of the declarations in use: giving the same object again lets its digest be remembered. */
const rendered = new WeakMap<Declaration, Map<NodeRole, Snapshot>>();

/** The part of a Cluster that cores read; without it they get nothing, as the rest is the reconciler's own. */
function sharedPart({ kind, apiVersion, metadata, spec }: ResourceOf<'Cluster'>): readonly Resource[] {
  const { sharedStore } = spec;
  if (sharedStore === undefined) return [];
  const part = { apiVersion, kind, metadata: { name: metadata.name }, spec: { sharedStore } };
  return [normalize(part)];
}

function partFor(resource: Resource, role: NodeRole): readonly Resource[] {
  if (!kindInfo(resource.kind).roles.includes(role)) return [];
  return resource.kind === 'Cluster' ? sharedPart(resource) : [resource];
}

function renderRole({ revision, resources }: Declaration, role: NodeRole): Snapshot {
  const parts = [...resources].flatMap(([key, resource]) =>
    partFor(resource, role).map((part) => [key, part] as const),
  );
  return { revision, resources: new Map(parts) };
}

/** What a node should run of what is declared: the resources of the kinds that its role gets. */
export function render(declaration: Declaration, { role }: NodeRef): Snapshot {
  const roles = rendered.get(declaration) ?? new Map<NodeRole, Snapshot>();
  const snapshot = roles.get(role) ?? renderRole(declaration, role);
  rendered.set(declaration, roles.set(role, snapshot));
  return snapshot;
}
