import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  readFlowFrame,
  readSipFrame,
  sendFlowFrame,
  sendSipFrame,
} from '../../../../src/runtime/link/signalling/flow-frame.js';
import { FrameReader } from '../../../../src/runtime/link/signalling/frame-reader.js';
import { frameTypes } from '../../../../src/runtime/link/signalling/frame.js';
import { SendQueue } from '../../../../src/runtime/link/signalling/send-queue.js';
import type { SipNote } from '../../../../src/runtime/signalling-port.js';

interface Frame {
  readonly type: number;
  readonly payload: string;
}

function readerOf(frames: Frame[], oversized: number[] = []): FrameReader {
  return new FrameReader({
    onFrame: (type, payload) => frames.push({ type, payload: payload.toString('latin1') }),
    onOversize: (_type, bytes) => oversized.push(bytes),
  });
}

function bytesOf({ type, payload }: Frame): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(type, 0);
  head.writeUInt32BE(payload.length, 1);
  return Buffer.concat([head, Buffer.from(payload, 'latin1')]);
}

/** Cuts bytes at the given places. */
function split(bytes: Buffer, places: readonly number[]): readonly Buffer[] {
  const cuts = [0, ...places.map((place) => place % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  return cuts.slice(1).map((end, index) => bytes.subarray(cuts[index], end));
}

const latin1 = fc.string({
  unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
  maxLength: 40,
});
const frame = fc.record({ type: fc.integer({ min: 0, max: 255 }), payload: latin1 }, { noNullPrototype: true });
const flow = fc.string({
  unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
  minLength: 1,
  maxLength: 64,
});

test('frames are the same however their bytes are split', () => {
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 8 }), fc.array(fc.nat(400), { maxLength: 12 }), (sent, places) => {
      const received: Frame[] = [];
      const reader = readerOf(received);
      for (const chunk of split(Buffer.concat(sent.map(bytesOf)), places)) reader.push(chunk);
      assert.deepEqual(received, sent);
    }),
    { numRuns: 300 },
  );
});

test('a message goes through a frame unharmed, with its flow and note', async () => {
  const note: fc.Arbitrary<SipNote> = fc.record(
    {
      clientAddress: fc.option(fc.ipV6(), { nil: undefined }),
      clientPort: fc.option(fc.nat(65_535), { nil: undefined }),
      protocol: fc.constantFrom<SipNote['protocol'][]>('TCP', 'TLS', undefined),
      grant: fc.option(flow, { nil: undefined }),
    },
    { noNullPrototype: true },
  );
  await fc.assert(
    fc.asyncProperty(flow, fc.uint8Array({ maxLength: 2_000 }), note, async (id, bytes, told) => {
      const socket = new PassThrough();
      const queue = new SendQueue(socket, 100_000);
      assert.ok(sendSipFrame(queue, id, Buffer.from(bytes), told), 'it is queued');
      assert.ok(sendFlowFrame(queue, frameTypes.stun, id, Buffer.from(bytes)), 'it is queued');
      queue.flush();
      const received: unknown[] = [];
      new FrameReader({
        onFrame: (type, payload) =>
          received.push(type === frameTypes.sip ? readSipFrame(payload) : readFlowFrame(payload)),
        onOversize: () => assert.fail('nothing is too large'),
      }).push(await new Promise<Buffer>((resolve) => socket.once('data', resolve)));
      assert.deepEqual(received, [
        { flow: id, note: hasNothing(told) ? {} : told, message: Buffer.from(bytes) },
        { flow: id, rest: Buffer.from(bytes) },
      ]);
    }),
    { numRuns: 100 },
  );
});

function hasNothing(note: SipNote): boolean {
  return Object.values(note).every((value) => value === undefined);
}

test('no payload makes a reader of flows throw, and a cut one is malformed', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      readSipFrame(Buffer.from(bytes));
      readFlowFrame(Buffer.from(bytes));
    }),
    { numRuns: 500 },
  );
  // Flow "ab", then a note whose grant should have five characters and has three.
  assert.equal(readSipFrame(Buffer.from('\x02ab\x10\x00\x05abc', 'latin1')), undefined);
  assert.equal(readSipFrame(Buffer.from('\x02ab', 'latin1')), undefined);
  assert.equal(readSipFrame(Buffer.from('\x02ab\x20', 'latin1')), undefined);
  assert.equal(readFlowFrame(Buffer.from('\x02a\n', 'latin1')), undefined);
  assert.equal(readFlowFrame(Buffer.alloc(0)), undefined);
});

test('a frame that is longer than any may be is reported by its length alone, and nothing after it is read', () => {
  const [frames, oversized]: [Frame[], number[]] = [[], []];
  const reader = readerOf(frames, oversized);
  reader.push(Buffer.from('04ffffffff0100000000', 'hex'));
  reader.push(bytesOf({ type: 1, payload: 'x' }));
  assert.deepEqual([frames, oversized], [[], [0xff_ff_ff_ff]]);
});

test('a queue takes no more than its bound while nothing is read, and all of it again when it was', async () => {
  const socket = new PassThrough({ highWaterMark: 1_000 });
  const queue = new SendQueue(socket, 10_000);
  const message = Buffer.alloc(900);
  const fill = (): number => {
    let taken = 0;
    while (sendFlowFrame(queue, frameTypes.stun, 'flow', message)) taken += 1;
    return taken;
  };

  const first = fill();
  queue.flush();
  assert.equal(first, 10);
  assert.equal(fill(), 0, 'what left the queue still waits in the socket');

  await new Promise<void>((resolve) => {
    let received = 0;
    socket.on('data', (chunk: Buffer) => {
      received += chunk.length;
      if (received === first * 910) setImmediate(resolve);
    });
  });
  assert.equal(fill(), first);
});

test('what tells of the sender overtakes the traffic, and only its newest word is sent', async () => {
  const socket = new PassThrough();
  const queue = new SendQueue(socket, 100_000);
  sendFlowFrame(queue, frameTypes.stun, 'flow', Buffer.from('traffic'));
  queue.state(frameTypes.alive, Buffer.from('old'));
  queue.state(frameTypes.alive, Buffer.from('new'));
  const frames: Frame[] = [];
  const reader = readerOf(frames);
  const isDone = new Promise<void>((resolve) => {
    socket.on('data', (chunk: Buffer) => {
      reader.push(chunk);
      if (frames.length === 2) resolve();
    });
  });
  await isDone;
  assert.deepEqual(frames, [
    { type: frameTypes.alive, payload: 'new' },
    { type: frameTypes.stun, payload: '\x04flowtraffic' },
  ]);
});
