import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { OperationLog } from '../../../src/lab/client/operation-log.js';
import type { LabPhone } from '../../../src/lab/sip/phone/lab-phone.js';
import type { PhoneOptions } from '../../../src/lab/sip/phone/phone-options.js';
import { listOf } from '../../../src/lab/sip/wire/sip-message.js';
import { FakeClock } from '../../fake-clock.js';
import { directPhone, until } from './lab-sip.js';
import { ScriptedEdge } from './scripted-edge.js';

const timing = { stunIntervalMs: 20, stunPatienceMs: 40, comeBackJitterMs: 1, retryMs: 5, longestRetryMs: 20 };
let edge: ScriptedEdge;
let other: ScriptedEdge;
let log: OperationLog;
let phone: LabPhone | undefined;

beforeEach(async () => {
  [edge, other, log] = [new ScriptedEdge(), new ScriptedEdge(), new OperationLog()];
  await edge.start();
  await other.start();
});

afterEach(async () => {
  phone?.kill();
  await edge.stop();
  await other.stop();
});

async function register(options: Partial<PhoneOptions> = {}): Promise<LabPhone> {
  const targets = [edge.target('<sip:core-1;lr>'), other.target('<sip:core-2;lr>')] as const;
  phone = directPhone(0, { targets, timing, log, ...options });
  phone.start();
  await phone.registered();
  return phone;
}

test('a STUN error makes a phone register again over the same flow, by the way it was told', async () => {
  edge.fields = [{ name: 'Service-Route', value: '<sip:edge-1:5061;core=core-2;lr>' }];
  const ada = await register();
  assert.deepEqual(listOf(edge.registers[0]!, 'Route'), ['<sip:core-1;lr>']);
  edge.stun = 'error';
  await until(() => edge.registers.length >= 2);
  edge.stun = 'answer';
  await ada.registered();
  assert.deepEqual(listOf(edge.registers[1]!, 'Route'), ['<sip:edge-1:5061;core=core-2;lr>']);
  assert.equal(edge.flows.size, 1);
  assert.equal(other.registers.length, 0);
  assert.equal(log.failures[0]?.error, '503 Path Down');
});

test('a phone in a call stays until the call is over, although STUN is silent', async () => {
  const ada = await register();
  const call = await ada.call('bob').settled;
  assert.equal(call.state, 'answered');
  edge.stun = 'silence';
  await until(() => log.failures.length > 0);
  assert.equal(other.registers.length, 0);
  call.hangUp();
  await until(() => other.registers.length === 1);
  await ada.registered();
});

test('a phone whose flow is closed comes back over a new one, at the same edge', async () => {
  const ada = await register();
  for (const flow of edge.flows) flow.end();
  await until(() => edge.registers.length === 2 && ada.isRegistered);
  assert.equal(other.registers.length, 0);
});

test('a refusal moves a capable phone to its next target at once', async () => {
  edge.status = 503;
  edge.fields = [{ name: 'Retry-After', value: '600' }];
  await register();
  assert.equal(other.registers.length, 1);
  assert.deepEqual(
    log.operations.map(({ action, outcome, retryAfterSeconds }) => [action, outcome, retryAfterSeconds]).slice(0, 2),
    [
      ['register', 'unavailable', 600],
      ['register', 'ok', undefined],
    ],
  );
});

test('a phone that may leaves an edge that warns of its load; another stays', async () => {
  edge.fields = [
    { name: 'Warning', value: '399 edge-1 "load"' },
    { name: 'Contact', value: '<sip:ada@x>;expires=1' },
  ];
  const obedient = await register({ leavesOverloaded: true });
  await until(() => other.registers.length === 1 && obedient.isRegistered);
  obedient.kill();
  const stubborn = await register();
  const seen = edge.registers.length;
  await until(() => edge.registers.length > seen);
  stubborn.kill();
  assert.equal(other.registers.length, 1);
});

test('a standard phone sends no STUN, tells nothing of failover, and notices a closed flow only when it refreshes', async () => {
  const clock = new FakeClock();
  const ada = await register({ capable: false, clock, random: () => 0 });
  assert.doesNotMatch(JSON.stringify(edge.registers[0]), /x-cisco-mra-ha|outbound/);
  for (const flow of edge.flows) flow.end();
  await until(() => !ada.isRegistered);
  clock.advance(89_000);
  assert.equal(edge.registers.length, 1);
  clock.advance(1000);
  await until(() => edge.registers.length === 2);
  assert.equal(edge.stunRequests, 0);
});
