import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { connectTcp, malformedRequest, newRig, request, type TransportRig } from './transport-kit.js';

/** A Binding request as RFC 8489 section 5 lays it out. */
const bindingRequest = Buffer.from('000100002112a442000102030405060708090a0b', 'hex');

async function connected(t: TestContext, rig: TransportRig = newRig(t)) {
  const listener = rig.transport.addTcp({ host: '127.0.0.1', port: 0 });
  await listener.start();
  const client = await connectTcp(t, listener.port);
  return { rig, sink: rig.sink, client, hop: await rig.sink.hop() };
}

test('a ping is answered with a pong, and pings that come together with one', async (t) => {
  const { client, sink } = await connected(t);
  client.write('\r\n\r\n');
  await client.until('\r\n');
  client.write(`${'\r\n\r\n'.repeat(1000)}${request()}`);
  await sink.until(() => sink.messages.length === 1);
  sink.messages[0]?.hop.send(Buffer.from('end'));
  await client.until('end');
  assert.equal(client.received, '\r\n\r\nend');
});

test('STUN between messages reaches the sink as it came', async (t) => {
  const { client, sink } = await connected(t);
  client.write(Buffer.concat([Buffer.from(request()), bindingRequest, Buffer.from(request('INFO'))]));
  await sink.until(() => sink.messages.length === 2);
  assert.deepEqual(
    sink.stun.map(({ bytes }) => bytes.toString('hex')),
    [bindingRequest.toString('hex')],
  );
});

test('a malformed request is answered with 400 and the connection goes on; ten in a row end it', async (t) => {
  const { client, sink } = await connected(t);
  client.write(malformedRequest());
  await client.until('\r\n\r\n');
  assert.match(client.received, /^SIP\/2\.0 400 /);
  assert.match(client.received, /^To: <sip:anna@lab\.example>;tag=[\w-]{8}\r$/m);
  client.write(request());
  await sink.until(() => sink.messages.length === 1);
  client.write(malformedRequest().repeat(10));
  await client.closed;
  assert.deepEqual(sink.refused, Array(11).fill(400));
  assert.equal(sink.closed[0]?.reason, '10 malformed messages in a row');
});

test('a message that is too large is answered with 513, passed over, and the connection goes on', async (t) => {
  const { client, sink } = await connected(t);
  client.write(request('MESSAGE', 40_000));
  await client.until('\r\n\r\n');
  assert.match(client.received, /^SIP\/2\.0 513 /);
  client.write(request());
  await sink.until(() => sink.messages.length === 1);
  assert.deepEqual(sink.refused, [513]);
});

for (const [what, bytes, answer] of [
  [
    'a head without an end',
    `OPTIONS sip:a SIP/2.0\r\nVia: SIP/2.0/TCP a;branch=z9hG4bK1\r\n${'A: b\r\n'.repeat(9000)}`,
    /^SIP/,
  ],
  ['a message without Content-Length', request().replace(/Content-Length: 0\r\n/, ''), /^SIP\/2\.0 400 /],
  ['a TLS hello', Buffer.from('16030100c8010000c40303', 'hex'), /^$/],
  ['garbage', Buffer.alloc(100_000, 0xfe), /^$/],
] as const) {
  test(`${what} is answered when it can be, and ends the connection`, async (t) => {
    const { client, sink, rig } = await connected(t);
    client.write(bytes);
    await client.closed;
    assert.match(client.received, answer);
    assert.equal(sink.refused.length, 1);
    assert.match(sink.closed[0]?.reason ?? '', /^no SIP message can be told from what comes: /);
    assert.equal(rig.transport.acceptedConnections, 0);
  });
}

test('messages of one turn leave in one write, in order', async (t) => {
  const { client, hop } = await connected(t);
  const chunks: string[] = [];
  client.socket.on('data', (chunk: Buffer) => chunks.push(chunk.toString()));
  for (const word of ['one ', 'two ', 'three']) assert.equal(hop.send(Buffer.from(word)), true);
  await client.until('three');
  assert.deepEqual(chunks, ['one two three']);
});

test('a peer that does not read is refused more than its queue, and cut when it takes nothing for long', async (t) => {
  const { client, hop, rig, sink } = await connected(t);
  client.socket.pause();
  const message = Buffer.alloc(16 * 1024);
  let sent = 0;
  // The system's own buffers take some megabytes first.
  for (let turn = 0; turn < 2000; turn += 1) {
    while (hop.send(message)) sent += message.length;
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.equal(hop.send(message), false);
  assert.equal(hop.isOpen, true);
  rig.clock.advance(20_000);
  assert.equal(hop.isOpen, false);
  assert.equal(sink.closed[0]?.reason, 'the other side does not read');
  assert.equal(await rig.counted('fairlead_sip_cut_connections_total', '{cause="slow-reader"}'), 1);
  assert.ok(sent < 64 * 1024 * 1024, `${sent} bytes were taken`);
});

test('a client that trickles a message is cut, one that keeps to its pace is not', async (t) => {
  const rig = newRig(t);
  const { client, sink, hop } = await connected(t, rig);
  for (let second = 0; second < 45; second += 15) {
    client.write(request());
    await sink.until(() => sink.messages.length === second / 15 + 1);
    rig.clock.advance(15_000);
  }
  assert.equal(hop.isOpen, true);
  for (const letter of request()) {
    if (sink.closed.length > 0) break;
    client.write(letter);
    await new Promise((resolve) => setImmediate(resolve));
    rig.clock.advance(1000);
  }
  await client.closed;
  assert.equal(sink.closed[0]?.reason, 'a message came too slowly');
});

test('a client that says nothing at first is closed after a minute, one that fell idle after the idle time-out', async (t) => {
  const rig = newRig(t);
  const { client, sink, hop } = await connected(t, rig);
  const talker = await connectTcp(t, client.socket.remotePort ?? 0);
  const talkerHop = await sink.hop(2);
  talker.write('\r\n\r\n');
  await talker.until('\r\n');
  rig.clock.advance(62_000);
  await client.closed;
  assert.deepEqual([hop.isOpen, talkerHop.isOpen], [false, true]);
  rig.clock.advance(830_000);
  assert.equal(talkerHop.isOpen, true);
  rig.transport.apply({ ...rig.settings, idleTimeoutMs: 10_000_000 });
  rig.clock.advance(30_000);
  assert.equal(talkerHop.isOpen, true);
  rig.transport.apply(rig.settings);
  rig.clock.advance(2000);
  await talker.closed;
  assert.deepEqual(
    sink.closed.map(({ reason }) => reason),
    ['idle for too long', 'idle for too long'],
  );
});

test('a client that shuts down its half is closed, and what it asked before is answered', async (t) => {
  const { client, sink } = await connected(t);
  sink.react = (_, hop) => hop.send(Buffer.from('answer'));
  client.socket.end(request());
  await client.closed;
  assert.equal(client.received, 'answer');
  assert.deepEqual(
    sink.closed.map(({ reason }) => reason),
    ['closed by the other side'],
  );
});

test('listeners of a hop are told once, at once when it is closed already, and not after they left', async (t) => {
  const { client, hop } = await connected(t);
  const told: string[] = [];
  hop.onClosed((reason) => told.push(reason));
  hop.onClosed(() => {
    throw new Error('a listener with a fault');
  });
  hop.onClosed(() => told.push('left'))();
  hop.close('enough');
  hop.close('again');
  await client.closed;
  hop.onClosed((reason) => told.push(`late ${reason}`));
  assert.deepEqual(told, ['enough', 'late enough']);
});

test('a fault of the sink ends the hop that met it, and nothing else', async (t) => {
  const { client, sink, rig } = await connected(t);
  sink.react = () => {
    throw new Error('a fault');
  };
  const other = await connectTcp(t, client.socket.remotePort ?? 0);
  client.write(request());
  await client.closed;
  assert.equal(sink.closed[0]?.reason, 'it met a fault of this node');
  sink.react = (_, hop) => hop.send(Buffer.from('fine'));
  other.write(request());
  await other.until('fine');
  assert.equal(rig.transport.acceptedConnections, 1);
});
