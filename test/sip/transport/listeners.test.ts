import assert from 'node:assert/strict';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { FairleadError } from '../../../src/errors.js';
import { newResponse } from '../../../src/runtime/sip/message/new-message.js';
import {
  certificates,
  connectSecurely,
  connectTcp,
  labCa,
  newRig,
  readIdentity,
  request,
  type TransportRig,
} from './transport-kit.js';

function answering({ sink }: TransportRig): void {
  sink.react = (message, hop) => hop.send(newResponse(message, 200).toBytes());
}

async function edgeTerms(requiresClientCertificate = false) {
  const paths = await certificates();
  const identity = { ...readIdentity(paths.server('edge-1')), ca: await labCa() };
  return { identity, requiresClientCertificate };
}

async function udpSocket(t: TestContext, host: string): Promise<Socket> {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  t.after(() => socket.close());
  socket.bind({ address: host, port: 0 });
  await once(socket, 'listening');
  return socket;
}

test('a request over TCP reaches the sink however it is split, and the answer goes back', async (t) => {
  const rig = newRig(t);
  answering(rig);
  const listener = rig.transport.addTcp({ host: '127.0.0.1', port: 0 });
  await listener.start();
  const client = await connectTcp(t, listener.port);
  client.socket.setNoDelay(true);
  for (const part of request('MESSAGE', 300).match(/[\s\S]{1,40}/g) ?? []) client.write(part);
  await client.until('SIP/2.0 200 OK');
  const [{ message, hop } = assert.fail('nothing arrived')] = rig.sink.messages;
  assert.equal(message.body.length, 300);
  assert.deepEqual(
    [hop.protocol, hop.isReliable, hop.remoteAddress, hop.remotePort, hop.isOpen],
    ['TCP', true, '127.0.0.1', client.socket.localPort, true],
  );
  assert.match(hop.id, /^[\w-]{22}$/);
});

test('one port takes IPv6 and IPv4, and IPv4 peers keep their IPv4 addresses', async (t) => {
  const rig = newRig(t);
  const listener = rig.transport.addTcp({ host: '::', port: 0 });
  await listener.start();
  await connectTcp(t, listener.port, '127.0.0.1');
  assert.equal((await rig.sink.hop(1)).remoteAddress, '127.0.0.1');
  await connectTcp(t, listener.port, '::1');
  assert.equal((await rig.sink.hop(2)).remoteAddress, '::1');
});

for (const [listen, from, seen] of [
  ['127.0.0.1', '127.0.0.1', '127.0.0.1'],
  ['::', '127.0.0.1', '127.0.0.1'],
  ['::', '::1', '::1'],
] as const) {
  test(`a request over UDP from ${from} to ${listen} is answered where it came from`, async (t) => {
    const rig = newRig(t);
    answering(rig);
    const listener = rig.transport.addUdp({ host: listen, port: 0 });
    await listener.start();
    const client = await udpSocket(t, from);
    const answer = once(client, 'message');
    client.send(request(), listener.port, from);
    assert.match(String((await answer)[0]), /^SIP\/2\.0 200 OK/);
    const hop = await rig.sink.hop();
    assert.deepEqual([hop.protocol, hop.isReliable, hop.remoteAddress], ['UDP', false, seen]);
    assert.equal(hop.remotePort, client.address().port);
    const again = once(client, 'message');
    client.send(request(), listener.port, from);
    await again;
    assert.equal(rig.sink.opened.length, 1);
    assert.equal(listener.openHops, 1);
  });
}

test('a UDP peer that is silent for long is forgotten, and the longest silent one gives way to another', async (t) => {
  const rig = newRig(t);
  rig.transport.apply({ ...rig.settings, maximumUdpHops: 2 });
  const listener = rig.transport.addUdp({ host: '127.0.0.1', port: 0 });
  await listener.start();
  const clients = await Promise.all(Array.from({ length: 3 }, () => udpSocket(t, '127.0.0.1')));
  for (const [index, client] of clients.entries()) {
    client.send(request(), listener.port, '127.0.0.1');
    await rig.sink.hop(index + 1);
    rig.clock.advance(2000);
  }
  assert.deepEqual(
    rig.sink.closed.map(({ hop }) => hop.remotePort),
    [clients[0]?.address().port],
  );
  rig.clock.advance(700_000);
  assert.equal(listener.openHops, 0);
  assert.equal(rig.sink.closed.length, 3);
  assert.equal(rig.sink.opened[2]?.send(Buffer.from(request())), false);
});

test('a request over TLS is answered; a client that knows TLS 1.1 only is not', async (t) => {
  const rig = newRig(t);
  answering(rig);
  const listener = rig.transport.addTls({ host: '127.0.0.1', port: 0 }, await edgeTerms());
  await listener.start();
  const client = await connectSecurely(t, listener.port);
  client.write(request());
  await client.until('SIP/2.0 200 OK');
  assert.equal((await rig.sink.hop()).protocol, 'TLS');
  assert.equal((await rig.sink.hop()).remoteAddress, '127.0.0.1');
  const old = { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
  await assert.rejects(connectSecurely(t, listener.port, old));
  assert.equal(await rig.counted('fairlead_sip_failed_handshakes_total'), 1);
});

test('where client certificates are asked for, only those of the CA come in', async (t) => {
  const rig = newRig(t);
  answering(rig);
  const listener = rig.transport.addTls({ host: '127.0.0.1', port: 0 }, await edgeTerms(true));
  await listener.start();
  const paths = await certificates();
  const client = await connectSecurely(t, listener.port, readIdentity(paths.client('core-1')));
  client.write(request());
  await client.until('SIP/2.0 200 OK');
  for (const wrong of [{}, readIdentity(paths.unrelatedServer('edge-1'))]) {
    // With TLS 1.3 the client learns of the refusal after its own part of the handshake.
    const stranger = await connectSecurely(t, listener.port, wrong).catch(() => undefined);
    await stranger?.closed;
  }
  assert.equal(rig.sink.opened.length, 1);
  assert.equal(rig.transport.acceptedConnections, 1);
});

test('a new certificate is shown to new connections, and those that are open stay', async (t) => {
  const rig = newRig(t);
  answering(rig);
  const listener = rig.transport.addTls({ host: '127.0.0.1', port: 0 }, await edgeTerms());
  await listener.start();
  const before = await connectSecurely(t, listener.port);
  listener.setSecureContext(readIdentity((await certificates()).server('edge-2')));
  const after = await connectSecurely(t, listener.port, { servername: 'edge-2.lab.example', host: '127.0.0.1' });
  await assert.rejects(connectSecurely(t, listener.port, { servername: 'edge-1.lab.example' }));
  for (const client of [before, after]) {
    client.write(request());
    await client.until('SIP/2.0 200 OK');
  }
});

test('a place that is taken is named', async (t) => {
  const rig = newRig(t);
  for (const add of ['addTcp', 'addUdp'] as const) {
    const first = rig.transport[add]({ host: '127.0.0.1', port: 0 });
    await first.start();
    const second = rig.transport[add]({ host: '127.0.0.1', port: first.port });
    await assert.rejects(
      second.start(),
      (error) =>
        error instanceof FairleadError &&
        error.code === 'node.config' &&
        error.message.includes(`127.0.0.1 port ${first.port}`),
    );
  }
});

test('stopping sends what was queued, tells every hop and frees the port', async (t) => {
  const rig = newRig(t);
  const listener = rig.transport.addTcp({ host: '127.0.0.1', port: 0 });
  await listener.start();
  const client = await connectTcp(t, listener.port);
  const hop = await rig.sink.hop();
  hop.send(Buffer.from('the last words'));
  await listener.stop();
  await client.closed;
  assert.equal(client.received, 'the last words');
  assert.deepEqual(
    rig.sink.closed.map(({ reason }) => reason),
    ['this node stops'],
  );
  assert.equal(hop.send(Buffer.from('too late')), false);
  assert.equal(rig.transport.acceptedConnections, 0);
  await assert.rejects(connectTcp(t, listener.port));
});

test('a listener that takes nothing new lets its connections be', async (t) => {
  const rig = newRig(t);
  answering(rig);
  const listener = rig.transport.addTcp({ host: '127.0.0.1', port: 0 });
  await listener.start();
  const client = await connectTcp(t, listener.port);
  await rig.sink.hop();
  listener.stopAccepting();
  await assert.rejects(connectTcp(t, listener.port));
  client.write(request());
  await client.until('SIP/2.0 200 OK');
});
