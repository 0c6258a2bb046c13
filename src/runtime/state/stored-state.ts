import type { OperatorEdit } from '../../model/plan.js';
import { newSchemaChecks } from '../../model/schema-check.js';
import type { IncomingSnapshot } from '../admission.js';
import type { EndedPlan } from '../receipts.js';
import type { Laggard } from '../link-port.js';
import type { PlanRun } from '../revision.js';

/** Content of `confirmed.json`. */
export interface StoredConfirmed {
  /** Version of the program whose defaults fill the snapshot. */
  readonly writtenBy: string;
  readonly run?: PlanRun;
  readonly snapshot: IncomingSnapshot;
  readonly edits: readonly OperatorEdit[];
}

/** Content of `pending.json`. */
export interface StoredPending {
  readonly writtenBy: string;
  readonly run: PlanRun;
  readonly confirmWithinMs: number;
  readonly snapshot: IncomingSnapshot;
}

/** Content of `receipts.json`, oldest first. */
export interface StoredReceipts {
  readonly ended: readonly EndedPlan[];
}

/** Content of `laggards.json`. */
export interface StoredLaggards {
  readonly laggards: readonly Laggard[];
}

/** Content of `secrets.json`: values by fingerprint. */
export interface StoredSecrets {
  readonly secrets: Readonly<Record<string, string>>;
}

const text = { type: 'string' } as const;

function object(properties: Readonly<Record<string, object>>, optional: readonly string[] = []): object {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', additionalProperties: false, required, properties };
}

const writtenBy = text;
const order = { type: 'integer', minimum: 0 } as const;
const run = object(
  { planId: text, startedAtMs: { type: 'number' }, order, leftBehind: { type: 'array', items: text } },
  ['order', 'leftBehind'],
);
const laggard = object({ node: text, order, planId: text });
const snapshot = object({ revision: text, resources: { type: 'array' } });
const edit = object({ key: text, action: { enum: ['put', 'delete'] }, actor: text, time: text });
const endedPlan = object(
  {
    planId: text,
    state: { enum: ['confirmed', 'reverted'] },
    digest: text,
    startedAtMs: { type: 'number' },
    order,
    reason: text,
  },
  ['order', 'reason'],
);

const check = newSchemaChecks(
  [
    { $id: 'confirmed', ...object({ writtenBy, run, snapshot, edits: { type: 'array', items: edit } }, ['run']) },
    { $id: 'pending', ...object({ writtenBy, run, confirmWithinMs: { type: 'number', minimum: 0 }, snapshot }) },
    { $id: 'receipts', ...object({ ended: { type: 'array', items: endedPlan } }) },
    { $id: 'laggards', ...object({ laggards: { type: 'array', items: laggard } }) },
    { $id: 'secrets', ...object({ secrets: { type: 'object', additionalProperties: text } }) },
  ],
  ['/secrets'],
);

/** The shapes of the state files; resources are looked into later, by the schemas of their kinds. */
export const storedShapes = {
  confirmed: check<StoredConfirmed>('confirmed'),
  pending: check<StoredPending>('pending'),
  receipts: check<StoredReceipts>('receipts'),
  laggards: check<StoredLaggards>('laggards'),
  secrets: check<StoredSecrets>('secrets'),
} as const;

/** Names of the state files, all below the state directory. */
export const stateFiles = {
  confirmed: 'confirmed.json',
  /** The confirmed revision before, in case the newest cannot be read. */
  previous: 'confirmed.previous.json',
  pending: 'pending.json',
  receipts: 'receipts.json',
  laggards: 'laggards.json',
  secrets: 'secrets.json',
} as const;
