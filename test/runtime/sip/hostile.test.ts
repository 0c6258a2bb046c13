import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { certificateNameOf } from '../link/signalling/mesh.js';
import { clientRequest, contactOf, RawPeer, RawUcNode } from './raw-peer.js';
import { domain, SipScene, ucHost, until } from './sip-kit.js';

/** Ada, who signed in with CSFADA, Bob with CSFBOB, and a UC node that believes all that gets through. */
async function town(t: TestContext, options: { readonly cores?: number } = {}) {
  const uc = await RawUcNode.start(t);
  const scene = await SipScene.of(t, { registrarPort: uc.port, ...options });
  for (const { name } of scene.cores) {
    scene.signIn(['CSFADA', 'ada'], name);
    scene.signIn(['CSFBOB', 'bob'], name);
  }
  const client = () => RawPeer.to(t, scene.edge.sip.ports().sipTcp);
  const registered = async (user: string, device: string) => {
    const peer = await client();
    const aor = `sip:${user}@${domain}`;
    const contacts = [contactOf(device, `sip:${user}@127.0.0.1:${peer.socket.localPort ?? 0};transport=tcp`)];
    await until(
      async () => (await peer.ask(clientRequest('REGISTER', { from: aor, contacts }))).statusCode === 200,
      `${device} is registered`,
    );
    return peer;
  };
  return { scene, uc, client, registered };
}

const register = (parts: Parameters<typeof clientRequest>[1]) => clientRequest('REGISTER', parts);
const ofAda = contactOf('CSFADA');
const ofBob = contactOf('CSFBOB', 'sip:bob@127.0.0.1:5098;transport=tcp');

test('a REGISTER cannot bring a second device along with the one that is granted', async (t) => {
  const { scene, uc, registered, client } = await town(t);
  await registered('ada', 'CSFADA');
  scene.revoke(['CSFBOB', 'bob']);
  const before = uc.requests.length;
  const eve = await client();
  const attempts = [
    { contacts: [ofAda, ofBob] },
    { contacts: [`${ofAda}, ${ofBob};expires=0`] },
    { contacts: [`${ofAda};+u.sip!devicename.ccm.cisco.com="CSFBOB"`] },
    { contacts: [ofAda, '<sip:eve@127.0.0.1:5097>'] },
    { contacts: [ofAda, '*'], headers: ['Expires: 0'] },
    { contacts: ['*'], headers: ['Expires: 120'] },
    { contacts: [`<mailto:ada@${domain}>;+u.sip!devicename.ccm.cisco.com="CSFADA"`] },
    { contacts: [ofAda, 'no address at all <'] },
  ];
  for (const attempt of attempts) {
    assert.equal((await eve.ask(register(attempt))).statusCode, 403, JSON.stringify(attempt));
  }
  assert.equal(uc.requests.length, before, 'nothing of it got through');
});

test('a REGISTER is for the one who sends it, and not for the line of another user', async (t) => {
  const { uc, client, registered } = await town(t);
  await registered('bob', 'CSFBOB');
  const before = uc.requests.length;
  const ada = await client();
  const bob = `sip:bob@${domain}`;
  const refused = [
    { from: `sip:ada@${domain}`, to: bob, contacts: [ofAda] },
    { from: bob, contacts: [ofAda] },
    { from: `sip:b%6fb@${domain}`, contacts: [ofAda] },
    { from: `sip:CSFBOB@${domain}`, contacts: [ofAda] },
  ];
  for (const attempt of refused) {
    assert.equal((await ada.ask(register(attempt))).statusCode, 403, JSON.stringify(attempt));
  }
  assert.equal(uc.requests.length, before, 'nothing of it got through');
  const line = await ada.ask(register({ from: `sip:2001@${domain}`, contacts: [ofAda] }));
  assert.equal(line.statusCode, 200, 'a line that is a number is for the UC node to know');
});

test('a stranger who names a device does not make the edge forget where it is', async (t) => {
  const { scene, client, registered } = await town(t, { cores: 2 });
  const ada = await registered('ada', 'CSFADA');
  const used = scene.cores.find(({ sip }) => sip.registrations().current === 1);
  const [spare] = scene.cores.filter((core) => core !== used);
  await spare?.stop();
  await used?.stop();
  const eve = await client();
  const answer = await eve.ask(register({ contacts: [ofAda] }));
  assert.equal(answer.statusCode, 503);
  assert.equal(scene.edge.sip.registrations().current, 1, 'it is as registered as it was');
  assert.equal((await ada.ask(register({ contacts: [ofAda] }))).statusCode, 503, 'its own refresh meets no core');
});

test('clients cannot lead requests past the UC node, nor say who vouched for them', async (t) => {
  const { scene, uc, registered } = await town(t);
  const ada = await registered('ada', 'CSFADA');
  const own = `<sip:${certificateNameOf(scene.edge.name)};lr>`;
  const headers = [
    `Route: ${own}, ${own}, <sip:${scene.core.name}@127.0.0.1:${scene.core.sip.ports().sipTcp ?? 0};lr>, <sip:evil.example;lr>`,
    'P-Asserted-Identity: <sip:ceo@lab.example>',
    'P-Served-User: <sip:ceo@lab.example>',
  ];
  const answer = await ada.ask(clientRequest('MESSAGE', { uri: `sip:bob@${ucHost}`, headers }));
  assert.equal(answer.statusCode, 200);
  const [message] = uc.named('MESSAGE');
  assert.ok(message, 'it got through');
  assert.deepEqual(message.values('route'), []);
  assert.deepEqual([message.has('p-asserted-identity'), message.has('p-served-user')], [false, false]);
});

test('a client that names the edge twice in its Route is served', async (t) => {
  const { uc, registered } = await town(t);
  const ada = await registered('ada', 'CSFADA');
  const route = (await ada.ask(register({ contacts: [ofAda] }))).values('service-route')[0] ?? '';
  assert.match(route, /core=core1/);
  const answer = await ada.ask(clientRequest('OPTIONS', { headers: [`Route: ${route}, ${route}`] }));
  assert.equal(answer.statusCode, 200);
  assert.equal(uc.named('OPTIONS').length, 1);
});

test('a Path that a client brings does not reach the UC node', async (t) => {
  const uc = await RawUcNode.start(t);
  const documents = [{ kind: 'SipTransport', name: 'sip', spec: { registrationMode: 'path' } }] as const;
  const scene = await SipScene.of(t, { registrarPort: uc.port, documents });
  scene.signIn(['CSFADA', 'ada']);
  const ada = await RawPeer.to(t, scene.edge.sip.ports().sipTcp);
  const headers = ['Path: <sip:evil.example;lr>', 'Supported: path'];
  await until(
    async () => (await ada.ask(register({ contacts: [ofAda], headers }))).statusCode === 200,
    'Ada is registered',
  );
  const path = uc.named('REGISTER')[0]?.values('path') ?? [];
  assert.deepEqual([path.length, path.join().includes('evil')], [2, false], path.join());
});
