import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { FairleadError } from '../../../src/errors.js';
import type { SipServer } from '../../../src/runtime/sip/transport/sip-server.js';
import { serverForRequest } from '../../../src/runtime/sip/transport/sip-server.js';
import { ScriptedServer } from './scripted-server.js';
import { certificates, labCa, newRig, readIdentity, request } from './transport-kit.js';

const host = 'cucm-1.lab.example';
const hosts = { [host]: '127.0.0.1' };

function isUnreachable(pattern: RegExp) {
  return (error: unknown) =>
    error instanceof FairleadError && error.code === 'sip.server-unreachable' && pattern.test(error.message);
}

async function started(t: TestContext): Promise<ScriptedServer> {
  const server = new ScriptedServer(t);
  await server.start();
  return server;
}

async function secureServer(t: TestContext, more: object = {}): Promise<ScriptedServer> {
  const server = new ScriptedServer(t, { ...readIdentity((await certificates()).server('cucm-1')), ...more });
  await server.start();
  return server;
}

function overTcp({ port }: ScriptedServer): SipServer {
  return { host, port, protocol: 'TCP' };
}

test('whoever wants a server gets the same connection, and what the server sends there goes to the sink', async (t) => {
  const { transport, sink } = newRig(t, { hosts });
  const uc = await started(t);
  const server = overTcp(uc);
  assert.equal(transport.servers.established(server), undefined);
  const [one, two] = await Promise.all([transport.servers.open(server), transport.servers.open({ ...server })]);
  assert.equal(one, two);
  assert.equal(transport.servers.established(server), one);
  assert.equal(await transport.servers.open(server), one);
  one.send(Buffer.from(request()));
  await uc.until(() => uc.received.includes('OPTIONS'));
  for (const socket of uc.sockets) socket.write(request('NOTIFY'));
  await sink.until(() => sink.messages.length === 1);
  assert.equal(sink.messages[0]?.hop, one);
  assert.equal(uc.accepted, 1);
});

test('a lost connection is opened anew when it is wanted', async (t) => {
  const { transport, sink } = newRig(t, { hosts });
  const uc = await started(t);
  const first = await transport.servers.open(overTcp(uc));
  await uc.until(() => uc.sockets.size === 1);
  for (const socket of uc.sockets) socket.end();
  await sink.until(() => !first.isOpen);
  const second = await transport.servers.open(overTcp(uc));
  assert.notEqual(second, first);
  assert.equal(second.isOpen, true);
});

test('a server that refuses is not dialled again for a second, unless it is probed', async (t) => {
  const { transport, clock, sink } = newRig(t, { hosts });
  const uc = await started(t);
  await uc.stop();
  const server = overTcp(uc);
  await assert.rejects(
    transport.servers.open(server),
    isUnreachable(/cucm-1\.lab\.example port \d+ over TCP: .*ECONNREFUSED/),
  );
  await uc.start();
  await assert.rejects(transport.servers.open(server), isUnreachable(/ECONNREFUSED/));
  assert.equal(uc.accepted, 0);
  clock.advance(1001);
  const hop = await transport.servers.open(server);
  await uc.until(() => uc.accepted === 1);
  await uc.stop();
  await sink.until(() => !hop.isOpen);
  await assert.rejects(transport.servers.probe(server), isUnreachable(/ECONNREFUSED/));
  await uc.start();
  assert.equal((await transport.servers.probe(server)).isOpen, true);
});

test('a server that accepts and resets is not dialled in a circle', async (t) => {
  const { transport, sink } = newRig(t, { hosts });
  const uc = await started(t);
  uc.onAccepted = (socket) => socket.resetAndDestroy();
  const hop = await transport.servers.open(overTcp(uc)).catch(() => undefined);
  if (hop !== undefined) await sink.until(() => !hop.isOpen);
  await assert.rejects(transport.servers.open(overTcp(uc)), isUnreachable(/ECONNRESET/));
  assert.equal(uc.accepted, 1);
});

test('a TLS server must show a certificate of the declared CA for its name', async (t) => {
  const { transport } = newRig(t, { hosts: { ...hosts, 'other.lab.example': '127.0.0.1' } });
  const { port } = await secureServer(t);
  const server = { host, port, protocol: 'TLS' } as const;
  const trust = { verify: true, ca: await labCa() };
  const hop = await transport.servers.open({ ...server, trust });
  assert.equal(hop.protocol, 'TLS');
  await assert.rejects(transport.servers.open(server), isUnreachable(/certificate/));
  await assert.rejects(transport.servers.open({ ...server, trust: { verify: true } }), isUnreachable(/certificate/));
  await assert.rejects(
    transport.servers.open({ ...server, host: 'other.lab.example', trust }),
    isUnreachable(/altnames/),
  );
  await assert.rejects(
    transport.servers.open({ ...server, trust: { verify: true, ca: 'no PEM' } }),
    isUnreachable(/verify/),
  );
  const unverified = await transport.servers.open({ ...server, trust: { verify: false } });
  assert.equal(unverified.isOpen, true);
});

test('a server that asks for a client certificate gets the one that holds now', async (t) => {
  const { transport, sink } = newRig(t, { hosts });
  const ca = await labCa();
  const { port } = await secureServer(t, { ca, requestCert: true, rejectUnauthorized: true });
  const server = { host, port, protocol: 'TLS', trust: { verify: true, ca } } as const;
  // With TLS 1.3 the refusal comes after the handshake.
  const refused = await transport.servers.open(server).catch(() => undefined);
  await sink.until(() => refused === undefined || !refused.isOpen);
  transport.servers.setIdentity(readIdentity((await certificates()).client('core-1')));
  const hop = await transport.servers.probe(server);
  hop.send(Buffer.from(request()));
  assert.equal(hop.isOpen, true);
});

test('a server that never finishes the handshake is given up in time', async (t) => {
  const { transport, clock } = newRig(t, { hosts });
  const uc = await started(t);
  const opening = transport.servers.open({ host, port: uc.port, protocol: 'TLS' });
  const refused = assert.rejects(opening, isUnreachable(/the TLS handshake took longer than 5000 ms/));
  await uc.until(() => uc.received.length > 0);
  clock.advance(5001);
  await refused;
  await uc.until(() => uc.sockets.size === 0);
});

test('a server that is no longer configured is left, and one that is dialled when the node stops, too', async (t) => {
  const { transport, sink } = newRig(t, { hosts });
  const [kept, dropped] = [await started(t), await started(t)];
  const keptHop = await transport.servers.open(overTcp(kept));
  const droppedHop = await transport.servers.open(overTcp(dropped));
  transport.servers.retain([overTcp(kept)]);
  assert.deepEqual([keptHop.isOpen, droppedHop.isOpen], [true, false]);
  assert.equal(sink.closed[0]?.reason, 'the server is no longer configured');
  const opening = assert.rejects(transport.servers.open(overTcp(dropped)), isUnreachable(/this node stops/));
  await transport.stop();
  await opening;
  assert.equal(keptHop.isOpen, false);
});

test('a UDP server is spoken to from the UDP port, and large requests to it go by TCP', async (t) => {
  const rig = newRig(t, { hosts });
  const listener = rig.transport.addUdp({ host: '::', port: 0 });
  await listener.start();
  const server = { host, port: listener.port, protocol: 'UDP' } as const;
  const hop = await rig.transport.servers.open(server);
  assert.deepEqual([hop.protocol, hop.remoteAddress, hop.remotePort], ['UDP', '127.0.0.1', listener.port]);
  hop.send(Buffer.from(request()));
  await rig.sink.until(() => rig.sink.messages.length === 1);
  assert.equal(serverForRequest(server, 1300), server);
  assert.deepEqual(serverForRequest(server, 1301), { ...server, protocol: 'TCP' });
});
