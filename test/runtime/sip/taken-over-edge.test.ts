import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { clientRequest, contactOf, RawPeer, RawUcNode } from './raw-peer.js';
import { type SipNode, SipScene, ucHost, until } from './sip-kit.js';

async function estate(t: TestContext) {
  const uc = await RawUcNode.start(t);
  const scene = await SipScene.of(t, { registrarPort: uc.port, edges: 2 });
  scene.signIn(['CSFADA', 'ada']);
  const [honest, taken] = scene.edges;
  assert.ok(honest && taken, 'there are two edges');
  const connect = (edge: SipNode) => RawPeer.to(t, edge.sip.ports().sipTcp);
  const register = async (peer: RawPeer) => {
    const request = () => clientRequest('REGISTER', { contacts: [contactOf('CSFADA')] });
    await until(async () => (await peer.ask(request())).statusCode === 200, 'it is registered');
  };
  const flow = () => /fl=edge\d~([\w-]+)/.exec(uc.named('REGISTER').at(-1)?.first('contact') ?? '')?.[1] ?? '';
  return { scene, uc, honest, taken, connect, register, flow };
}

test('an edge neither closes nor speaks for the flow of another one', async (t) => {
  const { scene, uc, honest, taken, connect, register, flow } = await estate(t);
  const ada = await connect(honest);
  await register(ada);
  const link = taken.links.to(scene.core.name);
  link?.sendSip(flow(), Buffer.from(clientRequest('MESSAGE', { uri: `sip:bob@${ucHost}` })));
  link?.closeFlow(flow(), 'malice');
  // What is sent behind them over the same link arrives after them.
  const other = await connect(taken);
  const answer = await other.ask(
    clientRequest('REGISTER', { contacts: [contactOf('CSFADA')], headers: ['Expires: 0'] }),
  );
  assert.equal(answer.statusCode, 200);
  assert.equal(uc.named('MESSAGE').length, 0, 'a flow without a grant says nothing');
  assert.equal((await ada.ask(clientRequest('OPTIONS'))).statusCode, 200, 'the connection of the client is open');
});

test('an edge forgets a device that came back through another one', async (t) => {
  const { scene, honest, taken, connect, register } = await estate(t);
  await register(await connect(honest));
  await register(await connect(taken));
  await until(() => honest.sip.registrations().current === 0, 'the first edge counts it no more');
  assert.equal(taken.sip.registrations().current, 1);
  assert.equal(scene.core.sip.registrations().current, 1);
});
