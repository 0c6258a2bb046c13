import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { OperationLog } from '../../../src/lab/client/operation-log.js';
import type { LabPhone } from '../../../src/lab/sip/phone/lab-phone.js';
import type { PhoneOptions } from '../../../src/lab/sip/phone/phone-options.js';
import {
  type LabRegistrar,
  type LabRegistrarOptions,
  refuseUnscriptedSip,
} from '../../../src/lab/sip/registrar/lab-registrar.js';
import { directPhone, labCertificate, startRegistrar, trustIn, ucHost, until } from './lab-sip.js';

let registrar: LabRegistrar | undefined;
const phones: LabPhone[] = [];

afterEach(async () => {
  for (const phone of phones.splice(0)) phone.kill();
  await registrar?.stop();
  registrar = undefined;
});

async function serve(options: Partial<LabRegistrarOptions> = {}): Promise<LabRegistrar> {
  registrar = await startRegistrar({ settings: { backConnections: 'reuse' }, ...options });
  return registrar;
}

async function register(options: Partial<PhoneOptions> = {}): Promise<LabPhone> {
  const phone = directPhone(registrar?.ports.port ?? 0, options);
  phones.push(phone);
  phone.start();
  await phone.registered();
  return phone;
}

test('a phone registers by its device name, is told 120 s, and leaves in order', async () => {
  const uc = await serve();
  const log = new OperationLog();
  const phone = await register({ log });
  const [registration] = await uc.registrations();
  assert.equal(registration?.device, 'CSFADA');
  assert.equal(registration.user, 'ada');
  assert.equal(registration.expiresAtMs - registration.registeredAtMs, 120_000);
  await phone.stop();
  assert.equal(await uc.registered(), 0);
  assert.deepEqual(
    log.operations.map(({ action, outcome, status }) => [action, outcome, status]),
    [
      ['register', 'ok', 200],
      ['unregister', 'ok', 200],
    ],
  );
  refuseUnscriptedSip(await uc.record());
  assert.deepEqual(phone.unexpected, []);
});

test('a phone over TLS answers a digest challenge; a wrong password is logged as refused', async () => {
  const { certificate, ca } = await labCertificate();
  const device = {
    name: 'CSFADA',
    number: '1001',
    security: 'digest',
    digestUser: 'ada-d',
    digestPassword: 'pw',
  } as const;
  const uc = await serve({ nodes: [{ host: ucHost, address: '127.0.0.1', certificate }], devices: [device] });
  const flow = { protocol: 'TLS', host: ucHost, address: '127.0.0.1', port: uc.ports.tlsPort } as const;
  const options = { targets: [{ flow }], trust: trustIn(ca) } as const;
  await register({ ...options, digest: { userName: 'ada-d', password: 'pw' } });
  const log = new OperationLog();
  const stranger = directPhone(0, { ...options, log, digest: { userName: 'ada-d', password: 'guess' } });
  phones.push(stranger);
  stranger.start();
  await until(() => log.failures.length > 0);
  assert.equal(log.failures[0]?.outcome, 'refused');
  assert.equal(log.failures[0].status, 401);
  assert.equal(await uc.registered(), 1);
});

test('two phones call each other through the stand-in, and either side ends the call', async () => {
  const uc = await serve();
  const ada = await register();
  const bob = await register({ device: 'CSFBOB', user: 'bob' });
  for (const [caller, callee, user, ending] of [
    [ada, bob, 'bob', 'caller'],
    [bob, ada, 'ada', 'callee'],
  ] as const) {
    const call = await caller.call(user).settled;
    assert.equal(call.state, 'answered');
    assert.match(call.remoteDescription, /^v=0\r\n/);
    const [other] = callee.calls;
    assert.equal(other?.state, 'answered');
    if (ending === 'caller') call.hangUp();
    else other.hangUp();
    await Promise.all([call.ended, other.ended]);
  }
  await until(async () => (await uc.calls()).every(({ state }) => state === 'ended'));
  refuseUnscriptedSip(await uc.record());
  assert.deepEqual([...ada.unexpected, ...bob.unexpected], []);
});

test('a call is cancelled, refused, or meets nobody', async () => {
  const uc = await serve();
  const ada = await register();
  const bob = await register({ device: 'CSFBOB', user: 'bob', answering: 'ring' });
  const ringing = ada.call('bob');
  await until(() => bob.calls.some(({ state }) => state === 'ringing'));
  await until(() => ringing.state === 'ringing');
  ringing.hangUp();
  assert.deepEqual(await ringing.ended, { by: 'cancel', status: 487 });
  bob.answering = 486;
  assert.deepEqual(await ada.call('bob').ended, { by: 'refusal', status: 486 });
  assert.deepEqual(await ada.call('nobody').ended, { by: 'refusal', status: 404 });
  await until(async () => (await uc.calls()).length === 3);
  refuseUnscriptedSip(await uc.record());
});

test('the stand-in calls, asks and hangs up by command', async () => {
  const uc = await serve();
  const ada = await register();
  assert.equal(await uc.ask('CSFADA', 'OPTIONS'), 200);
  const call = await uc.call('ada');
  assert.equal(call.state, 'answered');
  const [heard] = ada.calls;
  await uc.hangUp(call.id);
  await heard?.ended;
  ada.answering = 603;
  assert.equal((await uc.call('ada')).end, '603');
  await assert.rejects(uc.call('carol'), /nothing is registered under "carol"/);
});

test('a capable phone whose flow is reset comes back by itself, and says how long that took', async () => {
  const uc = await serve();
  const backs: number[] = [];
  const log = new OperationLog();
  const phone = await register({ log, observer: { onBack: (afterMs) => backs.push(afterMs) } });
  await uc.setFault(ucHost, { type: 'refuse' });
  await until(() => log.failures.length > 0);
  assert.equal(phone.isRegistered, false);
  await uc.setFault(ucHost);
  await phone.registered();
  assert.equal(backs.length, 1);
  assert.equal(log.failures[0]?.action, 'connect');
});

test('STUN silence moves a phone to its next target, and STUN answers keep it', async () => {
  const uc = await serve();
  const other = await startRegistrar();
  const timing = { stunIntervalMs: 20, stunPatienceMs: 40, comeBackJitterMs: 1 };
  const targets = [uc, other].map(
    ({ ports: { port } }) => ({ flow: { protocol: 'TCP', host: '127.0.0.1', port } }) as const,
  );
  const [first, second] = targets;
  assert.ok(first !== undefined && second !== undefined, 'there are two targets');
  const log = new OperationLog();
  const phone = await register({ targets: [first, second], timing, log });
  await until(async () => (await uc.record()).counts.stunAnswers >= 2);
  await uc.setStun('unresolvable');
  await until(async () => (await other.registered()) === 1);
  await phone.registered();
  assert.equal(phone.target, second);
  assert.deepEqual(
    log.failures.map(({ action, error }) => [action, error]),
    [['stun', 'no answer']],
  );
  phone.kill();
  await other.stop();
});
