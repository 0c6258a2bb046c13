import { kindInfo } from '../model/kinds.js';
import type { NodeRef, NodeRole } from '../model/plan.js';
import type { Declaration, Snapshot } from '../model/snapshot.js';

/** What was rendered of the declarations in use: giving the same object again lets its digest be remembered. */
const rendered = new WeakMap<Declaration, Map<NodeRole, Snapshot>>();

function renderRole({ revision, resources }: Declaration, role: NodeRole): Snapshot {
  return { revision, resources: new Map([...resources].filter(([, { kind }]) => kindInfo(kind).roles.includes(role))) };
}

/** What a node should run of what is declared: the resources of the kinds that its role gets. */
export function render(declaration: Declaration, { role }: NodeRef): Snapshot {
  const roles = rendered.get(declaration) ?? new Map<NodeRole, Snapshot>();
  const snapshot = roles.get(role) ?? renderRole(declaration, role);
  rendered.set(declaration, roles.set(role, snapshot));
  return snapshot;
}
