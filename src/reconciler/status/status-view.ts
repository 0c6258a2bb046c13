import type { Behind } from '../../admin/contract.js';
import type { FairleadError } from '../../errors.js';
import type { PlannedChange } from '../../model/plan.js';
import type { NodeObservation } from '../driver/driver.js';
import { errorOf, findingsOf } from '../pass-outcome.js';
import type { Findings, PassOutcome } from '../pass-outcome.js';
import type { DriftStatus, NodeStatusView, OutcomeStatus, StatusReason } from './status.js';

const mostDetails = 20;
const mostDrift = 100;

export function reasonView({ code, message, mend, details }: FairleadError): StatusReason {
  return { code, message, mend, details: details.slice(0, mostDetails) };
}

/** A plan that is blocked tells its first blocker as the reason. */
function reasonOf(outcome: PassOutcome): StatusReason | undefined {
  const error = errorOf(outcome);
  if (error !== undefined) return reasonView(error);
  if (outcome.state === 'invalid') {
    const [first, ...others] = outcome.problems;
    const place = first === undefined ? '' : `${first.file}:${first.line}:${first.column}: ${first.message}`;
    const message = others.length === 0 ? place : `${place} (and ${others.length} more)`;
    return { code: 'compile.invalid', message, mend: first?.mend ?? '', details: [] };
  }
  if (outcome.state !== 'blocked') return undefined;
  const [blocker] = outcome.findings.plan.blockers;
  return blocker && { code: blocker.code, message: blocker.message, mend: blocker.mend, details: [] };
}

export function outcomeView(outcome: PassOutcome, at: string): OutcomeStatus {
  const reason = reasonOf(outcome);
  const findings = 'findings' in outcome ? outcome.findings : undefined;
  const commit = outcome.state === 'invalid' ? outcome.commit.id : findings?.commit.id;
  return {
    ...{ state: outcome.state, at },
    ...(commit === undefined ? {} : { commit }),
    ...(findings === undefined ? {} : { planId: findings.plan.id }),
    ...(reason === undefined ? {} : { reason }),
    ...(outcome.kept === undefined ? {} : { kept: outcome.kept.state }),
  };
}

/** Of a node that is ready: one that waits to be brought forward says so itself. */
function lagOf(behind: Behind | undefined): string | undefined {
  if (behind === undefined) return undefined;
  return `serves an older configuration: plan ${behind.planId} (order ${behind.order}) was confirmed without it`;
}

function nodeView(node: NodeObservation): NodeStatusView {
  const { name, role } = node.node;
  if (!node.reachable) return { name, role, reachable: false, reason: node.reason };
  const { digest, ready, pending, snapshot, links, counts, maintenance } = node;
  const reason = node.notReadyReason ?? lagOf(node.behind);
  return {
    ...{ name, role, reachable: true, revision: snapshot.revision, digest, ready, counts },
    ...(pending === undefined ? {} : { pendingPlanId: pending.planId }),
    ...(reason === undefined ? {} : { reason }),
    ...(links === undefined ? {} : { links }),
    ...(maintenance === undefined ? {} : { maintenance }),
  };
}

/** The nodes of which a commit asks nothing that is not drift. */
function nodesInForce({ plan }: Findings, isApplied: boolean): ReadonlySet<string> {
  const inForce = plan.nodes.filter(({ changes }) => isApplied || changes.every(({ cause }) => cause.type === 'drift'));
  return new Set(inForce.map(({ node }) => node.name));
}

/** The nodes as the pass saw them; after an apply, as it left those that it changed. */
export function nodeViews(outcome: PassOutcome): readonly NodeStatusView[] | undefined {
  const findings = findingsOf(outcome);
  if (findings === undefined) return undefined;
  const isApplied = outcome.state === 'applied';
  const applied = isApplied ? appliedTo(findings) : new Map<string, string>();
  const inForce = nodesInForce(findings, isApplied);
  return findings.observation.nodes.map((node) => {
    const seen = nodeView(node);
    const view = inForce.has(seen.name) ? { ...seen, inForce: findings.commit.id } : seen;
    const digest = applied.get(view.name);
    return digest === undefined ? view : { ...view, revision: findings.plan.target, digest };
  });
}

function appliedTo({ plan }: Findings): ReadonlyMap<string, string> {
  return new Map(plan.nodes.filter(({ changes }) => changes.length > 0).map(({ node, target }) => [node.name, target]));
}

function driftView(node: string, { change, cause }: PlannedChange, isCorrected: boolean): readonly DriftStatus[] {
  if (cause.type !== 'drift') return [];
  const { key, action } = change;
  return [{ node, key, action, isCorrected, ...(cause.edit === undefined ? {} : { edit: cause.edit }) }];
}

/** What a pass found changed by hand. */
export function driftViews(findings: Findings): readonly DriftStatus[] {
  const all = findings.plan.nodes.flatMap(({ node, changes, reported }) => [
    ...changes.flatMap((planned) => driftView(node.name, planned, true)),
    ...reported.flatMap((planned) => driftView(node.name, planned, false)),
  ]);
  return all.slice(0, mostDrift);
}
