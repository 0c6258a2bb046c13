import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { newRig, request, type TransportRig } from './transport-kit.js';

setFlagsFromString('--expose-gc');
const collector: unknown = runInNewContext('gc');

function isTask(value: unknown): value is () => void {
  return typeof value === 'function';
}

/** Heap and buffers in use when the garbage is gone, in kilobytes. */
async function kilobytesInUse(): Promise<number> {
  for (let round = 0; round < 4; round += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    assert.ok(isTask(collector), 'garbage cannot be collected on demand');
    collector();
  }
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1024;
}

async function listening(t: TestContext): Promise<TransportRig & { readonly port: number }> {
  const rig = newRig(t);
  const listener = rig.transport.addTcp({ host: '127.0.0.1', port: 0 });
  await listener.start();
  return { ...rig, port: listener.port };
}

/** Clients that send some bytes and then nothing more. */
async function crowd(rig: TransportRig & { readonly port: number }, count: number, bytes: Buffer): Promise<Socket[]> {
  const opened = rig.sink.opened.length + count;
  const sockets = Array.from({ length: count }, () => {
    const socket = connect({ host: '127.0.0.1', port: rig.port }).on('error', () => undefined);
    socket.resume();
    if (bytes.length > 0) socket.write(bytes);
    return socket;
  });
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  await rig.sink.until(() => rig.sink.opened.length === opened);
  return sockets;
}

async function allClosed(sockets: readonly Socket[]): Promise<void> {
  await Promise.all(sockets.filter((socket) => !socket.destroyed).map((socket) => once(socket, 'close')));
}

/** What the recording sink keeps is the test's memory, not the transport's. */
function forget({ sink }: TransportRig): void {
  sink.opened.length = 0;
  sink.closed.length = 0;
  sink.messages.length = 0;
  sink.refused.length = 0;
}

test('idle connections cost little, and nothing once they are cut', async (t) => {
  const rig = await listening(t);
  await allClosed((await crowd(rig, 100, Buffer.alloc(0))).map((socket) => socket.destroy()));
  await rig.sink.until(() => rig.sink.closed.length === 100);
  forget(rig);
  const before = await kilobytesInUse();
  const sockets = await crowd(rig, 1000, Buffer.alloc(0));
  const held = await kilobytesInUse();
  assert.ok((held - before) / 1000 < 40, `${(held - before) / 1000} kB per connection, both ends together`);
  assert.ok(rig.clock.pendingTimers <= 1, 'there is a timer per connection');
  rig.clock.advance(62_000);
  await allClosed(sockets.splice(0));
  forget(rig);
  const grown = (await kilobytesInUse()) - before;
  assert.ok(grown < 3000, `${grown} kB stayed`);
  assert.equal(rig.transport.acceptedConnections, 0);
  assert.equal(rig.clock.pendingTimers, 0);
});

test('messages that never end hold no more than their bytes, and only until they are cut', async (t) => {
  const rig = await listening(t);
  const before = await kilobytesInUse();
  const partial = Buffer.from(request('MESSAGE', 31_000)).subarray(0, 30_000);
  const sockets = await crowd(rig, 200, partial);
  const held = (await kilobytesInUse()) - before;
  assert.ok(held < 200 * 140, `${held} kB for 200 connections with 30 kB each`);
  rig.clock.advance(32_000);
  await allClosed(sockets.splice(0));
  forget(rig);
  const grown = (await kilobytesInUse()) - before;
  assert.ok(grown < 3000, `${grown} kB stayed`);
});

test('garbage, resets and half messages, thousands of times, leave nothing behind', async (t) => {
  const rig = await listening(t);
  const kinds = [
    Buffer.alloc(2000, 0xff),
    Buffer.from(request().slice(0, 50)),
    Buffer.from(request().replace('Content-Length: 0', 'Content-Length: 99999999')),
    Buffer.from('\r\n\r\n'.repeat(500)),
    Buffer.from(request('MESSAGE', 500).repeat(5)),
  ];
  const round = async (count: number) => {
    for (let done = 0; done < count; done += 100) {
      const sockets = await crowd(rig, 100, kinds[(done / 100) % kinds.length] ?? Buffer.alloc(0));
      for (const [index, socket] of sockets.entries()) if (index % 2 === 0) socket.resetAndDestroy();
      for (const [index, socket] of sockets.entries()) if (index % 2 === 1) socket.end();
      await allClosed(sockets);
      await rig.sink.until(() => rig.sink.closed.length === rig.sink.opened.length);
      forget(rig);
    }
  };
  await round(500);
  const before = await kilobytesInUse();
  await round(3000);
  const grown = (await kilobytesInUse()) - before;
  assert.ok(grown < 2000, `${grown} kB stayed`);
  rig.clock.advance(3000);
  assert.equal(rig.clock.pendingTimers, 0);
});
