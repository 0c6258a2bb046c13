import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SipScene, ucHost, until } from './sip-kit.js';

async function downAt({ core }: SipScene): Promise<string | undefined> {
  return /^fairlead_sip_uc_nodes_down (\d+)$/m.exec(await core.meter.expose())?.[1];
}

test('a core counts the UC nodes that SIP cannot use', async (t) => {
  const scene = await SipScene.of(t);
  assert.equal(await downAt(scene), '0');
  await scene.registrar?.setFault(ucHost, { type: 'refuse' });
  await until(async () => (await downAt(scene)) === '1', 'it is seen to be down');
  await scene.registrar?.setFault(ucHost);
  await until(async () => (await downAt(scene)) === '0', 'it is seen to be up again');
});
