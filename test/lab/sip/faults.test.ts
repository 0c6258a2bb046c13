import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { OperationLog } from '../../../src/lab/client/operation-log.js';
import type { LabPhone } from '../../../src/lab/sip/phone/lab-phone.js';
import type { LabRegistrar } from '../../../src/lab/sip/registrar/lab-registrar.js';
import type { SipFault } from '../../../src/lab/sip/registrar/sip-fault.js';
import { RemoteUcControl } from '../../../src/lab/uc-server/remote-uc-control.js';
import { UcControlServer } from '../../../src/lab/uc-server/uc-control-server.js';
import { LabUnifiedCm } from '../../../src/lab/uc-server/lab-unified-cm.js';
import { systemClock } from '../../../src/platform/clock.js';
import { directPhone, labCertificate, startRegistrar, ucHost, until } from './lab-sip.js';

let uc: LabRegistrar;
let phone: LabPhone;
let log: OperationLog;

beforeEach(async () => {
  uc = await startRegistrar({ settings: { notify: 'never', backConnections: 'reuse' } });
  log = new OperationLog();
  const timing = { answerTimeoutMs: 60, comeBackJitterMs: 2, retryMs: 5, longestRetryMs: 10 };
  phone = directPhone(uc.ports.port, { log, timing });
});

afterEach(async () => {
  phone.kill();
  await uc.stop();
});

async function failureUnder(fault: SipFault) {
  await uc.setFault(ucHost, fault);
  phone.start();
  await until(() => log.failures.length > 0);
  await uc.setFault(ucHost);
  await phone.registered();
  const [failure] = log.failures;
  return [failure?.action, failure?.outcome, failure?.status, failure?.retryAfterSeconds];
}

test('a node that refuses connections is met as such, and comes back on the same port', async () => {
  assert.deepEqual(await failureUnder({ type: 'refuse' }), ['connect', 'error', undefined, undefined]);
});

test('a node that hangs takes messages and answers none', async () => {
  assert.deepEqual(await failureUnder({ type: 'hang' }), ['register', 'error', undefined, undefined]);
  const { exchanges } = await uc.record();
  assert.equal(exchanges[0]?.status, undefined);
});

test('a node answers everything with a status and a time to come back', async () => {
  const fault = { type: 'status', status: 503, retryAfterSeconds: 0 } as const;
  assert.deepEqual(await failureUnder(fault), ['register', 'unavailable', 503, 0]);
});

test('a node resets the connection of every message', async () => {
  assert.deepEqual(await failureUnder({ type: 'reset' }), ['register', 'error', undefined, undefined]);
});

test('a slow node is answered in time or not at all, as the phone is patient', async () => {
  assert.deepEqual(await failureUnder({ type: 'slow', delayMs: 100 }), ['register', 'error', undefined, undefined]);
});

test('registrations expire by themselves', async () => {
  await uc.configure({ expiresSeconds: 1 });
  phone.start();
  await phone.registered();
  phone.kill();
  await until(async () => (await uc.registered()) === 0);
});

test('the SIP side is driven from another process over the control endpoint', async () => {
  const { certificate } = await labCertificate();
  const node = { host: ucHost, address: '127.0.0.1', certificate, wrongCertificate: certificate };
  const sip = { ports: { port: 0, tlsPort: 0 }, settings: { backConnections: 'reuse' } } as const;
  const options = { nodes: [node], users: [], domain: 'lab.example', port: 0, sip, clock: systemClock };
  const cluster = new LabUnifiedCm(options);
  await cluster.start();
  const server = new UcControlServer(cluster, 'token');
  const remote = new RemoteUcControl(await server.start(0), 'token');
  const ada = directPhone(cluster.sip.ports.port);
  ada.start();
  await ada.registered();
  assert.equal(await remote.sip.registered(), 1);
  assert.equal((await remote.sip.registrations())[0]?.device, 'CSFADA');
  assert.equal(await remote.sip.ask('ada', 'OPTIONS'), 200);
  const call = await remote.sip.call('ada');
  assert.equal(call.state, 'answered');
  await remote.sip.hangUp(call.id);
  assert.equal((await remote.sip.calls())[0]?.state, 'ended');
  await remote.sip.configure({ expiresSeconds: 30 });
  await remote.sip.setStun('unsupported');
  await remote.sip.putDevice({ name: 'SEP001', number: '1', security: 'none' });
  await remote.sip.setFault(ucHost, { type: 'status', status: 500 });
  await remote.sip.forgetRegistrations();
  assert.equal(await remote.sip.registered(), 0);
  assert.equal((await remote.sip.record()).counts.byMethod['REGISTER'], 1);
  await remote.sip.forgetRecord();
  await assert.rejects(remote.sip.call('ada'), /404.*nothing is registered under/);
  await assert.rejects(remote.sip.setFault(ucHost, { type: 'slow', delayMs: -1 }), /whole number from 1/);
  ada.kill();
  await remote.close();
  await server.stop();
  await cluster.stop();
});
