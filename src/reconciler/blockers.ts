import type { Kind, SyncPolicySpec } from '../model/generated/kinds.js';
import type { Blocker } from '../model/plan.js';
import type { Declaration, ResourceKey } from '../model/snapshot.js';
import { windowState } from '../model/window.js';
import type { NodeObservation, Observation } from './driver/driver.js';
import { render } from './render.js';

/** Nodes that did not answer, when they are more than SyncPolicy tolerates. */
export function unreachableBlockers({ nodes }: Observation, policy: SyncPolicySpec): readonly Blocker[] {
  const away = nodes.flatMap((node) => (node.reachable ? [] : [node]));
  const tolerated = policy.unreachableNodesTolerated;
  if (away.length <= tolerated) return [];
  const limit = `${away.length} of ${nodes.length} nodes do not answer; SyncPolicy spec.unreachableNodesTolerated is ${tolerated}`;
  return away.map(({ node, reason }) => ({
    code: 'node.unreachable',
    message: `${node.name} does not answer: ${reason} (${limit})`,
    mend: `Bring ${node.name} back, take it out of the Cluster, or raise SyncPolicy spec.unreachableNodesTolerated to ${away.length}.`,
    node: node.name,
  }));
}

/** Nodes on which another plan waits for its confirmation. */
export function pendingBlockers({ nodes }: Observation): readonly Blocker[] {
  return nodes.flatMap((node) => {
    if (!node.reachable || node.pending === undefined) return [];
    const { name } = node.node;
    const message = `${name} runs plan ${node.pending.planId}, which is not confirmed yet`;
    return [{ code: 'node.pending', message, mend: 'Wait until it is confirmed or reverts by itself.', node: name }];
  });
}

function unsupported(kind: Kind, keys: readonly ResourceKey[], name: string, declaration: Declaration): Blocker {
  const [resource] = keys;
  const source = resource === undefined ? undefined : declaration.sources.get(resource);
  const place = source === undefined ? '' : ` at ${source.path}:${source.line}`;
  const more = keys.length > 1 ? `, and ${keys.length - 1} more of the kind` : '';
  return {
    code: 'node.unsupported',
    message: `${name} does not implement the kind ${kind} of ${resource ?? kind}${place}${more}`,
    mend: `Remove every ${kind} from the declaration, or upgrade ${name}.`,
    node: name,
    ...(resource === undefined ? {} : { resource }),
    ...(source === undefined ? {} : { source }),
  };
}

function unsupportedOn(node: NodeObservation, declaration: Declaration): readonly Blocker[] {
  if (!node.reachable) return [];
  const missing = new Map<Kind, ResourceKey[]>();
  for (const [key, { kind }] of render(declaration, node.node).resources) {
    if (!node.kinds.includes(kind)) missing.set(kind, [...(missing.get(kind) ?? []), key]);
  }
  return [...missing].map(([kind, keys]) => unsupported(kind, keys, node.node.name, declaration));
}

/** Kinds that are declared for a node which does not implement them; one blocker per node and kind. */
export function unsupportedBlockers({ nodes }: Observation, declaration: Declaration): readonly Blocker[] {
  return nodes.flatMap((node) => unsupportedOn(node, declaration));
}

function suspension({ suspend }: SyncPolicySpec, nowMs: number): readonly Blocker[] {
  if (suspend === undefined) return [];
  const { reason, until } = suspend;
  if (until !== undefined && Date.parse(until) <= nowMs) return [];
  const end = until === undefined ? 'until SyncPolicy spec.suspend is removed' : `until ${until}`;
  const mend = 'Remove SyncPolicy spec.suspend, or wait until it ends.';
  return [{ code: 'plan.suspended', message: `applying is suspended ${end}: ${reason}`, mend }];
}

function closedWindow({ windows }: SyncPolicySpec, nowMs: number): readonly Blocker[] {
  const state = windowState(windows, nowMs);
  if (state.open) return [];
  const next = state.opensAtMs === undefined ? 'never' : `at ${new Date(state.opensAtMs).toISOString()}`;
  const mend = 'Wait for it, change SyncPolicy spec.windows, or run `fairlead apply`.';
  return [{ code: 'plan.window-closed', message: `no window is open; the next one opens ${next}`, mend }];
}

/** Reasons not to apply at this moment; windows hold up the reconciler, but not an operator who asks. */
export function timeBlockers(policy: SyncPolicySpec, nowMs: number, isAsked: boolean): readonly Blocker[] {
  return [...suspension(policy, nowMs), ...(isAsked ? [] : closedWindow(policy, nowMs))];
}
