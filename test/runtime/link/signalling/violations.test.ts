import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { Mesh, downReason, isUp } from './mesh.js';
import { RawPeer, aliveBytes, frameBytes, helloBytes } from './raw-peer.js';

interface Refusal {
  /** What the status says. */
  readonly reason: string;
  readonly kinds: readonly string[];
}

/** What an edge does about a core that says all this. */
async function refusalOf(t: TestContext, ...said: readonly Buffer[]): Promise<Refusal> {
  const mesh = await Mesh.of(t, 'edge1', 'core1');
  const kinds: string[] = [];
  const edge = await mesh.edge('edge1', ['core1'], { onViolation: (kind) => kinds.push(kind) });
  const peer = await RawPeer.dial(mesh, edge);
  peer.say(...said);
  return { reason: await downReason(edge, 'core1'), kinds };
}

const cases: readonly (readonly [what: string, said: readonly Buffer[], reason: RegExp])[] = [
  ['another first word than hello', [aliveBytes], /did not begin with hello/],
  ['a hello that is no JSON', [frameBytes(1, '{')], /malformed hello/],
  ['a hello without a state', [helloBytes({ state: {} })], /malformed hello/],
  ['a second hello', [helloBytes(), helloBytes()], /said hello twice/],
  ['a frame of four gigabytes', [helloBytes(), Buffer.from('04ffffffff', 'hex')], /type 4 with 4294967295 bytes/],
  ['a SIP frame without a flow', [helloBytes(), frameBytes(4, '\0')], /malformed SIP frame/],
  ['a STUN frame whose flow has a control character', [helloBytes(), frameBytes(5, '\x02a\n')], /malformed frame/],
  ['news that are no list', [helloBytes(), frameBytes(7, '{"topic":"grants","items":{}}')], /malformed news/],
  ['settings of another form', [helloBytes(), frameBytes(2, '{"stunKeepalive":1}')], /malformed settings/],
  ['a sign of life of 200 kB', [helloBytes(), frameBytes(3, Buffer.alloc(200_000, ' '))], /malformed sign of life/],
  ['signs of life without end', [helloBytes(), ...Array.from({ length: 500 }, () => aliveBytes)], /too fast/],
];

for (const [what, said, reason] of cases) {
  test(`${what} closes the link and is reported`, async (t) => {
    const refusal = await refusalOf(t, ...said);
    assert.deepEqual(refusal.kinds, ['protocol']);
    assert.match(refusal.reason, reason);
  });
}

test('random bytes close the link, whatever they are', async (t) => {
  const { kinds } = await refusalOf(t, Buffer.concat([frameBytes(1, randomBytes(20)), randomBytes(5_000)]));
  assert.deepEqual(kinds, ['protocol']);
});

test('a peer of another protocol version is told apart from one that breaks the rules', async (t) => {
  const refusal = await refusalOf(t, helloBytes({ protocol: 2, node: undefined, role: 'elsewhere' }));
  assert.deepEqual(refusal.kinds, []);
  assert.match(refusal.reason, /speaks signalling protocol 2, this node speaks 1; upgrade the older one/);
});

test('what only a newer node says is passed over', async (t) => {
  const mesh = await Mesh.of(t, 'edge1', 'core1');
  const edge = await mesh.edge('edge1', ['core1']);
  const peer = await RawPeer.dial(mesh, edge);
  peer.say(
    helloBytes({
      newer: true,
      state: { load: { registrations: 1, calls: 0, new: 1 }, ucNodes: { a: 'asleep' }, draining: false },
    }),
    frameBytes(200, 'what is this'),
    frameBytes(7, '{"topic":"weather","items":["rain"]}'),
    frameBytes(4, '\x02ab\x00INVITE'),
  );
  await edge.until(() => edge.heard.some(({ type }) => type === 'sip'));
  assert.deepEqual(edge.heard, [
    { type: 'up', peer: 'core1' },
    { type: 'sip', peer: 'core1', flow: 'ab', text: 'INVITE', note: {} },
  ]);
  assert.deepEqual(edge.to('core1').peerState?.ucNodes, { a: 'unknown' });
});

test('an exception of a listener costs its message alone', async (t) => {
  const { edge, core } = await (await Mesh.of(t, 'edge1', 'core1')).pair();
  const texts: string[] = [];
  const arrived = new Promise<void>((resolve) => {
    edge.links.listen({
      onUp: () => undefined,
      onDown: () => undefined,
      onPeerState: () => undefined,
      onStun: () => undefined,
      onFlowClosed: () => resolve(),
      onNews: () => undefined,
      onSip: (_flow, message) => {
        texts.push(message.toString());
        if (texts.length === 1) throw new Error('a bug');
      },
    });
  });
  for (const text of ['one', 'two']) core.to('edge1').sendSip('flow', Buffer.from(text));
  core.to('edge1').closeFlow('flow', 'done');
  await arrived;
  assert.deepEqual(texts, ['one', 'two']);
  await isUp(edge, 'core1');
});
