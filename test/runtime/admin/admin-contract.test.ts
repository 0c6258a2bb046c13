import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adminBodyLimitBytes, adminPaths, receiptPath, resourcePath } from '../../../src/admin/contract.js';
import { newSchemaChecks } from '../../../src/model/schema-check.js';
import { readAdminSchemas } from '../../../src/runtime/schema-files.js';
import { rateControl, unifiedCm, until } from '../config/store-rig.js';
import { type AdminAnswer, ask } from './admin-client.js';
import { type AdminRig, startAdmin, tokens } from './admin-rig.js';

const check = newSchemaChecks(readAdminSchemas());
const token = tokens.reconciler;

/** Holds an answer to its schema, which allows no field that it does not name. */
function assertAnswer({ status, body, headers }: AdminAnswer, expected: number, schema: string): void {
  assert.equal(status, expected, JSON.stringify(body));
  const checked = check(`https://fairlead.dev/schemas/admin/${schema}.schema.json`)(body);
  assert.deepEqual(checked.ok ? [] : checked.faults, [], JSON.stringify(body));
  const mediaType = schema === 'problem' ? 'application/problem+json' : 'application/json';
  assert.match(String(headers['content-type']), new RegExp(`^${mediaType.replace('+', '\\+')}`));
}

function assertProblem(answer: AdminAnswer, expected: number, code: string): void {
  assertAnswer(answer, expected, 'problem');
  assert.equal(answer.body.code, code);
  assert.equal(answer.body.status, expected);
}

function placesOf({ body }: AdminAnswer): readonly string[] {
  return body.details?.map(({ place }) => place) ?? [];
}

function planOf(planId: string, resources: readonly unknown[], secrets: Readonly<Record<string, string>> = {}) {
  return { planId, snapshot: { revision: planId, resources }, secrets, confirmWithinSeconds: 30 };
}

async function activate({ endpoint, store }: AdminRig, plan: object): Promise<AdminAnswer> {
  const headers = { 'if-match': `"${store.view().digest}"` };
  return await ask(endpoint, adminPaths.activate, { token, headers, body: plan });
}

test('a plan is activated, confirmed and asked for again over the interface', async (t) => {
  const rig = await startAdmin(t);
  const { endpoint } = rig;
  const activated = await activate(rig, planOf('plan-1', [rateControl(5)]));
  assertAnswer(activated, 200, 'receipt');
  assert.deepEqual([activated.body.state, activated.body.confirmWithinMs], ['pending', 30_000]);
  assert.equal(rig.participant.limit, 5);
  assertAnswer(await ask(endpoint, adminPaths.confirm, { token, body: { planId: 'plan-1' } }), 200, 'receipt');
  const receipt = await ask(endpoint, receiptPath('plan-1'), { token: tokens.reader });
  assertAnswer(receipt, 200, 'receipt');
  assert.equal(receipt.body.state, 'confirmed');
  assertProblem(await ask(endpoint, receiptPath('plan-9'), { token }), 404, 'node.unknown-plan');
});

test('a revert names who asked for it', async (t) => {
  const rig = await startAdmin(t);
  await activate(rig, planOf('plan-1', [rateControl(5)]));
  const { body } = await ask(rig.endpoint, adminPaths.revert, { token, body: { planId: 'plan-1' } });
  assert.deepEqual([body.state, body.reason], ['reverted', 'reconciler asked for it']);
});

test('activate needs the digest the plan was made from', async (t) => {
  const rig = await startAdmin(t);
  const body = planOf('plan-1', [rateControl(5)]);
  const send = (headers: Readonly<Record<string, string>>) =>
    ask(rig.endpoint, adminPaths.activate, { token, headers, body });
  assertProblem(await send({}), 428, 'node.bad-request');
  for (const tag of ['*', 'W/"a"', 'a', '"a", "b"', '""']) {
    assertProblem(await send({ 'if-match': tag }), 400, 'node.bad-request');
  }
  assertProblem(await send({ 'if-match': '"sha256:00"' }), 412, 'plan.stale');
  assert.equal(rig.store.view().pending, undefined);
});

test('another plan meets 409 while one is pending', async (t) => {
  const rig = await startAdmin(t);
  await activate(rig, planOf('plan-1', [rateControl(5)]));
  assertProblem(await activate(rig, planOf('plan-2', [rateControl(6)])), 409, 'node.pending');
});

test('a body beyond the contract is refused with every fault', async (t) => {
  const rig = await startAdmin(t);
  const answer = await activate(rig, {
    ...planOf('plan-1', []),
    confirmWithinSeconds: '30',
    extra: 1,
    secrets: { fp: 7 },
  });
  assertProblem(answer, 400, 'node.bad-request');
  assert.deepEqual(placesOf(answer).toSorted(), ['', '/confirmWithinSeconds', '/extra']);
  const invalid = await activate(rig, planOf('plan-1', [{ ...rateControl(5), speck: 1 }, rateControl(-1)]));
  assertProblem(invalid, 422, 'resource.invalid');
  assert.deepEqual(placesOf(invalid), [
    '/snapshot/resources/0/speck',
    '/snapshot/resources/1/spec/maximumAuthorizationsPerPeriod',
  ]);
});

test('the snapshot carries its digest as entity tag, and is not sent again to those who have it', async (t) => {
  const rig = await startAdmin(t);
  await activate(rig, planOf('plan-1', [rateControl(5)]));
  const first = await ask(rig.endpoint, adminPaths.snapshot, { token });
  assertAnswer(first, 200, 'snapshot-document');
  const { etag = '' } = first.headers;
  assert.equal(etag, `"${rig.store.view().digest}"`);
  for (const tags of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
    const again = await ask(rig.endpoint, adminPaths.snapshot, { token, headers: { 'if-none-match': tags } });
    assert.deepEqual([again.status, again.text, again.headers.etag], [304, '', etag]);
  }
  const other = await ask(rig.endpoint, adminPaths.snapshot, { token, headers: { 'if-none-match': '"x"' } });
  assert.equal(other.status, 200);
});

test('an operator edits one resource, and the node remembers who', async (t) => {
  const rig = await startAdmin(t);
  const path = resourcePath('AuthorizationRateControl', 'default');
  const put = await ask(rig.endpoint, path, { method: 'PUT', token: tokens.operator, body: rateControl(9) });
  assertAnswer(put, 200, 'edit-answer');
  assert.equal(rig.participant.limit, 9);
  const read = await ask(rig.endpoint, path, { token: tokens.reader });
  assert.deepEqual([read.body.spec?.maximumAuthorizationsPerPeriod, read.headers.etag], [9, put.headers.etag]);
  const stale = await ask(rig.endpoint, path, { method: 'DELETE', token, headers: { 'if-match': '"sha256:00"' } });
  assertProblem(stale, 412, 'plan.stale');
  const headers = { 'if-match': put.headers.etag ?? '' };
  assertAnswer(await ask(rig.endpoint, path, { method: 'DELETE', token, headers }), 200, 'edit-answer');
  assertProblem(await ask(rig.endpoint, path, { token }), 404, 'node.not-found');
  assert.deepEqual(
    rig.store.view().edits.map(({ actor, action }) => [actor, action]),
    [
      ['operator', 'put'],
      ['reconciler', 'delete'],
    ],
  );
});

test('an edit whose path and body differ is refused', async (t) => {
  const rig = await startAdmin(t);
  const put = (path: string, body: unknown) => ask(rig.endpoint, path, { method: 'PUT', token, body });
  assertProblem(await put(resourcePath('AuthorizationRateControl', 'other'), rateControl(9)), 400, 'node.bad-request');
  assertProblem(await put(resourcePath('Domain', 'default'), rateControl(9)), 400, 'node.bad-request');
  assertProblem(await put(resourcePath('Nonsense', 'default'), rateControl(9)), 404, 'node.not-found');
  assertProblem(await put(resourcePath('Domain', 'a/../b'), [1]), 400, 'node.bad-request');
});

test('status, liveness, readiness, probe and metrics answer as documented', async (t) => {
  const rig = await startAdmin(t);
  assertAnswer(await ask(rig.endpoint, adminPaths.status, { token }), 200, 'node-status');
  assertAnswer(await ask(rig.endpoint, adminPaths.live, { token }), 200, 'live-answer');
  assertAnswer(await ask(rig.endpoint, adminPaths.probe, { method: 'POST', token }), 200, 'health');
  const unready = await ask(rig.endpoint, adminPaths.ready, { token });
  assertProblem(unready, 503, 'node.not-ready');
  assert.match(unready.body.detail ?? '', /no plan was ever confirmed/);
  rig.status = { ...rig.status, ready: true };
  assertAnswer(await ask(rig.endpoint, adminPaths.ready, { token }), 200, 'ready-answer');
  const metrics = await ask(rig.endpoint, adminPaths.metrics, { token });
  assert.match(metrics.text, /^# HELP process_cpu/);
  assert.match(String(metrics.headers['content-type']), /^text\/plain; version=0\.0\.4/);
});

test('a probe that takes too long is told to stop, and a fifth at a time is refused', async (t) => {
  const rig = await startAdmin(t);
  let running = 0;
  rig.probe = (signal) =>
    new Promise((resolve) => {
      running += 1;
      signal.addEventListener('abort', () => resolve({ node: 'core-1', checks: [] }));
    });
  const probe = () => ask(rig.endpoint, adminPaths.probe, { method: 'POST', token });
  const probes = Array.from({ length: 4 }, probe);
  await until(() => running === 4);
  assertProblem(await probe(), 503, 'node.busy');
  rig.clock.advance(60_000);
  for (const answer of await Promise.all(probes)) assertAnswer(answer, 200, 'health');
});

test('what HTTP refuses is told as a problem, too', async (t) => {
  const { endpoint } = await startAdmin(t);
  assertProblem(await ask(endpoint, '/v1/nothing', { token }), 404, 'node.not-found');
  assertProblem(await ask(endpoint, '/v1/%zz', { token }), 400, 'node.bad-request');
  for (const method of ['PUT', 'HEAD', 'OPTIONS', 'PATCH', 'DELETE']) {
    const answer = await ask(endpoint, adminPaths.confirm, { method, token });
    assert.deepEqual([answer.status, answer.headers.allow], [405, 'POST'], method);
  }
  assertProblem(await ask(endpoint, adminPaths.confirm, { method: 'GET', token }), 405, 'node.bad-request');
  const post = (raw: string, headers: Readonly<Record<string, string>> = {}) =>
    ask(endpoint, adminPaths.confirm, { token, raw, headers });
  for (const raw of ['', '{', '{"planId":"a"}x', '{"__proto__":{"planId":"a"}}', 'null', '[]', '"a"', '{}']) {
    assertProblem(await post(raw), 400, 'node.bad-request');
  }
  for (const type of ['text/plain', 'application/xml', 'application/x-www-form-urlencoded']) {
    assertProblem(await post('planId=a', { 'content-type': type }), 415, 'node.bad-request');
  }
});

test('a body beyond the limit is refused before it is read', async (t) => {
  const { endpoint } = await startAdmin(t);
  const headers = { 'content-type': 'application/json', 'content-length': String(adminBodyLimitBytes + 1) };
  const answer = await ask(endpoint, adminPaths.activate, { method: 'POST', token, headers });
  assertProblem(answer, 413, 'node.bad-request');
});

test('no answer holds a secret, whatever is asked and however badly', async (t) => {
  const rig = await startAdmin(t);
  const secret = 'hunter2-swordfish';
  const answers: AdminAnswer[] = [];
  const note = async (answer: Promise<AdminAnswer>): Promise<void> => void answers.push(await answer);
  const secrets = { 'fp-1': secret };
  const headers = { 'if-match': `"${rig.store.view().digest}"` };
  const raw = (text: string) => ask(rig.endpoint, adminPaths.activate, { token, headers, raw: text });
  const plan = planOf('plan-1', [unifiedCm('fp-1')], secrets);
  await note(raw(JSON.stringify(plan).slice(0, -1)));
  await note(raw(`{"secrets":{"fp-1":"${secret}",,}}`));
  await note(raw(`"${secret}"`));
  await note(activate(rig, { ...plan, secrets: { 'fp-1': [secret] } }));
  await note(activate(rig, { ...plan, secrets: { [`!${secret}`]: secret } }));
  await note(activate(rig, { ...plan, secrets: { ...secrets, other: secret } }));
  const spec = { ...unifiedCm('fp-1').spec, credentials: { username: 'a', passwordRef: secret } };
  await note(activate(rig, { ...plan, snapshot: { revision: '', resources: [{ ...unifiedCm('fp-1'), spec }] } }));
  await note(activate(rig, plan));
  await note(ask(rig.endpoint, adminPaths.confirm, { token, body: { planId: 'plan-1' } }));
  for (const path of [adminPaths.snapshot, adminPaths.status, adminPaths.metrics, receiptPath('plan-1')]) {
    await note(ask(rig.endpoint, path, { token }));
  }
  await note(ask(rig.endpoint, resourcePath('UnifiedCM', 'emea'), { token }));
  assert.deepEqual(rig.participant.passwords, [secret]);
  assert.deepEqual(
    answers.map(({ status }) => status),
    [400, 400, 400, 400, 400, 400, 422, 200, 200, 200, 200, 200, 200, 200],
  );
  for (const { text, headers: sent } of answers) {
    assert.ok(!text.includes(secret) && !JSON.stringify(sent).includes(secret), text);
  }
});

test('the OpenAPI document names every path of the contract and every schema it refers to', async (t) => {
  const { endpoint } = await startAdmin(t);
  const { body } = await ask(endpoint, adminPaths.openapi, { token: tokens.reader });
  assert.equal(body.openapi, '3.1.0');
  const documented = Object.keys(body.paths ?? {}).map((path) => path.replace(/\/\{.*/, ''));
  assert.deepEqual(documented.toSorted(), [...Object.values(adminPaths)].toSorted());
  const references = [...JSON.stringify(body).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(
    ([, name]) => name,
  );
  assert.ok(references.length > 20, `${references.length} references`);
  for (const name of references) assert.ok(name !== undefined && name in (body.components?.schemas ?? {}), name);
});
