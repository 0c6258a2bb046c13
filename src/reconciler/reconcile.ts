import { isEmptyPlan } from '../model/plan.js';
import type { Revision } from './last-good.js';
import { makePlan } from './make-plan.js';
import { observeSettled } from './observe-settled.js';
import type { Findings, PassOutcome } from './pass-outcome.js';
import { rolloutContext } from './pass.js';
import type { Pass } from './pass.js';
import { policyOf } from './policy.js';
import { recordNothing, recordRollout } from './record.js';
import { isAnyBehind, rolloutRequest } from './rollout-request.js';
import { rollOut } from './rollout/rollout.js';

/**
 * One pass of one cluster: read, resolve, observe, plan, guard, apply, record. Everything is looked at afresh, so it does not matter
 * why a pass runs or what the one before it left.
 * @throws FairleadError
 */
export async function reconcile(pass: Pass): Promise<PassOutcome> {
  const { commit, result } = pass.reading;
  const declaration = result.clusters.get(pass.cluster);
  if (declaration === undefined) {
    const problems = result.problems.filter(({ cluster }) => cluster === undefined || cluster === pass.cluster);
    return keepLastGood(pass, { state: 'invalid', commit, problems });
  }
  const outcome = await reconcileTo({ commit, declaration }, pass);
  return outcome.state === 'rolled-back' ? keepLastGood(pass, outcome) : outcome;
}

/** While the newest revision cannot be applied, the last good one stays in force, and drift from that is put back. */
async function keepLastGood(pass: Pass, outcome: PassOutcome): Promise<PassOutcome> {
  const good = pass.state.lastGood.get();
  if (good === undefined || pass.intent === 'plan' || pass.isAsked || pass.hurry.aborted) return outcome;
  return { ...outcome, kept: await reconcileTo(good, pass) };
}

async function reconcileTo(revision: Revision, pass: Pass): Promise<PassOutcome> {
  const { declaration, secrets } = await pass.resolve(revision.declaration, pass.stop);
  const driver = await pass.drivers.of(declaration, secrets);
  const policy = policyOf(declaration);
  const context = rolloutContext(pass, driver, policy);
  const observation = await observeSettled(pass, context);
  const plan = await makePlan({ commit: revision.commit, declaration }, observation, pass);
  const findings: Findings = { commit: revision.commit, observation, plan };
  if (plan.blockers.length > 0) return { state: 'blocked', findings };
  const isNothing = isEmptyPlan(plan) && (pass.intent === 'plan' || !isAnyBehind(observation));
  if (isNothing) return recordNothing(pass, revision, findings);
  if (pass.intent === 'plan') return { state: 'planned', findings };
  const failure = pass.state.failed.find(plan);
  if (failure !== undefined && !pass.isAsked) return { state: 'rolled-back', error: failure, findings };
  await pass.state.lastGood.propose(plan.id, revision);
  const rollout = await rollOut(rolloutRequest(plan, observation, secrets, policy), context);
  return recordRollout(pass, rollout, findings);
}
