import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { adminPaths, resourcePath } from '../../../src/admin/contract.js';
import { rateControl, unifiedCm } from '../config/store-rig.js';
import { type AdminEndpoint, type AdminRequest, ask } from './admin-client.js';
import { startAdmin, tokens } from './admin-rig.js';

/** Fixed, so that a failure can be repeated and the run takes the same time everywhere. */
const budget = { seed: 20_260_115, numRuns: 400 } as const;
const runLimitMs = 60_000;

const json = fc.jsonValue({ maxDepth: 4, depthSize: 'small' });

/** A valid value, with one member at any depth replaced by junk, removed, or joined by another. */
function damaged(valid: unknown): fc.Arbitrary<unknown> {
  if (typeof valid !== 'object' || valid === null) return fc.oneof(json, fc.constant(undefined));
  const entries: [string, unknown][] = Object.entries(valid);
  const rebuild = (members: [string, unknown][]): unknown =>
    Array.isArray(valid) ? members.map(([, value]) => value) : Object.fromEntries(members);
  const added = fc.tuple(fc.string(), json).map((member) => rebuild([...entries, member]));
  if (entries.length === 0) return fc.oneof(json, added);
  const changed = fc
    .nat(entries.length - 1)
    .chain((index) =>
      damaged(entries[index]?.[1]).map((value) =>
        rebuild(entries.map(([key, old], at) => [key, at === index ? value : old])),
      ),
    );
  return fc.oneof(json, added, { arbitrary: changed, weight: 6 });
}

const plan = {
  planId: 'plan-1',
  snapshot: { revision: 'c0ffee', resources: [rateControl(5), unifiedCm('fp-1')] },
  secrets: { 'fp-1': 'hunter2' },
  confirmWithinSeconds: 30,
};

/** JSON has no undefined. */
function textOf(value: unknown): string {
  return value === undefined ? '' : JSON.stringify(value);
}

const text = fc.oneof(
  { arbitrary: damaged(plan).map(textOf), weight: 4 },
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.tuple(fc.nat(200), fc.constant(JSON.stringify(plan))).map(([length, valid]) => valid.slice(0, length)),
);

const targets = [
  ['POST', adminPaths.activate],
  ['POST', adminPaths.confirm],
  ['POST', adminPaths.revert],
  ['PUT', resourcePath('AuthorizationRateControl', 'default')],
] as const;

const request = fc.record({ target: fc.constantFrom(...targets), raw: text });

type Send = (path: string, request: AdminRequest) => Promise<number>;

/** The first generated request that is answered as if the node were at fault; undefined when there is none within the budget. */
async function findFault(send: Send): Promise<string | undefined> {
  const property = fc.asyncProperty(request, async ({ target: [method, path], raw }) => {
    const status = await send(path, { method, raw });
    assert.ok(status >= 200 && status < 500, `${method} ${path} answered ${status}`);
  });
  const { failed, counterexample } = await fc.check(property, {
    ...budget,
    interruptAfterTimeLimit: runLimitMs,
    markInterruptAsFailure: true,
  });
  return failed ? JSON.stringify(counterexample) : undefined;
}

function sender(endpoint: AdminEndpoint, digest: () => string): Send {
  return async (path, options) => {
    const headers = { 'if-match': `"${digest()}"` };
    return (await ask(endpoint, path, { ...options, token: tokens.reconciler, headers })).status;
  };
}

test('no generated body makes the node fail, and it serves on afterwards', async (t) => {
  const { endpoint, store } = await startAdmin(t);
  assert.equal(await findFault(sender(endpoint, () => store.view().digest)), undefined);
  assert.equal((await ask(endpoint, adminPaths.live, { token: tokens.reader })).status, 200);
});

test('the generator finds a planted fault within its budget', async (t) => {
  const { endpoint, store } = await startAdmin(t);
  const send = sender(endpoint, () => store.view().digest);
  const planted: Send = async (path, options) => {
    const isTriggered = /"confirmWithinSeconds":(-|\d+\.|")/.test(options.raw ?? '');
    return isTriggered ? 500 : await send(path, options);
  };
  assert.notEqual(await findFault(planted), undefined);
});
