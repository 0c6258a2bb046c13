import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SipScene, ucHost, until } from './sip-kit.js';

const patience = () => AbortSignal.timeout(20_000);

async function checksOf(scene: SipScene) {
  const nodes = [...scene.edges, ...scene.cores];
  const checks = await Promise.all(nodes.map(({ sip }) => sip.probe(patience())));
  return new Map(checks.flat().map(({ id, ok }) => [id, ok]));
}

test('a probe tries the listener, the links and the UC nodes', async (t) => {
  const scene = await SipScene.of(t);
  assert.deepEqual(
    [...(await checksOf(scene))],
    [
      ['the SIP listener answers over TLS', true],
      ['core core1 is linked for SIP', true],
      ['UnifiedCM/emea node 1 takes SIP connections', true],
    ],
  );
});

test('a probe says which UC node does not take connections, and which core is gone', async (t) => {
  const scene = await SipScene.of(t, { cores: 2 });
  await scene.registrar?.setFault(ucHost, { type: 'refuse' });
  await scene.cores[1]?.stop();
  await until(() => scene.edge.links.to('core2')?.isUp === false, 'the link is gone');
  const checks = await checksOf(scene);
  assert.equal(checks.get('UnifiedCM/emea node 1 takes SIP connections'), false);
  assert.equal(checks.get('core core2 is linked for SIP'), false);
  assert.equal(checks.get('core core1 is linked for SIP'), true);
});

test('a probe that is given no time ends at once', async (t) => {
  const scene = await SipScene.of(t);
  const checks = await scene.core.sip.probe(AbortSignal.abort());
  assert.deepEqual(
    checks.map(({ ok }) => ok),
    [false],
  );
});
