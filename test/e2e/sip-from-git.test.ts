import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { authored } from '../../src/lab/estate/cluster-documents.js';
import { newEstatePhones } from '../../src/lab/estate/estate-phones.js';
import type { PhoneCrowd } from '../../src/lab/sip/phone/phone-crowd.js';
import { systemClock as clock } from '../../src/platform/clock.js';
import { stringify } from 'yaml';
import { type Rig, rigOfFile, until } from './rig.js';

const phones = 12;
const sipFile = 'clusters/lab/sip.yaml';
let crowd: PhoneCrowd | undefined;
const rig = rigOfFile(start, { pollIntervalSeconds: 3600, unifiedCmApart: true });
after(() => crowd?.stop());

async function start(one: Rig): Promise<void> {
  await one.startReconciler();
  crowd = await newEstatePhones(one.estate, { phones, timing: { stunIntervalMs: 500 }, clock });
  await crowd.start();
  await crowd.untilRegistered(phones, AbortSignal.timeout(20_000));
}

function commit(subject: string, ...documents: readonly object[]): Promise<string> {
  return rig().estate.repository.commit(subject, { [sipFile]: documents.map((one) => stringify(one)).join('---\n') });
}

/** Every phone registers once more, as it would sooner or later. */
async function registerAgain(): Promise<void> {
  for (const phone of crowd?.phones ?? []) phone.start();
  await until('every phone registered again', () => {
    const done = (crowd?.tally.counts['re-register ok'] ?? 0) >= phones;
    return Promise.resolve(done ? true : undefined);
  });
}

test('status shows registrations, their peak, calls and the links that carry SIP', async () => {
  await rig().pushedAgain();
  const { stdout, code } = await rig().run('status');
  assert.equal(code, 0, stdout);
  assert.match(stdout, /edge-1 +edge .* 12 \(peak 12\), 0 calls +core-1 up/);
  assert.match(stdout, /core-1 +core .* 12 \(peak 12\), 0 calls +edge-1 up/);
});

test('a commit changes the registration mode on the wire, and costs no phone its registration', async () => {
  const mode = await commit('Use Path', authored('SipTransport', 'default', { registrationMode: 'path' }));
  await rig().pushedInForce(mode);
  await registerAgain();
  const registrations = await rig().estate.unifiedCm.sip.registrations();
  assert.equal(registrations.length, phones);
  for (const { path, contact } of registrations) {
    assert.equal(path.length, 2, 'the core and the edge stand in Path');
    assert.doesNotMatch(contact, /orig-hostport/);
  }
  assert.equal(crowd?.statistics().registered, phones);
});

test('a commit switches keepalives off, and phones are no longer answered', async () => {
  const off = authored('RegistrationFailover', 'default', { stunKeepalive: { enabled: false } });
  const silent = await commit('Switch keepalives off', authored('SipTransport', 'default', {}), off);
  const before = crowd?.statistics().losses ?? 0;
  await rig().pushedInForce(silent);
  await until('phones miss the answers', () =>
    Promise.resolve((crowd?.statistics().losses ?? 0) > before ? true : undefined),
  );
  const on = await commit('Switch keepalives on', authored('SipTransport', 'default', {}));
  await rig().pushedInForce(on);
  await crowd?.untilRegistered(phones, AbortSignal.timeout(20_000));
});

test('SIP that somebody changed by hand is put back', async () => {
  const declared = await rig().cluster.node('core-1');
  const admin = await rig().cluster.admin('core-1');
  const answer = await admin.putResource(authored('SipTransport', 'default', { maximumMessageBytes: 2048 }));
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  await until('the edit is put back', async () => {
    const view = await rig().cluster.node('core-1');
    return view?.digest === declared?.digest && view?.isPending === false ? view : undefined;
  });
});
