import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { test } from 'node:test';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { adminPaths } from '../../../src/admin/contract.js';
import { newSchemaChecks } from '../../../src/model/schema-check.js';
import { readAdminSchemas } from '../../../src/runtime/schema-files.js';
import { activate, rateControl, until } from '../config/store-rig.js';
import { ask, open } from './admin-client.js';
import { type AdminRig, startAdmin, tokens } from './admin-rig.js';

const token = tokens.reader;

interface Follower {
  readonly message: IncomingMessage;
  readonly events: readonly EventSourceMessage[];
  readonly comments: readonly string[];
}

/** Reads the events of one connection as they come. */
async function follow({ endpoint }: AdminRig, lastId?: string): Promise<Follower> {
  const headers = lastId === undefined ? {} : { 'last-event-id': lastId };
  const message = await open(endpoint, adminPaths.events, { token, headers });
  assert.match(String(message.headers['content-type']), /^text\/event-stream/);
  const events: EventSourceMessage[] = [];
  const comments: string[] = [];
  const parser = createParser({ onEvent: (event) => events.push(event), onComment: (text) => comments.push(text) });
  message.setEncoding('utf8').on('data', (text: string) => parser.feed(text));
  message.on('error', () => undefined);
  return { message, events, comments };
}

function readyEvent(ready: boolean) {
  return { type: 'ready', ready } as const;
}

test('events come as they happen, each with its type and an id', async (t) => {
  const rig = await startAdmin(t);
  const { events } = await follow(rig);
  rig.events.publish(readyEvent(true));
  rig.events.publish({ type: 'link', link: rig.status.links[0]! });
  await until(() => events.length === 2);
  assert.deepEqual(
    events.map(({ id, event }) => [id, event]),
    [
      ['run1-1', 'ready'],
      ['run1-2', 'link'],
    ],
  );
  assert.deepEqual(JSON.parse(events[0]?.data ?? ''), readyEvent(true));
});

test('each kind of event is what its schema says', async (t) => {
  const rig = await startAdmin(t);
  await activate(rig, 'plan-1', [rateControl(5)]);
  await rig.store.revert('plan-1', 'probes failed');
  await activate(rig, 'plan-1', [rateControl(5)]);
  await rig.store.confirm('plan-1');
  await rig.store.edit({ action: 'put', resource: rateControl(6), actor: 'ada' });
  const check = newSchemaChecks(readAdminSchemas())('https://fairlead.dev/schemas/admin/node-event.schema.json');
  const { digest } = rig.store.view();
  const events = [
    ...rig.causes.map((cause) => ({ type: 'snapshot', digest, cause })),
    { type: 'link', link: rig.status.links[0] },
    readyEvent(false),
    { type: 'reset' },
  ];
  for (const event of events) assert.deepEqual(check(event), { ok: true, value: event });
  assert.equal(check({ type: 'ready', ready: true, secret: 'x' }).ok, false);
});

test('a client that comes back gets what it missed', async (t) => {
  const rig = await startAdmin(t);
  rig.events.publish(readyEvent(true));
  rig.events.publish(readyEvent(false));
  rig.events.publish(readyEvent(true));
  const { events } = await follow(rig, 'run1-1');
  await until(() => events.length === 2);
  assert.deepEqual(
    events.map(({ id }) => id),
    ['run1-2', 'run1-3'],
  );
  const nothingMissed = await follow(rig, 'run1-3');
  rig.events.publish(readyEvent(false));
  await until(() => nothingMissed.events.length > 0);
  assert.equal(nothingMissed.events[0]?.id, 'run1-4');
});

test('a client whose last event is not known any more is told to look at everything', async (t) => {
  const rig = await startAdmin(t);
  for (let count = 0; count < 300; count += 1) rig.events.publish(readyEvent(count % 2 === 0));
  for (const lastId of ['run1-43', 'run0-299', 'run1-301', 'junk', '']) {
    const { events, message } = await follow(rig, lastId);
    await until(() => events.length === 1);
    assert.deepEqual([events[0]?.event, events[0]?.data], ['reset', '{"type":"reset"}'], lastId);
    message.destroy();
  }
  const { events } = await follow(rig, 'run1-44');
  await until(() => events.length === 256);
});

test('a silent stream is kept alive', async (t) => {
  const rig = await startAdmin(t);
  const { comments } = await follow(rig);
  for (const count of [1, 2]) {
    rig.clock.advance(15_000);
    await until(() => comments.length === count);
  }
});

test('a client that does not read is cut off', async (t) => {
  const rig = await startAdmin(t);
  const message = await open(rig.endpoint, adminPaths.events, { token });
  message.on('error', () => undefined);
  message.pause();
  const reason = 'x'.repeat(64 * 1024);
  for (let count = 0; count < 500; count += 1) {
    rig.events.publish({ type: 'link', link: { ...rig.status.links[0]!, reason } });
    await new Promise((resolve) => setImmediate(resolve));
  }
  let receivedBytes = 0;
  message.on('data', (chunk: Buffer) => (receivedBytes += chunk.length)).resume();
  await new Promise((resolve) => message.once('close', resolve));
  assert.ok(receivedBytes < 250 * reason.length, `${receivedBytes} bytes were kept for it`);
});

test('the sixty-fifth client is refused, and a place that is left is free again', async (t) => {
  const rig = await startAdmin(t);
  const followers: Follower[] = [];
  for (let count = 0; count < 64; count += 1) followers.push(await follow(rig));
  const refused = await ask(rig.endpoint, adminPaths.events, { token });
  assert.deepEqual([refused.status, refused.body.code], [503, 'node.busy']);
  followers[0]?.message.destroy();
  await until(() => followers[0]?.message.destroyed === true);
  let status = 0;
  while (status !== 200) {
    const message = await open(rig.endpoint, adminPaths.events, { token });
    status = message.statusCode ?? 0;
    message.destroy();
  }
});

test('a stop ends open streams and keep-alive connections', async (t) => {
  const rig = await startAdmin(t);
  const { message } = await follow(rig);
  const ended = once(message, 'end');
  await rig.server.stop();
  await ended;
});

test('a stop lets a request in flight be answered, and refuses later ones', async (t) => {
  const rig = await startAdmin(t);
  let goOn: () => void = () => undefined;
  rig.participant.beforePrepare = () => new Promise((resolve) => (goOn = resolve));
  const headers = { 'if-match': `"${rig.store.view().digest}"` };
  const snapshot = { revision: 'plan-1', resources: [rateControl(5)] };
  const body = { planId: 'plan-1', snapshot, secrets: {}, confirmWithinSeconds: 30 };
  const activation = ask(rig.endpoint, adminPaths.activate, { token: tokens.reconciler, headers, body });
  await until(() => rig.clock.pendingTimers > 0);
  const stopped = rig.server.stop();
  const late = await ask(rig.endpoint, adminPaths.live, { token });
  assert.deepEqual([late.status, late.body.code], [503, 'node.busy']);
  goOn();
  assert.equal((await activation).status, 200);
  await stopped;
  await assert.rejects(ask(rig.endpoint, adminPaths.live, { token }), /ECONNREFUSED/);
});
