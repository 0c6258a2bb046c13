import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Mesh } from './mesh.js';

const flow = 'p3Qk1-flow_of22characters';

test('SIP messages arrive whole and in order, with what the edge says about the client', async (t) => {
  const { edge, core } = await (await Mesh.of(t, 'edge1', 'core1')).pair();
  const note = { clientAddress: '2001:db8::1', clientPort: 65_535, protocol: 'TLS', grant: 'a.b' } as const;

  assert.ok(edge.to('core1').sendSip(flow, Buffer.from('REGISTER 1'), note), 'the first is queued');
  assert.ok(edge.to('core1').sendSip(flow, Buffer.from('REGISTER 2')), 'the second is queued');
  assert.ok(edge.to('core1').sendStun(flow, Buffer.from('binding')), 'STUN is queued');
  assert.ok(edge.to('core1').closeFlow(flow, 'the client hung up'), 'the end is queued');

  await core.until(() => core.heard.some(({ type }) => type === 'closed'));
  assert.deepEqual(
    core.heard.filter(({ type }) => type !== 'state'),
    [
      { type: 'up', peer: 'edge1' },
      { type: 'sip', peer: 'edge1', flow, text: 'REGISTER 1', note },
      { type: 'sip', peer: 'edge1', flow, text: 'REGISTER 2', note: {} },
      { type: 'stun', peer: 'edge1', flow, text: 'binding' },
      { type: 'closed', peer: 'edge1', flow, reason: 'the client hung up' },
    ],
  );
});

test('what a frame cannot hold is refused where it is sent, and the link stays', async (t) => {
  const { edge, core } = await (await Mesh.of(t, 'edge1', 'core1')).pair();
  const link = core.to('edge1');
  const message = Buffer.from('INVITE');
  const refused = [
    link.sendSip('', message),
    link.sendSip('x'.repeat(65), message),
    link.sendSip('a flow', message),
    link.sendSip('\u20ac', message),
    link.sendSip(flow, Buffer.alloc(1024 * 1024 + 1)),
    link.sendSip(flow, message, { grant: '' }),
    link.sendSip(flow, message, { clientPort: 65_536 }),
    link.sendStun('\u0000', message),
    link.closeFlow('', 'gone'),
  ];
  assert.deepEqual(new Set(refused), new Set([false]));

  assert.ok(link.sendSip(flow, Buffer.alloc(1024 * 1024, 'x')), 'the largest message is queued');
  await edge.until(() => edge.heard.some(({ type }) => type === 'sip'));
  assert.deepEqual(
    edge.heard.filter(({ type }) => type === 'down'),
    [],
  );
});
