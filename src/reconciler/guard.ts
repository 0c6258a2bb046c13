import type { Kind, SyncPolicySpec } from '../model/generated/kinds.js';
import { kindInfo } from '../model/kinds.js';
import type { Blocker } from '../model/plan.js';
import { listed } from '../model/value-text.js';
import type { Footprint } from './footprint.js';

interface Limited {
  readonly code: 'guard.too-many-deletes' | 'guard.too-many-updates';
  readonly verb: string;
  readonly count: number;
  readonly limit: { readonly percent: number; readonly number: number };
  /** The field of SyncPolicy that holds the limit. */
  readonly field: string;
}

function tooMany(
  { code, verb, count, limit, field }: Limited,
  managed: number,
  sharesCount: boolean,
): readonly Blocker[] {
  const found = `the plan ${verb} ${count} of ${managed} managed resources`;
  if (count > limit.number) {
    const mend = `Check that it is meant; then raise ${field}.number to ${count}, or go in steps.`;
    return [{ code, message: `${found}; ${field}.number allows ${limit.number}`, mend }];
  }
  if (!sharesCount || limit.percent === 100 || count * 100 <= limit.percent * managed) return [];
  const share = Math.ceil((count * 100) / managed);
  const mend = `Check that it is meant; then raise ${field}.percent to ${Math.min(share, 100)}, or go in steps.`;
  return [{ code, message: `${found} (${share} %); ${field}.percent allows ${limit.percent} %`, mend }];
}

function limits({ managed, deleted, updated }: Footprint, policy: SyncPolicySpec): readonly Blocker[] {
  const { deletes, updates, appliesFromResources } = policy.limits;
  const field = 'SyncPolicy spec.limits';
  const each: readonly Limited[] = [
    { code: 'guard.too-many-deletes', verb: 'deletes', count: deleted.size, limit: deletes, field: `${field}.deletes` },
    { code: 'guard.too-many-updates', verb: 'updates', count: updated.size, limit: updates, field: `${field}.updates` },
  ];
  return each.flatMap((limited) => tooMany(limited, managed.size, managed.size >= appliesFromResources));
}

function empty({ managed, remaining, deleted }: Footprint, { allowEmpty }: SyncPolicySpec): readonly Blocker[] {
  if (allowEmpty || deleted.size === 0 || remaining.size > 0) return [];
  const message = `the plan deletes all ${managed.size} managed resources; SyncPolicy spec.allowEmpty is false`;
  const mend = 'Check the ref and sub-path of the source; set SyncPolicy spec.allowEmpty when it is meant.';
  return [{ code: 'guard.empty', message, mend }];
}

function lastOfKind(kind: Kind, { deleted }: Footprint): Blocker {
  const gone = [...deleted].flatMap(([key, one]) => (one === kind ? [key] : [])).toSorted();
  const [resource] = gone;
  return {
    code: 'guard.last-server',
    message: `the plan deletes ${listed(gone, 'and')} and leaves no ${kind}; SyncPolicy spec.allowLastServerRemoval is false`,
    mend: `Keep one ${kind}; set SyncPolicy spec.allowLastServerRemoval when the service is to end.`,
    ...(resource === undefined ? {} : { resource }),
  };
}

function lastServers(footprint: Footprint, { allowLastServerRemoval }: SyncPolicySpec): readonly Blocker[] {
  if (allowLastServerRemoval) return [];
  const left = new Set(footprint.remaining.values());
  const gone = [...new Set(footprint.deleted.values())].filter((kind) => kindInfo(kind).keepLast && !left.has(kind));
  return gone.toSorted().map((kind) => lastOfKind(kind, footprint));
}

/** What SyncPolicy forbids of all that a plan does at once; each blocker names the numbers, the limit and its field. */
export function guard(footprint: Footprint, policy: SyncPolicySpec): readonly Blocker[] {
  return [...empty(footprint, policy), ...lastServers(footprint, policy), ...limits(footprint, policy)];
}
