import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type Socket, connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type TestContext, test } from 'node:test';
import type { LinkStatus } from '../../../src/admin/contract.js';
import { LinkEstate, echo, gone, openChannel, readAll, statusOf, upLink } from './estate.js';

/** A TCP relay that can fall silent: it keeps its connections and passes nothing on. */
async function silenceableRelay(t: TestContext, port: number) {
  const pairs: [Socket, Socket][] = [];
  const server = createServer((inner) => {
    const outer = connect(port, '127.0.0.1');
    for (const socket of [inner, outer]) socket.on('error', () => undefined);
    inner.pipe(outer).pipe(inner);
    inner.once('close', () => outer.destroy());
    outer.once('close', () => inner.destroy());
    pairs.push([inner, outer]);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    for (const socket of pairs.flat()) socket.destroy();
  });
  const silence = () => {
    for (const [inner, outer] of pairs) {
      inner.unpipe(outer);
      outer.unpipe(inner);
      inner.pause();
      outer.pause();
    }
  };
  const address = server.address();
  return { port: isAddress(address) ? address.port : 0, silence };
}

function isAddress(address: AddressInfo | string | null): address is AddressInfo {
  return typeof address === 'object' && address !== null;
}

function isUp({ state }: LinkStatus): boolean {
  return state === 'up';
}

function isDown({ state }: LinkStatus): boolean {
  return state === 'down';
}

/** Waits for the next change to a state, whatever it is now. */
function next(links: Parameters<typeof statusOf>[0], state: LinkStatus['state']): Promise<LinkStatus> {
  return new Promise((resolve) => {
    links.onChange((status) => {
      if (status.state === state) resolve(status);
    });
  });
}

test('both ends report when the link comes up and goes down', async (t) => {
  const { edge, core } = await new LinkEstate(t).pair();
  assert.deepEqual(
    [...edge.status(), ...core.status()].map(({ peer, state }) => [peer, state]),
    [
      ['core1', 'up'],
      ['edge1', 'up'],
    ],
  );
  const down = next(edge, 'down');
  await core.stop();
  assert.equal((await down).reason, 'the core stops');
  assert.deepEqual(edge.up(), []);
  await edge.stop();
  assert.deepEqual(
    [...edge.status(), ...core.status()].map(({ state, reason }) => [state, reason]),
    [
      ['down', 'the core stops'],
      ['down', 'the core stops'],
    ],
  );
});

test('an edge that nobody dialled yet has no core to offer', async (t) => {
  const edge = await new LinkEstate(t).edge('edge1', ['core2', 'core1']);
  assert.deepEqual(edge.up(), []);
  assert.deepEqual(
    edge.status().map(({ peer, state }) => [peer, state]),
    [
      ['core1', 'connecting'],
      ['core2', 'connecting'],
    ],
  );
});

test('an edge offers its cores in the order of their names, always the same list until one changes', async (t) => {
  const estate = new LinkEstate(t);
  const edge = await estate.edge('edge1', ['core1', 'core2', 'core3']);
  for (const name of ['core3', 'core1', 'core2']) await estate.core(name, { edge1: edge });
  for (const name of ['core1', 'core2', 'core3']) await statusOf(edge, name, isUp);
  assert.deepEqual(
    edge.up().map(({ core }) => core),
    ['core1', 'core2', 'core3'],
  );
  assert.equal(edge.up(), edge.up());
});

test('a core serves several edges and knows which is which', async (t) => {
  const estate = new LinkEstate(t);
  const [edge1, edge2] = [await estate.edge('edge1', ['core1']), await estate.edge('edge2', ['core1'])];
  const onChannel = (channel: Duplex, edge: string) => void channel.end(edge);
  await estate.core('core1', { edge1, edge2 }, { onChannel });
  const names = [edge1, edge2].map(async (edge) =>
    String(await readAll(await openChannel(await upLink(edge, 'core1')))),
  );
  assert.deepEqual(await Promise.all(names), ['edge1', 'edge2']);
});

test('a core waits for an edge that does not run yet', async (t) => {
  const estate = new LinkEstate(t);
  const first = await estate.edge('edge1', ['core1']);
  const port = first.port();
  await first.stop();
  const core = await estate.core('core1', { edge1: first }, { port });
  assert.match((await statusOf(core, 'edge1', isDown)).reason ?? '', /ECONNREFUSED/);
  const second = await estate.edge('edge1', ['core1'], { port });
  await upLink(second, 'core1');
});

test('the link comes back after the edge restarts', async (t) => {
  const estate = new LinkEstate(t);
  const { edge, core } = await estate.pair();
  const port = edge.port();
  const down = next(core, 'down');
  await edge.stop();
  assert.equal((await down).reason, 'the edge stops');
  const restarted = await estate.edge('edge1', ['core1'], { port });
  const channel = await openChannel(await upLink(restarted, 'core1'));
  channel.end('back');
  assert.equal(String(await readAll(channel)), 'back');
});

test('a path that falls silent is noticed at both ends, its channels fail, and another link is made', async (t) => {
  const estate = new LinkEstate(t);
  const limits = { aliveEveryMs: 50 };
  const edge = await estate.edge('edge1', ['core1'], { limits });
  const relay = await silenceableRelay(t, edge.port());
  const core = await estate.core('core1', { edge1: edge }, { port: relay.port, limits });
  const channel = await openChannel(await upLink(edge, 'core1'));
  await statusOf(core, 'edge1', isUp);
  let hasEnded = false;
  channel.once('end', () => (hasEnded = true)).resume();
  const [edgeDown, coreDown, channelGone] = [next(edge, 'down'), next(core, 'down'), gone(channel)];
  const [edgeUp, coreUp] = [next(edge, 'up'), next(core, 'up')];
  relay.silence();
  for (const { reason } of [await edgeDown, await coreDown])
    assert.match(reason ?? '', /^nothing was heard for 150 ms$/);
  assert.match((await channelGone)?.message ?? '', /nothing was heard/);
  assert.equal(hasEnded, false, 'a cut must not look like an end');
  await Promise.all([edgeUp, coreUp]);
});

test('a second connection of the same core takes over, and channels of the first may end', async (t) => {
  const estate = new LinkEstate(t);
  const { edge } = await estate.pair({ onChannel: (channel) => echo(channel) });
  const older = await openChannel(await upLink(edge, 'core1'));
  const taken = new Promise<void>((resolve) => {
    const onChannel = (channel: Duplex) => {
      channel.end('newer');
      resolve();
    };
    void estate.core(
      'core1',
      { edge1: edge },
      { onChannel, limits: { redial: { firstMs: 60_000, longestMs: 60_000 } } },
    );
  });
  for (;;) {
    const channel = await openChannel(await upLink(edge, 'core1'));
    channel.end();
    if (String(await readAll(channel)) === 'newer') break;
  }
  await taken;
  older.end('still carried');
  assert.equal(String(await readAll(older)), 'still carried');
});

test('stopping lets open channels end and takes no new ones', async (t) => {
  const { edge, core, link } = await new LinkEstate(t).pair({ limits: { drainMs: 60_000 } });
  const channel = await openChannel(link);
  const down = next(edge, 'down');
  const stopped = core.stop();
  await down;
  await assert.rejects(openChannel(link), { code: 'link.down' });
  channel.end('finished in peace');
  assert.equal(String(await readAll(channel)), 'finished in peace');
  await stopped;
});

test('stopping cuts channels that do not end in time', async (t) => {
  const { edge, link } = await new LinkEstate(t).pair({}, { limits: { drainMs: 20 } });
  const cut = gone(await openChannel(link));
  await edge.stop();
  assert.match((await cut)?.message ?? '', /the edge stops/);
});

test('stopping ends a core that cannot reach its edge, and an edge with strangers', async (t) => {
  const estate = new LinkEstate(t);
  const edge = await estate.edge('edge1', ['core1']);
  const stranger = connect(edge.port(), '127.0.0.1');
  stranger.on('error', () => undefined);
  await once(stranger, 'data');
  const core = await estate.core('core1', { edge1: edge }, { hostKey: estate.key('other').publicKey });
  await statusOf(core, 'edge1', isDown);
  await Promise.all([edge.stop(), core.stop()]);
  stranger.destroy();
});

test('session keys are renewed while traffic goes on', async (t) => {
  const limits = { aliveEveryMs: 20, rekeyAfterBytes: 1_000_000 };
  const { edge, link } = await new LinkEstate(t).pair({ limits }, { limits });
  const chunk = Buffer.alloc(200_000, 'x');
  for (let round = 0; round < 100; round += 1) {
    const channel = await openChannel(link);
    channel.end(chunk);
    assert.equal((await readAll(channel)).equals(chunk), true);
  }
  assert.equal(edge.status()[0]?.state, 'up');
});
