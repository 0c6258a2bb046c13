import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { NgServer } from '../../../src/runtime/sip/media/ng-server.js';
import { FakeClock } from '../../fake-clock.js';
import { ScriptedRelay } from './scripted-relay.js';

async function rig(t: TestContext) {
  const relay = await ScriptedRelay.of(t);
  const clock = new FakeClock();
  const server = new NgServer(relay.place, { clock, lookup: (host, _, done) => done(null, host, 4) });
  t.after(() => server.close());
  return { relay, clock, server };
}

test('a question has a cookie of its own, and its answer is found by it', async (t) => {
  const { relay, clock, server } = await rig(t);
  const answers = await Promise.all([server.ask({ command: 'ping' }, 500), server.ask({ command: 'ping' }, 500)]);
  assert.deepEqual(answers, [{ result: 'pong' }, { result: 'pong' }]);
  const [first, second] = relay.asked.map(({ cookie }) => cookie);
  assert.notEqual(first, second);
  assert.equal(clock.pendingTimers, 0);
});

test('a lost datagram is sent again with the same cookie', async (t) => {
  const { relay, clock, server } = await rig(t);
  relay.answer = (command) => (relay.asked.length < 3 ? undefined : relay.agree(command));
  const answer = server.ask({ command: 'ping' }, 500);
  await relay.until(() => relay.asked.length === 1);
  clock.advance(100);
  await relay.until(() => relay.asked.length === 2);
  clock.advance(150);
  assert.deepEqual(await answer, { result: 'pong' });
  assert.equal(new Set(relay.asked.map(({ cookie }) => cookie)).size, 1);
});

test('silence ends with the time-out, and a late answer is nobody’s', async (t) => {
  const { relay, clock, server } = await rig(t);
  relay.answer = () => undefined;
  const answer = server.ask({ command: 'ping' }, 500);
  await relay.until(() => relay.asked.length === 1);
  clock.advance(500);
  assert.equal(await answer, undefined);
  assert.equal(clock.pendingTimers, 0);
});

test('a port that nothing listens on needs no time-out', async (t) => {
  const { relay, clock, server } = await rig(t);
  relay.stop();
  assert.equal(await server.ask({ command: 'ping' }, 500), undefined);
  assert.equal(clock.pendingTimers, 0);
});

test('a name that does not resolve is no answer', async () => {
  const clock = new FakeClock();
  const lookup = (_: string, __: object, done: (error: Error, address: string) => void) => done(new Error('no'), '');
  const server = new NgServer({ host: 'nowhere.example', port: 2223 }, { clock, lookup });
  assert.equal(await server.ask({ command: 'ping' }, 500), undefined);
});
