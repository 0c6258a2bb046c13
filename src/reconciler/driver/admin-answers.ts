import type {
  Behind,
  LinkStatus,
  MaintenanceStatus,
  NodeEvent,
  NodeStatus,
  Receipt,
  SnapshotCause,
  TrafficCounts,
  TrafficEvent,
} from '../../admin/contract.js';
import { FairleadError } from '../../errors.js';
import type { Health, ProbeCheck } from '../../model/health.js';
import { isRecord } from '../../model/json.js';
import type { OperatorEdit } from '../../model/plan.js';
import { newSnapshot } from '../../model/snapshot.js';
import type { Snapshot } from '../../model/snapshot.js';
import { parseResource } from '../../model/validate.js';

type Sort = 'string' | 'number' | 'boolean';
type Check = Sort | ((value: unknown) => boolean);

function passes(check: Check, value: unknown): boolean {
  return typeof check === 'string' ? typeof value === check : check(value);
}

/** Tells whether a record has all of some fields, and whether what it has of others is right; more fields do no harm. */
function has(
  value: unknown,
  required: Readonly<Record<string, Check>>,
  optional: Readonly<Record<string, Check>> = {},
): value is Readonly<Record<string, unknown>> {
  if (!isRecord(value)) return false;
  return (
    Object.entries(required).every(([name, check]) => passes(check, value[name])) &&
    Object.entries(optional).every(([name, check]) => value[name] === undefined || passes(check, value[name]))
  );
}

function listOf(check: Check): (value: unknown) => boolean {
  return (value) => Array.isArray(value) && value.every((item) => passes(check, item));
}

function oneOf(...texts: readonly string[]): (value: unknown) => boolean {
  return (value) => typeof value === 'string' && texts.includes(value);
}

function isReceipt(value: unknown): value is Receipt {
  const state = oneOf('pending', 'confirmed', 'reverted');
  return has(
    value,
    { planId: 'string', node: 'string', state, digest: 'string' },
    { confirmWithinMs: 'number', reason: 'string' },
  );
}

function isEdit(value: unknown): value is OperatorEdit {
  return has(value, { key: 'string', action: oneOf('put', 'delete'), actor: 'string', time: 'string' });
}

function isCounts(value: unknown): value is TrafficCounts {
  const optional = { registrationsPeak: 'number', calls: 'number', excludedCalls: 'number' } as const;
  return has(value, { users: 'number', sessions: 'number', registrations: 'number' }, optional);
}

function isLink(value: unknown): value is LinkStatus {
  const state = oneOf('up', 'connecting', 'down');
  const service = oneOf('tunnel', 'signalling');
  return has(value, { peer: 'string', service, state, since: 'string' }, { reason: 'string' });
}

function isBehind(value: unknown): value is Behind {
  return has(value, { planId: 'string', order: 'number', serves: 'boolean' });
}

function isMaintenance(value: unknown): value is MaintenanceStatus {
  const left = (counts: unknown) => has(counts, { registrations: 'number', calls: 'number', requests: 'number' });
  const state = oneOf('draining', 'drained');
  return has(
    value,
    { state, names: listOf('string'), since: 'string', left },
    { reason: 'string', deadline: 'string' },
  );
}

function isStatus(value: unknown): value is NodeStatus {
  return has(
    value,
    {
      ...{ name: 'string', role: oneOf('edge', 'core'), cluster: 'string', version: 'string', revision: 'string' },
      ...{ digest: 'string', kinds: listOf('string'), edits: listOf(isEdit), counts: isCounts, links: listOf(isLink) },
      ...{ ready: 'boolean', startedAt: 'string' },
    },
    {
      ...{ pending: isReceipt, confirmedPlanId: 'string', confirmedOrder: 'number', behind: isBehind },
      ...{ notReadyReason: 'string', maintenance: isMaintenance, warnings: listOf('string') },
    },
  );
}

function isCheck(value: unknown): value is ProbeCheck {
  return has(value, { id: 'string', ok: 'boolean', detail: 'string', durationMs: 'number' }, { resource: 'string' });
}

function isHealth(value: unknown): value is Health {
  return has(value, { node: 'string', checks: listOf(isCheck) });
}

function isCause(value: unknown): value is SnapshotCause {
  return (
    has(value, { type: oneOf('activated', 'confirmed'), planId: 'string' }) ||
    has(value, { type: oneOf('reverted'), planId: 'string', reason: 'string' }) ||
    has(value, { type: oneOf('edited'), edit: isEdit })
  );
}

/** What traffic does is nothing that a reconciler acts on. */
export type NewsEvent = Exclude<NodeEvent, TrafficEvent>;

function isEvent(value: unknown): value is NewsEvent {
  return (
    has(value, { type: oneOf('reset') }) ||
    has(value, { type: oneOf('snapshot'), digest: 'string', cause: isCause }) ||
    has(value, { type: oneOf('link'), link: isLink }) ||
    has(value, { type: oneOf('maintenance'), state: oneOf('draining', 'drained', 'ended') }) ||
    has(value, { type: oneOf('ready'), ready: 'boolean' })
  );
}

function required<Value>(value: unknown, is: (value: unknown) => value is Value, what: string, node: string): Value {
  if (is(value)) return value;
  throw new FairleadError('node.malformed-answer', `${node} answered with something that is not ${what}`);
}

/** @throws FairleadError `node.malformed-answer`, as the other readers do */
export function readStatus(value: unknown, node: string): NodeStatus {
  return required(value, isStatus, 'the status of a node', node);
}

export function readReceipt(value: unknown, node: string): Receipt {
  return required(value, isReceipt, 'a receipt', node);
}

export function readHealth(value: unknown, node: string): Health {
  return required(value, isHealth, 'the result of a probe', node);
}

/** Gives an event of the stream; undefined for traffic, and for one of a type that a newer node may send. */
export function readEvent(text: string): NewsEvent | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isEvent(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Gives the snapshot that a node runs, each resource validated and normalized as ours. */
export function readSnapshot(value: unknown, node: string): Snapshot {
  if (!has(value, { revision: 'string', resources: Array.isArray }))
    throw new FairleadError('node.malformed-answer', `${node} answered with something that is not a snapshot`);
  const resources: readonly unknown[] = Array.isArray(value['resources']) ? value['resources'] : [];
  const revision = typeof value['revision'] === 'string' ? value['revision'] : '';
  return newSnapshot(
    revision,
    resources.map((resource) => parseResource(resource, 'rendered')),
  );
}
