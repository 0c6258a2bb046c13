import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterEach, test } from 'node:test';
import { closeListener, listenOn } from '../../../src/lab/listener.js';
import { type LabRegistrar, refuseUnscriptedSip } from '../../../src/lab/sip/registrar/lab-registrar.js';
import type { SipDevice } from '../../../src/lab/sip/registrar/registrar-settings.js';
import { BarePeer, fixturePattern, fixtureText } from './fixture-peer.js';
import { directPhone, labCertificate, startRegistrar, trustIn, ucHost, until } from './lab-sip.js';

const request = fixtureText('register-soft-client');
let registrar: LabRegistrar | undefined;
let peer: BarePeer | undefined;

afterEach(async () => {
  peer?.close();
  await registrar?.stop();
});

async function meet(device?: SipDevice): Promise<BarePeer> {
  registrar = await startRegistrar({
    settings: { backConnections: 'reuse' },
    ...(device === undefined ? {} : { devices: [device] }),
  });
  peer = await BarePeer.to(registrar.ports.port);
  return peer;
}

test('a REGISTER that needs no password is answered 100 and 200, and followed by a NOTIFY, to the byte', async () => {
  const uc = await meet();
  uc.say(request);
  assert.match(await uc.next(), fixturePattern('register-trying'));
  assert.match(await uc.next(), fixturePattern('register-accepted'));
  assert.match(await uc.next(), fixturePattern('notify-waiting'));
});

test('a REGISTER again is no new registration and brings no NOTIFY', async () => {
  const uc = await meet();
  uc.say(request);
  for (let message = 1; message <= 3; message += 1) await uc.next();
  uc.say(request.replace('CSeq: 101', 'CSeq: 102'));
  await uc.next();
  const answer = await uc.next();
  assert.match(answer, /^SIP\/2\.0 200 OK\r\n/);
  assert.doesNotMatch(answer, /x-cisco-newreg/);
  uc.say('OPTIONS sip:x SIP/2.0\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n');
  assert.match(await uc.next(), /^SIP\/2\.0 200 OK\r\n.*CSeq: 1 OPTIONS\r\n/s, 'nothing came in between');
});

test('a digest profile is challenged with the realm ccmsipline, a nonce of 32 characters and MD5, to the byte', async () => {
  const uc = await meet({ name: 'CSFADA', number: '1001', security: 'digest', digestPassword: 'x' });
  uc.say(request);
  assert.match(await uc.next(), fixturePattern('register-trying'));
  assert.match(await uc.next(), fixturePattern('register-challenged'));
});

test('a device in OAuth mode is told that it came to the wrong port, to the byte', async () => {
  const uc = await meet({ name: 'CSFADA', number: '1001', security: 'oauth', token: 'x' });
  uc.say(request);
  assert.match(await uc.next(), fixturePattern('register-trying'));
  assert.match(await uc.next(), fixturePattern('register-wrong-port'));
});

test('a device in OAuth mode is asked for a bearer token over TLS, to the byte, and registers with it', async () => {
  const { certificate, ca } = await labCertificate();
  const nodes = [{ host: ucHost, address: '127.0.0.1', certificate }];
  const device = { name: 'CSFADA', number: '1001', security: 'oauth', token: 'ey.x.y' } as const;
  registrar = await startRegistrar({ nodes, devices: [device], settings: { backConnections: 'reuse' } });
  const port = registrar.ports.tlsPort;
  const socket = connectTls({ host: '127.0.0.1', port, ca, servername: ucHost });
  await once(socket, 'secureConnect');
  peer = new BarePeer(socket);
  peer.say(request);
  assert.match(await peer.next(), fixturePattern('register-trying'));
  assert.match(await peer.next(), fixturePattern('register-bearer'));
  const flow = { protocol: 'TLS', host: ucHost, address: '127.0.0.1', port } as const;
  const phone = directPhone(0, { targets: [{ flow }], trust: trustIn(ca), token: 'ey.x.y' });
  phone.start();
  await phone.registered();
  assert.equal(await registrar.registered(), 1);
  phone.kill();
});

test('Path comes back in the 200, and requests of the registrar go there', async () => {
  const core = createServer();
  const port = await listenOn(core, '127.0.0.1', 0);
  registrar = await startRegistrar({ hosts: { 'core-1.lab.example': '127.0.0.1' } });
  peer = await BarePeer.to(registrar.ports.port);
  const path = `<sip:core-1.lab.example:${port};transport=tcp;lr>,<sip:F1@edge-1.lab.example;lr;ob>`;
  const arrival = BarePeer.of(core);
  peer.say(request.replace('Max-Forwards', `Path: ${path}\r\nMax-Forwards`));
  await peer.next();
  assert.match(await peer.next(), /\r\nPath: <sip:core-1[^\r]*>\r\nPath: <sip:F1@edge-1\.lab\.example;lr;ob>\r\n/);
  const back = await arrival;
  const notify = await back.next();
  assert.match(notify, /^NOTIFY sip:f1@127\.0\.0\.9:50001;transport=tcp SIP\/2\.0\r\n/);
  assert.match(notify, /\r\nRoute: <sip:core-1[^\r]*>\r\nRoute: <sip:F1@edge-1\.lab\.example;lr;ob>\r\n/);
  back.close();
  await closeListener(core);
});

test('a phone registers with what a soft client sends, to the byte', async () => {
  const server = createServer();
  const port = await listenOn(server, '127.0.0.1', 0);
  const flow = { protocol: 'TCP', host: '127.0.0.1', port } as const;
  const route = '<sip:edge-1.lab.example:5061;transport=tls;core=core-1;lr>';
  const phone = directPhone(port, { targets: [{ flow, route }], instance: '00000000-0000-0000-0000-005056810001' });
  const arrival = BarePeer.of(server);
  phone.start();
  const edge = await arrival;
  assert.match(await edge.next(), fixturePattern('phone-register'));
  phone.kill();
  edge.close();
  await closeListener(server);
});

test('what nobody scripted is recorded and fails the check by its name', async () => {
  const uc = await meet();
  uc.say('SHOUT sip:x SIP/2.0\r\nCSeq: 1 SHOUT\r\nContent-Length: 0\r\n\r\n');
  assert.match(await uc.next(), /^SIP\/2\.0 405 /);
  uc.say('nonsense\r\n\r\n');
  await until(async () => (await registrar?.record())?.counts.unscripted === 2);
  const record = await registrar?.record();
  assert.ok(record !== undefined, 'there is a record');
  assert.throws(() => refuseUnscriptedSip(record), /does not know 2 of the SIP messages/);
  assert.deepEqual(
    record.unscripted.map(({ node, reason }) => [node, reason]),
    [
      [ucHost, 'the method SHOUT'],
      [ucHost, 'a message without Content-Length'],
    ],
  );
});
