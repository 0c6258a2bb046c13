import { FairleadError, isErrorCode } from '../../errors.js';
import { planSchema } from '../../model/generated/plan-schema.js';
import { identifyPlan } from '../../model/plan.js';
import type { Plan } from '../../model/plan.js';
import type { Change } from '../../model/change.js';
import { newSchemaChecks } from '../../model/schema-check.js';
import type { SchemaCheck } from '../../model/schema-check.js';
import { keyOf } from '../../model/snapshot.js';
import type { Resource } from '../../model/snapshot.js';
import { validateResource } from '../../model/validate.js';
import { jsonText } from './json-text.js';

const largestBytes = 64 * 1024 * 1024;
const mostDetails = 20;

let check: SchemaCheck<Plan> | undefined;

/** A plan as JSON (schemas/plan.schema.json); `parsePlan` gives the same plan back. */
export function planJson(plan: Plan): string {
  return jsonText(plan);
}

function malformed(
  message: string,
  options: { cause?: unknown; details?: FairleadError['details'] } = {},
): FairleadError {
  return new FairleadError('plan.malformed', message, options);
}

function readJson(text: string): unknown {
  if (Buffer.byteLength(text) > largestBytes) throw malformed(`the plan is larger than ${largestBytes} bytes`);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw malformed('the plan is not JSON', { cause });
  }
}

function resourcesOf(change: Change): readonly Resource[] {
  if (change.action === 'create') return [change.after];
  return change.action === 'delete' ? [change.before] : [change.before, change.after];
}

/** The schema of plans knows only the outline of a resource; the schema of its kind knows the plan. */
function checkChange(change: Change): void {
  for (const resource of resourcesOf(change)) {
    const [problem] = validateResource(resource, 'rendered');
    if (problem !== undefined) throw malformed(`${change.key}: ${problem.message}`);
    if (keyOf(resource) !== change.key) throw malformed(`${change.key} holds the resource ${keyOf(resource)}`);
  }
}

/**
 * Reads a plan that `planJson` wrote.
 * @throws FairleadError `plan.malformed` for anything else, and for a plan of which something was changed afterwards.
 */
export function parsePlan(text: string): Plan {
  check ??= newSchemaChecks([planSchema])<Plan>(planSchema.$id);
  const checked = check(readJson(text));
  if (!checked.ok) {
    const details = checked.faults.slice(0, mostDetails).map(({ pointer, message }) => ({ place: pointer, message }));
    throw malformed(`the plan is not what its schema says: ${details[0]?.message ?? 'it is another document'}`, {
      details,
    });
  }
  const plan = checked.value;
  const unknown = plan.blockers.find(({ code }) => !isErrorCode(code));
  if (unknown !== undefined) throw malformed(`there is no blocker ${JSON.stringify(unknown.code)}`);
  for (const { changes, reported } of plan.nodes)
    for (const { change } of [...changes, ...reported]) checkChange(change);
  const identified = identifyPlan(plan);
  if (identified.id !== plan.id)
    throw malformed(`the plan was changed: its id is ${plan.id}, its content has ${identified.id}`);
  return identified;
}
