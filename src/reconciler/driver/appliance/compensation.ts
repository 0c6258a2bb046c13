import { asFairleadError } from '../../../errors.js';
import { resourceDigest } from '../../../model/digest.js';
import { fingerprintsOf } from '../../../model/fingerprints.js';
import type { ResourceOutcome } from '../driver.js';
import type { PlanRecord, Step } from './appliance-journal.js';
import { isSameReadBack, put } from './resource-writes.js';
import type { WriteContext } from './resource-writes.js';

/** Whether the appliance holds exactly what was there before a step, as far as that can be known. */
async function isAsBefore({ key, before, after }: Step, context: WriteContext, signal: AbortSignal): Promise<boolean> {
  const either = before ?? after;
  if (either === undefined) return true;
  const found = await context.client.read(either, signal);
  if (!isSameReadBack(found, before)) return false;
  if (before === undefined || fingerprintsOf(before).size === 0) return true;
  const held = context.journal.held(key);
  // Equal on the surface: only a secret can tell the two apart, and nobody can read it back.
  return held === undefined ? !isSameReadBack(before, after) : resourceDigest(held) === resourceDigest(before);
}

async function undo(step: Step, context: WriteContext, signal: AbortSignal): Promise<ResourceOutcome> {
  const { key, before, after } = step;
  if (await isAsBefore(step, context, signal)) {
    await context.journal.holds(key, before);
    return { key, state: 'old' };
  }
  try {
    await put(before, after, context, signal);
    return { key, state: 'old' };
  } catch (error) {
    const { code, message: reason } = asFairleadError(error);
    if (code === 'node.unreachable') throw error;
    return { key, state: await stateOf(step, context, signal), reason };
  }
}

async function stateOf(
  { before, after }: Step,
  { client }: WriteContext,
  signal: AbortSignal,
): Promise<ResourceOutcome['state']> {
  const either = before ?? after;
  const found = either === undefined ? undefined : await client.read(either, signal);
  if (found === undefined) return 'missing';
  return isSameReadBack(found, after) ? 'new' : 'unknown';
}

/**
 * Undoes the steps of a plan that were begun, the last one first, and says where each resource of the plan stands.
 * @throws FairleadError `node.unreachable`: the rest can be undone later
 */
export async function compensate(
  plan: PlanRecord,
  context: WriteContext,
  signal: AbortSignal,
): Promise<readonly ResourceOutcome[]> {
  const outcomes: ResourceOutcome[] = plan.steps.slice(plan.begun).map(({ key }) => ({ key, state: 'old' }));
  for (const [index, step] of [...plan.steps.slice(0, plan.begun).entries()].toReversed()) {
    await context.journal.step(plan.planId, index, 'undo');
    outcomes.unshift(await undo(step, context, signal));
  }
  return outcomes;
}
