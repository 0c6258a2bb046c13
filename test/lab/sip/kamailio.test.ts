import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, afterEach, test } from 'node:test';
import { freePort } from '../../../src/lab/estate/free-port.js';
import { isListening } from '../../../src/lab/estate/readiness.js';
import { OperationLog } from '../../../src/lab/client/operation-log.js';
import type { LabPhone } from '../../../src/lab/sip/phone/lab-phone.js';
import type { PhoneOptions } from '../../../src/lab/sip/phone/phone-options.js';
import { needProgram } from '../../debian-program.js';
import { temporaryDirectory } from '../lab-directory.js';
import { directPhone, until } from './lab-sip.js';
import { PeerProgram } from './peers/program.js';

const path = needProgram('kamailio');
const options = path === undefined ? { skip: 'kamailio is not installed' } : {};
const directory = temporaryDirectory();
const phones: LabPhone[] = [];
let kamailio: PeerProgram | undefined;
let port = 0;

before(async () => {
  if (path === undefined) return;
  port = await freePort(['127.0.0.1'], new Set());
  const config = join(directory, 'kamailio.cfg');
  const text = readFileSync(join(import.meta.dirname, 'peers', 'kamailio.cfg'), 'utf8');
  writeFileSync(config, text.replace('PORT', String(port)));
  kamailio = new PeerProgram(path, ['-DD', '-E', '-f', config, '-Y', directory, '-m', '32', '-M', '8'], directory);
  await kamailio.untilReady(() => isListening(port));
});

afterEach(() => {
  for (const phone of phones.splice(0)) phone.kill();
});

after(() => kamailio?.stop());

function newPhone(user: string, more: Partial<PhoneOptions> = {}): LabPhone {
  const digest = { userName: user, password: 'secret' };
  const phone = directPhone(port, { device: `CSF${user}`, user, registrar: 'lab.example', digest, ...more });
  phones.push(phone);
  phone.start();
  return phone;
}

test('a phone registers at Kamailio with a digest that has a quality of protection, and leaves', options, async () => {
  const log = new OperationLog();
  const phone = newPhone('ada', { log });
  await phone.registered();
  await phone.stop();
  assert.deepEqual(
    log.operations.map(({ action, status }) => [action, status]),
    [
      ['register', 200],
      ['unregister', 200],
    ],
  );
  assert.deepEqual(phone.unexpected, []);
});

test('Kamailio refuses the phone that has the wrong password, and the log says so', options, async () => {
  const log = new OperationLog();
  newPhone('eve', { log, digest: { userName: 'eve', password: 'guess' } });
  await until(() => log.failures.length > 0);
  assert.equal(log.failures[0]?.status, 401);
});

test('phones call, cancel, refuse and hang up through Kamailio', options, async () => {
  const ada = newPhone('ada');
  const bob = newPhone('bob');
  await Promise.all([ada.registered(), bob.registered()]);
  const call = await ada.call('bob').settled;
  assert.equal(call.state, 'answered', JSON.stringify(call.end));
  const [other] = bob.calls;
  other?.hangUp();
  assert.deepEqual(await call.ended, { by: 'there' });
  bob.answering = 'ring';
  const ringing = ada.call('bob');
  await until(() => ringing.state === 'ringing' && bob.calls.length === 1);
  ringing.hangUp();
  assert.deepEqual(await ringing.ended, { by: 'cancel', status: 487 });
  bob.answering = 486;
  assert.deepEqual(await ada.call('bob').ended, { by: 'refusal', status: 486 });
  assert.deepEqual([...ada.unexpected, ...bob.unexpected], []);
});
