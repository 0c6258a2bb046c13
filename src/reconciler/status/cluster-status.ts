import { canonicalJson } from '../../model/json.js';
import type { EndedPass } from '../loop/loop-listener.js';
import { findingsOf } from '../pass-outcome.js';
import type { PassOutcome } from '../pass-outcome.js';
import { driftViews, nodeViews, outcomeView } from './status-view.js';
import type { ClusterStatus, DriftStatus, OutcomeStatus, StatusEvent } from './status.js';

export const mostProblems = 100;
const mostEvents = 50;
const good = new Set<PassOutcome['state']>(['nothing', 'planned', 'applied']);

export function newClusterStatus(cluster: string): ClusterStatus {
  return { cluster, isPassing: false, nodes: [], drift: [], blockers: [], problems: [], failures: 0, events: [] };
}

/** Puts an event in front, and forgets the oldest ones. */
export function withEvents(status: ClusterStatus, newestFirst: readonly StatusEvent[]): ClusterStatus {
  return { ...status, events: [...newestFirst, ...status.events].slice(0, mostEvents) };
}

function isSame(a: OutcomeStatus | undefined, b: OutcomeStatus): boolean {
  return a?.state === b.state && a.planId === b.planId && a.reason?.message === b.reason?.message;
}

/** An outcome is an event when it is another one than before; that all is well only after it was not. */
function outcomeEvents(before: OutcomeStatus | undefined, now: OutcomeStatus): readonly StatusEvent[] {
  const { state, at: time, commit = '', reason } = now;
  if (state === 'applied') return [{ time, type: 'applied', message: `commit ${commit} is applied` }];
  if (state === 'nothing' || state === 'planned') {
    const isBack = before !== undefined && !good.has(before.state);
    return isBack ? [{ time, type: 'recovered', message: `commit ${commit} is in force` }] : [];
  }
  return isSame(before, now) ? [] : [{ time, type: state, message: reason?.message ?? state }];
}

function driftEvent({ node, key, edit, isCorrected }: DriftStatus, time: string): StatusEvent {
  const who = edit === undefined ? 'somebody' : `${edit.actor} at ${edit.time}`;
  const what = isCorrected ? 'it is put back' : 'it is only reported';
  return { time, type: 'drift', message: `${key} on ${node} was changed by ${who}; ${what}` };
}

/** Drift that the pass before did not see already. */
function newDrift(before: readonly DriftStatus[], now: readonly DriftStatus[]): readonly DriftStatus[] {
  const known = new Set(before.map(canonicalJson));
  return now.filter((drift) => !known.has(canonicalJson(drift)));
}

function wasApplied(outcome: PassOutcome): boolean {
  return 'nodes' in outcome || (outcome.kept !== undefined && wasApplied(outcome.kept));
}

/** Whether the drift that was found is gone: what was applied last, perhaps to keep the last good revision, put it back. */
function isCorrecting({ state, kept }: PassOutcome): boolean {
  return kept === undefined ? state === 'applied' : isCorrecting(kept);
}

/** The status of a cluster after a pass that ended at `nowMs`. */
export function afterPass(before: ClusterStatus, pass: EndedPass, nowMs: number): ClusterStatus {
  const { outcome, lastGood, delayMs, failures } = pass;
  const at = new Date(nowMs).toISOString();
  const view = outcomeView(outcome, at);
  const findings = findingsOf(outcome);
  const drift = findings === undefined ? before.drift : driftViews(findings);
  const after: ClusterStatus = {
    ...before,
    ...{ isPassing: false, outcome: view, failures },
    drift: isCorrecting(outcome) ? drift.filter(({ isCorrected }) => !isCorrected) : drift,
    problems: outcome.state === 'invalid' ? outcome.problems.slice(0, mostProblems) : before.problems,
    nodes: nodeViews(outcome) ?? before.nodes,
    blockers: findings?.plan.blockers ?? before.blockers,
    nextPassAt: new Date(nowMs + delayMs).toISOString(),
    ...(wasApplied(outcome) ? { lastApply: view } : {}),
    ...(lastGood === undefined ? {} : { lastGood }),
  };
  const drifted = newDrift(before.drift, drift).map((one) => driftEvent(one, at));
  return withEvents(after, [...outcomeEvents(before.outcome, view), ...drifted.toReversed()]);
}
