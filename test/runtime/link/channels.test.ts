import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type Duplex, Writable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { test } from 'node:test';
import { FairleadError } from '../../../src/errors.js';
import { LinkEstate, gone, openChannel, readAll } from './estate.js';

function digest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function codeOf(error: unknown): string | undefined {
  return error instanceof FairleadError ? error.code : undefined;
}

/** Gives every channel that reaches the core. */
function arrivals() {
  const waiting: ((channel: Duplex) => void)[] = [];
  const arrived: Duplex[] = [];
  return {
    onChannel: (channel: Duplex) => {
      const next = waiting.shift();
      if (next === undefined) arrived.push(channel);
      else next(channel);
    },
    next: (): Promise<Duplex> => {
      const channel = arrived.shift();
      return channel === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(channel);
    },
  };
}

test('a channel carries 1 MB both ways unchanged', async (t) => {
  const { link } = await new LinkEstate(t).pair();
  const channel = await openChannel(link);
  const sent = randomBytes(1024 * 1024);
  channel.end(sent);
  assert.equal(digest(await readAll(channel)), digest(sent));
});

test('two hundred channels at once keep their bytes apart', async (t) => {
  const { link } = await new LinkEstate(t).pair();
  const exchanges = Array.from({ length: 200 }, async () => {
    const channel = await openChannel(link);
    const sent = randomBytes(20_000);
    channel.end(sent);
    return (await readAll(channel)).equals(sent);
  });
  assert.deepEqual(new Set(await Promise.all(exchanges)), new Set([true]));
});

test('the core learns which edge opened a channel', async (t) => {
  const edges: string[] = [];
  const onChannel = (channel: Duplex, edge: string) => {
    edges.push(edge);
    channel.end();
  };
  const { link } = await new LinkEstate(t).pair({ onChannel });
  await readAll(await openChannel(link));
  assert.deepEqual(edges, ['edge1']);
});

test('the core can go on sending after the edge has ended its direction', async (t) => {
  const { next, onChannel } = arrivals();
  const { link } = await new LinkEstate(t).pair({ onChannel });
  const outer = await openChannel(link);
  const inner = await next();
  outer.end('question');
  assert.equal(String(await readAll(inner)), 'question');
  inner.end('answer');
  assert.equal(String(await readAll(outer)), 'answer');
});

test('the edge can go on sending after the core has ended its direction, if it wants to', async (t) => {
  const { next, onChannel } = arrivals();
  const { link } = await new LinkEstate(t).pair({ onChannel });
  const outer = await openChannel(link);
  outer.allowHalfOpen = true;
  const inner = await next();
  inner.end('first');
  assert.equal(String(await readAll(outer)), 'first');
  outer.end('second');
  assert.equal(String(await readAll(inner)), 'second');
});

test('an idle channel that the core ends is closed at the edge too', async (t) => {
  const { next, onChannel } = arrivals();
  const { link } = await new LinkEstate(t).pair({ onChannel });
  const outer = await openChannel(link);
  const closed = gone(outer);
  (await next()).end();
  outer.resume();
  assert.equal(await closed, undefined);
});

test('data that was sent before the channel was closed is not lost on a slow reader', async (t) => {
  const { next, onChannel } = arrivals();
  const { link } = await new LinkEstate(t).pair({ onChannel });
  const outer = await openChannel(link);
  const inner = await next();
  outer.end();
  inner.resume();
  const sent = randomBytes(300_000);
  inner.end(sent);
  await finished(inner);
  assert.equal(digest(await readAll(outer)), digest(sent));
});

test('a reader that takes nothing stops the writer', async (t) => {
  const { next, onChannel } = arrivals();
  const { link } = await new LinkEstate(t).pair({ onChannel });
  const outer = await openChannel(link);
  const inner = await next();
  const chunk = Buffer.alloc(64 * 1024);
  let written = 0;
  const stalled = new Promise<void>((resolve) => {
    const write = () => {
      while (outer.write(chunk)) written += chunk.length;
      written += chunk.length;
      // A second channel overtakes: by the time its answer is here, this one would have drained if it could.
      void openChannel(link).then(async (other) => {
        other.end('x');
        (await next()).end('y');
        await readAll(other);
        if (outer.writableNeedDrain) resolve();
        else write();
      });
    };
    write();
  });
  await stalled;
  assert.ok(written < 6 * 1024 * 1024, `the writer was stopped after ${written} bytes`);
  let received = 0;
  const done = pipeline(
    inner,
    new Writable({
      write: (bytes: Buffer, _encoding, next_) => {
        received += bytes.length;
        next_();
      },
    }),
  );
  outer.end();
  await done;
  assert.equal(received, written);
});

test('opening can be abandoned', async (t) => {
  const { link } = await new LinkEstate(t).pair();
  await assert.rejects(link.openChannel(AbortSignal.abort(new Error('the client went away'))), /the client went away/);
  const abort = new AbortController();
  const opening = link.openChannel(abort.signal);
  abort.abort(new Error('the client went away'));
  await assert.rejects(opening, /the client went away/);
  const channel = await openChannel(link);
  channel.end('still fine');
  assert.equal(String(await readAll(channel)), 'still fine');
});

test('no more channels than the limit are open at a time', async (t) => {
  const { link } = await new LinkEstate(t).pair({}, { limits: { channels: 2 } });
  const [first] = await Promise.all([openChannel(link), openChannel(link)]);
  await assert.rejects(openChannel(link), { code: 'link.down', message: /limit of 2 channels/ });
  const closed = gone(first);
  first.destroy();
  await closed;
  const channel = await openChannel(link);
  channel.end('room again');
  assert.equal(String(await readAll(channel)), 'room again');
});

test('a core refuses channels beyond its own limit, and the link stays', async (t) => {
  const { link } = await new LinkEstate(t).pair({ limits: { channels: 1 } });
  const first = await openChannel(link);
  await assert.rejects(openChannel(link), { code: 'link.down' });
  first.end('still there');
  assert.equal(String(await readAll(first)), 'still there');
});

test('a channel that breaks at one end is gone at the other, and its neighbours live', async (t) => {
  const { next, onChannel } = arrivals();
  const { link } = await new LinkEstate(t).pair({ onChannel });
  const broken = await openChannel(link);
  const inner = await next();
  const neighbour = await openChannel(link);
  (await next()).pipe(new Writable({ write: (_chunk, _encoding, done) => done() }));
  const closed = gone(inner);
  inner.resume();
  broken.on('error', () => undefined);
  broken.destroy(new Error('broken on purpose'));
  await closed;
  await new Promise((resolve) => neighbour.write('alive', resolve));
  assert.equal(neighbour.destroyed, false);
});

test('a listener or reader that throws costs its own channel only', async (t) => {
  const seen: string[] = [];
  const onChannel = (channel: Duplex) => {
    seen.push('channel');
    if (seen.length === 1) throw new Error('the listener is broken');
    channel.on('error', ({ message }) => seen.push(message));
    channel.on('data', () => {
      if (seen.length === 2) throw new Error('the reader is broken');
      channel.end('fine');
    });
  };
  const { link, edge } = await new LinkEstate(t).pair({ onChannel });
  for (let broken = 0; broken < 2; broken += 1) {
    const channel = await openChannel(link);
    const closed = gone(channel);
    channel.write('x');
    channel.resume();
    await closed;
  }
  const channel = await openChannel(link);
  channel.write('x');
  assert.equal(String(await readAll(channel)), 'fine');
  assert.deepEqual(seen, ['channel', 'channel', 'the reader is broken', 'channel']);
  assert.equal(edge.status()[0]?.state, 'up');
});

test('when the link goes, open channels and those being opened fail with link.down', async (t) => {
  const { next, onChannel } = arrivals();
  const { link, core } = await new LinkEstate(t).pair({ onChannel, limits: { drainMs: 1 } });
  const outer = await openChannel(link);
  const inner = await next();
  const [outerGone, innerGone] = [gone(outer), gone(inner)];
  await core.stop();
  assert.equal(codeOf(await innerGone), 'link.down');
  assert.equal(codeOf(await outerGone), 'link.down');
  await assert.rejects(openChannel(link), { code: 'link.down' });
});

test('a write that can no longer be sent reports an error', async (t) => {
  const { next, onChannel } = arrivals();
  const { link } = await new LinkEstate(t).pair({ onChannel });
  const outer = await openChannel(link);
  outer.on('error', () => undefined);
  const inner = await next();
  const written = once(outer, 'close').then(() => undefined);
  const failed = new Promise<Error | null | undefined>((resolve) => {
    outer.write(Buffer.alloc(8 * 1024 * 1024), resolve);
  });
  outer.resume();
  inner.destroy();
  await written;
  assert.equal(codeOf(await failed), 'link.down');
});
