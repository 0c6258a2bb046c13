import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import {
  certificates,
  connectSecurely,
  connectTcp,
  newRig,
  RawClient,
  readIdentity,
  request,
  wideSettings,
} from './transport-kit.js';

const place = { host: '127.0.0.1', port: 0 };

test('a source that opens connections too fast is cut before TLS begins, and others are not', async (t) => {
  const connectionRate = { mode: 'enforce', perSecond: 10, burst: 15 } as const;
  const rig = newRig(t, { settings: { ...wideSettings, connectionRate } });
  const identity = readIdentity((await certificates()).server('edge-1'));
  const listener = rig.transport.addTls(place, { identity, requiresClientCertificate: false });
  await listener.start();
  for (let count = 0; count < 15; count += 1) await connectSecurely(t, listener.port);
  await assert.rejects(connectSecurely(t, listener.port));
  await connectSecurely(t, listener.port, { localAddress: '127.0.0.2' });
  rig.clock.advance(100);
  await connectSecurely(t, listener.port);
  assert.equal(await rig.counted('fairlead_sip_refused_connections_total', '{limit="rate"}'), 1);
});

test('a rate that is monitored refuses nobody', async (t) => {
  const connectionRate = { mode: 'monitor', perSecond: 1, burst: 15 } as const;
  const rig = newRig(t, { settings: { ...wideSettings, connectionRate } });
  const listener = rig.transport.addTcp(place);
  await listener.start();
  for (let count = 0; count < 30; count += 1) await connectTcp(t, listener.port);
  await rig.sink.hop(30);
});

test('connections of one source and of all are limited over all listeners; a place is free again when one ends', async (t) => {
  const settings = { ...wideSettings, maximumConnections: 4, maximumConnectionsPerSource: 3 };
  const rig = newRig(t, { settings });
  const listeners = [rig.transport.addTcp(place), rig.transport.addTcp(place)];
  for (const listener of listeners) await listener.start();
  const [port = 0, otherPort = 0] = listeners.map((listener) => listener.port);
  const clients = await Promise.all([port, port, otherPort].map((one) => connectTcp(t, one)));
  await rig.sink.hop(3);
  // A refusal may come before the client knows that it is connected.
  const from = (localAddress: string) => new RawClient(t, connect({ host: '127.0.0.1', port, localAddress }));
  await from('127.0.0.1').closed;
  from('127.0.0.2');
  await rig.sink.hop(4);
  await from('127.0.0.3').closed;
  assert.equal(await rig.counted('fairlead_sip_refused_connections_total', '{limit="source"}'), 1);
  assert.equal(await rig.counted('fairlead_sip_refused_connections_total', '{limit="maximum"}'), 1);
  clients[0]?.socket.resetAndDestroy();
  await rig.sink.until(() => rig.sink.closed.length === 1);
  const next = await connectTcp(t, port);
  next.write('\r\n\r\n');
  await next.until('\r\n');
});

test('handshakes that are not finished in time are cut, and count as connections until then', async (t) => {
  const rig = newRig(t, { settings: { ...wideSettings, handshakeTimeoutMs: 5000 } });
  const identity = readIdentity((await certificates()).server('edge-1'));
  const listener = rig.transport.addTls(place, { identity, requiresClientCertificate: false });
  await listener.start();
  const idlers = await Promise.all(Array.from({ length: 50 }, () => connectTcp(t, listener.port)));
  const secured = await connectSecurely(t, listener.port);
  await rig.sink.hop();
  assert.equal(rig.transport.acceptedConnections, 51);
  idlers[0]?.write(Buffer.from('160301', 'hex'));
  rig.clock.advance(7000);
  await Promise.all(idlers.map((idler) => idler.closed));
  assert.equal(rig.transport.acceptedConnections, 1);
  assert.equal(await rig.counted('fairlead_sip_cut_connections_total', '{cause="handshake"}'), 50);
  secured.write(request());
  await rig.sink.until(() => rig.sink.messages.length === 1);
});

test('handshakes that fail in the middle leave nothing behind', async (t) => {
  const rig = newRig(t);
  const identity = readIdentity((await certificates()).server('edge-1'));
  const listener = rig.transport.addTls(place, { identity, requiresClientCertificate: false });
  await listener.start();
  for (const bytes of [request(), Buffer.from('1603010004deadbeef', 'hex'), Buffer.alloc(1000)]) {
    const client = await connectTcp(t, listener.port);
    client.write(bytes);
    await client.closed;
  }
  const reset = await connectTcp(t, listener.port);
  reset.write(Buffer.from('1603010200', 'hex'));
  reset.socket.resetAndDestroy();
  await once(reset.socket, 'close');
  const last = await connectSecurely(t, listener.port);
  await rig.sink.hop();
  last.socket.destroy();
  await rig.sink.until(() => rig.sink.closed.length === 1);
  await listener.stop();
  assert.equal(rig.transport.acceptedConnections, 0);
  assert.equal(rig.clock.pendingTimers, 0);
});
