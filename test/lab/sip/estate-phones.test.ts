import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { OperationLog } from '../../../src/lab/client/operation-log.js';
import { type Estate, newEstate } from '../../../src/lab/estate/estate.js';
import { LabPhone } from '../../../src/lab/sip/phone/lab-phone.js';
import { signInForPhones } from '../../../src/lab/sip/phone/phone-sign-in.js';
import { refuseUnscriptedSip } from '../../../src/lab/sip/registrar/lab-registrar.js';
import { systemClock } from '../../../src/platform/clock.js';
import { activateByHand } from '../activate-by-hand.js';
import { temporaryDirectory } from '../lab-directory.js';
import { sourceProgram } from '../source-program.js';
import { trustIn, ucHost, until } from './lab-sip.js';

const users = ['ada', 'bob'].map((userName) => ({ userName, password: `of ${userName}` }));
const directory = temporaryDirectory();
const log = new OperationLog();
const phones: LabPhone[] = [];
let estate: Estate;

before(async () => {
  const program = { program: sourceProgram, environment: process.env };
  estate = await newEstate({ directory, users, ...program, clock: systemClock, unifiedCmApart: true });
  await estate.startNodes();
  await activateByHand(estate);
});

after(async () => {
  for (const phone of phones) phone.kill();
  await estate.stop();
});

async function newPhone(userName: string): Promise<LabPhone> {
  const client = estate.newClient({ userName, password: `of ${userName}` });
  const targets = await signInForPhones(client, { 'edge-1.lab.example': '127.0.0.1' });
  const phone = new LabPhone({
    device: `CSF${userName.toUpperCase()}`,
    user: userName,
    registrar: ucHost,
    targets,
    trust: trustIn(estate.ca),
    timing: { stunIntervalMs: 100 },
    log,
    clock: systemClock,
  });
  phones.push(phone);
  phone.start();
  await phone.registered();
  return phone;
}

test('phones outside sign in, register through edge and core, ask by STUN, and call in both directions', async () => {
  const [ada, bob] = [await newPhone('ada'), await newPhone('bob')];
  const uc = estate.unifiedCm.sip;
  assert.equal(await uc.registered(), 2);
  const out = await ada.call('bob').settled;
  assert.equal(out.state, 'answered', JSON.stringify(out.end));
  bob.calls[0]?.hangUp();
  await out.ended;
  const into = await uc.call('CSFBOB');
  assert.equal(into.state, 'answered', into.end);
  await uc.hangUp(into.id);
  await until(() => bob.calls.length === 0);
  await until(() => log.operations.filter(({ action }) => action === 'stun').length >= 4);
  assert.equal(await uc.ask('ada', 'OPTIONS'), 200);
  await ada.stop();
  assert.equal(await uc.registered(), 1);
  assert.deepEqual(log.failures, []);
  assert.deepEqual([...ada.unexpected, ...bob.unexpected], []);
  refuseUnscriptedSip(await uc.record());
});
