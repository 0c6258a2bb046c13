import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { type TestContext, test } from 'node:test';
import type { StunKeepalive } from '../../../src/model/generated/kinds.js';
import { silentLog } from '../../../src/platform/log.js';
import type { NodeCondition } from '../../../src/runtime/sip/transport/node-condition.js';
import { NodeHealth } from '../../../src/runtime/sip/transport/node-health.js';
import type { SipServer } from '../../../src/runtime/sip/transport/sip-server.js';
import { answerStun, ScriptedServer } from './scripted-server.js';
import { newRig, wideSettings } from './transport-kit.js';

const keepalive = { enabled: true, intervalSeconds: 30, timeoutSeconds: 3 } as const;

/** One watched server, whose changes of condition a test can wait for. */
async function watched(
  t: TestContext,
  prepare: (uc: ScriptedServer) => void = () => undefined,
  settings: StunKeepalive = keepalive,
) {
  const rig = newRig(t, { settings: wideSettings });
  const uc = new ScriptedServer(t);
  prepare(uc);
  await uc.start();
  const server: SipServer = { host: '127.0.0.1', port: uc.port, protocol: 'TCP' };
  const health = new NodeHealth({ clock: rig.clock, log: silentLog, servers: rig.transport.servers, settings });
  t.after(() => health.stop());
  rig.sink.reactToStun = (bytes, hop) => void health.takesStun(bytes, hop);
  const history: string[] = [];
  const events = new EventEmitter();
  health.onChange((_, { state, stun }) => {
    history.push(`${state} ${stun}`);
    events.emit('told');
  });
  health.watch([server]);
  return {
    ...rig,
    uc,
    server,
    health,
    history,
    condition: () => health.conditionOf(server),
    until: async (told: string): Promise<NodeCondition> => {
      while (history.at(-1) !== told) await once(events, 'told');
      return health.conditionOf(server);
    },
  };
}

test('a server that answers STUN is up, and is asked again every interval', async (t) => {
  const { uc, clock, sink, until, condition } = await watched(t, (server) => {
    server.onAsked = answerStun;
  });
  await until('up answers');
  for (let asked = 1; asked <= 3; asked += 1) {
    await sink.until(() => sink.stun.length === asked);
    assert.equal(uc.asked, asked);
    clock.advance(30_000);
    await uc.until(() => uc.asked === asked + 1);
  }
  assert.deepEqual([condition().state, condition().stun], ['up', 'answers']);
  assert.equal(uc.accepted, 2, 'the first question had a connection of its own, the others went with the requests');
});

test('a server that never answers STUN is unsupported and not down, however idle it is', async (t) => {
  const { uc, clock, until, history, condition } = await watched(t);
  await until('up unknown');
  await uc.until(() => uc.asked === 1);
  clock.advance(3001);
  await until('up unsupported');
  clock.advance(3_600_000);
  assert.deepEqual(history, ['up unknown', 'up unsupported']);
  assert.equal(condition().state, 'up');
});

test('nothing but SIP goes to a server over the connection of requests until it has answered STUN', async (t) => {
  const { uc, clock, until, transport, server } = await watched(t);
  await uc.until(() => uc.asked === 1);
  clock.advance(3001);
  await until('up unsupported');
  uc.received = '';
  transport.servers.established(server)?.send(Buffer.from('OPTIONS'));
  await uc.until(() => uc.received !== '');
  assert.equal(uc.received, 'OPTIONS');
});

test('a server that begins to answer STUN later is asked often enough to be noticed', async (t) => {
  const { uc, clock, until } = await watched(t);
  await uc.until(() => uc.asked === 1);
  clock.advance(3001);
  await until('up unsupported');
  uc.onAsked = answerStun;
  clock.advance(328_000);
  await until('up answers');
});

test('a server that answered STUN and stops, but accepts connections, is silent and not down', async (t) => {
  const { uc, clock, until, history } = await watched(t, (server) => {
    server.onAsked = answerStun;
  });
  await until('up answers');
  uc.onAsked = () => undefined;
  clock.advance(30_000);
  await uc.until(() => uc.asked === 2);
  clock.advance(3001);
  await until('up silent');
  // It is looked whether connections are accepted, and nothing is left of it.
  await uc.until(() => uc.accepted === 3 && uc.sockets.size === 1);
  uc.onAsked = answerStun;
  clock.advance(27_000);
  await until('up answers');
  assert.deepEqual(history.slice(-3), ['up answers', 'up silent', 'up answers']);
});

test('a silent server that accepts no connection either is down, and what used its connection is told', async (t) => {
  const { uc, clock, until, transport, server } = await watched(t, (scripted) => {
    scripted.onAsked = answerStun;
  });
  await until('up answers');
  const hop = transport.servers.established(server);
  const closed = new Promise<string>((resolve) => hop?.onClosed(resolve));
  uc.onAsked = () => undefined;
  uc.refuseSilently();
  clock.advance(30_000);
  await uc.until(() => uc.asked === 2);
  clock.advance(3001);
  assert.match((await until('down silent')).reason ?? '', /ECONNREFUSED/);
  assert.match(await closed, /^the server is gone: /);
});

test('a reset is down at once, and a probe notices the recovery', async (t) => {
  const { uc, clock, until, history } = await watched(t, (server) => {
    server.onAsked = answerStun;
  });
  await until('up answers');
  clock.advance(10_000);
  await uc.stop();
  assert.match((await until('down answers')).reason ?? '', /ECONNRESET/);
  await uc.start();
  clock.advance(2001);
  await until('up answers');
  assert.deepEqual(history, ['up unknown', 'up answers', 'down answers', 'up answers']);
});

test('a refused port is down from the start, and up as soon as it is opened', async (t) => {
  const { uc, clock, server, health, until } = await watched(t);
  await until('up unknown');
  health.watch([]);
  assert.equal(health.conditionOf(server).state, 'unknown');
  await uc.stop();
  health.watch([server]);
  await until('down unknown');
  await uc.start();
  clock.advance(2001);
  await until('up unknown');
});

test('a connection that ends in good order is opened again and says nothing against the server', async (t) => {
  const { uc, clock, sink, until, history } = await watched(t, (server) => {
    server.onAsked = answerStun;
  });
  await until('up answers');
  await uc.until(() => uc.sockets.size === 1);
  for (const socket of uc.sockets) socket.end();
  await sink.until(() => sink.closed.length === 2);
  await uc.until(() => uc.sockets.size === 0);
  while (uc.accepted === 2) {
    clock.advance(1000);
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.deepEqual(history, ['up unknown', 'up answers']);
});

test('a server that ends the connection over STUN does not support it, and loses no connection that requests use', async (t) => {
  const { uc, clock, until, history, transport, server } = await watched(t, (scripted) => {
    scripted.onAsked = (_, socket) => socket.resetAndDestroy();
  });
  await until('up unsupported');
  clock.advance(120_000);
  assert.equal(uc.asked, 1);
  assert.equal(transport.servers.established(server)?.isOpen, true);
  assert.deepEqual(history, ['up unknown', 'up unsupported']);
});

test('a server that accepts connections but answers no request is down, may be tried later, and is up with an answer', async (t) => {
  const { clock, health, server, until, condition } = await watched(t, undefined, { ...keepalive, enabled: false });
  await until('up unknown');
  health.sipUnanswered(server);
  assert.equal(condition().state, 'up');
  health.sipAnswered(server);
  health.sipUnanswered(server);
  assert.equal(condition().state, 'up');
  health.sipUnanswered(server);
  assert.equal(condition().state, 'down');
  while (condition().state === 'down') {
    clock.advance(1000);
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.equal(condition().state, 'unknown');
  health.sipAnswered(server);
  assert.equal(condition().state, 'up');
});

test('a server that ends every connection soon after it was opened is down, and tried more and more seldom', async (t) => {
  const { uc, clock, condition, sink } = await watched(t, undefined, { ...keepalive, enabled: false });
  for (let second = 0; second < 600; second += 1) {
    clock.advance(1000);
    await new Promise((resolve) => setImmediate(resolve));
    if (sink.opened.length === sink.closed.length) continue;
    await uc.until(() => uc.sockets.size === 1);
    for (const socket of uc.sockets) socket.resetAndDestroy();
    await sink.until(() => sink.closed.length === sink.opened.length);
  }
  assert.notEqual(condition().state, 'up');
  assert.ok(uc.accepted >= 10 && uc.accepted <= 40, `${uc.accepted} connections in 600 s`);
});

test('switched off, nobody is asked; switched on, everybody is at once', async (t) => {
  const { uc, clock, health, until, condition } = await watched(
    t,
    (server) => {
      server.onAsked = answerStun;
    },
    { ...keepalive, enabled: false },
  );
  await until('up unknown');
  clock.advance(300_000);
  assert.equal(uc.asked, 0);
  health.apply(keepalive);
  await until('up answers');
  health.apply({ ...keepalive, enabled: false });
  assert.deepEqual([condition().state, condition().stun], ['up', 'unknown']);
});
