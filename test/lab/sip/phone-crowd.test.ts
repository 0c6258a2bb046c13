import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { PhoneCrowd } from '../../../src/lab/sip/phone/phone-crowd.js';
import { phoneTargets } from '../../../src/lab/sip/phone/phone-sign-in.js';
import { retryDelayMs } from '../../../src/lab/sip/phone/retry-delay.js';
import { defaultPhoneTiming } from '../../../src/lab/sip/phone/phone-options.js';
import type { LabRegistrar } from '../../../src/lab/sip/registrar/lab-registrar.js';
import { refuseUnscriptedSip } from '../../../src/lab/sip/registrar/lab-registrar.js';
import { systemClock } from '../../../src/platform/clock.js';
import { labCertificate, startRegistrar, trustIn, ucHost, until } from './lab-sip.js';

const registrars: LabRegistrar[] = [];
let crowd: PhoneCrowd | undefined;

afterEach(async () => {
  await crowd?.stop();
  for (const registrar of registrars.splice(0)) await registrar.stop();
});

test('a crowd over TLS registers, loses its registrar, comes back through another, and tells how long that took', async () => {
  const { certificate, ca } = await labCertificate();
  for (let count = 0; count < 2; count += 1) {
    const nodes = [{ host: ucHost, address: '127.0.0.1', certificate }];
    registrars.push(await startRegistrar({ nodes, settings: { backConnections: 'reuse' } }));
  }
  const [first, second] = registrars;
  assert.ok(first !== undefined && second !== undefined, 'there are two registrars');
  const targetOf = ({ ports }: LabRegistrar) =>
    ({ flow: { protocol: 'TLS', host: ucHost, address: '127.0.0.1', port: ports.tlsPort } }) as const;
  const trust = { ...trustIn(ca), sessions: new Map<string, Buffer>() };
  const phones = Array.from({ length: 200 }, (_, index) => ({
    device: `CSF${index}`,
    user: `user${index}`,
    registrar: ucHost,
    targets: [targetOf(first), targetOf(second)] as const,
    trust,
    capable: index % 10 !== 0,
    timing: { comeBackJitterMs: 20, longestRetryMs: 30_000 },
  }));
  crowd = new PhoneCrowd({ phones, startsPerSecond: 2000, clock: systemClock });
  await crowd.start();
  await crowd.untilRegistered();
  assert.equal(await first.registered(), 200);
  await first.setFault(ucHost, { type: 'refuse' });
  await until(() => crowd?.statistics().losses === 200);
  await crowd.untilRegistered(180);
  assert.equal(await second.registered(), 180);
  const statistics = crowd.statistics();
  assert.equal(statistics.peak, 200);
  assert.equal(statistics.returns, 180, 'the standard phones wait for their refresh');
  assert.equal(statistics.comeBack.count, 180);
  assert.equal(statistics.operations['connect error'], 180, 'every failed operation is counted');
  assert.equal(statistics.failedOperations, 180);
  assert.equal(statistics.unexpected, 0);
  refuseUnscriptedSip(await second.record());
});

test('the targets of an edge config are its routes, each at the edge it names', () => {
  const nothing = { services: new Map<string, never[]>(), xmppServers: [], httpServers: [], udsServers: [] };
  const sipServers = [
    { address: 'edge-1.lab.example', port: 5061 },
    { address: 'edge-2.lab.example', port: 5061 },
  ];
  const sipRoutes = ['<sip:edge-2.lab.example:5061;transport=tls;core=core-1;lr>', 'sip:10.0.0.1;lr'];
  const targets = phoneTargets({ ...nothing, sipServers, sipRoutes }, { 'edge-1.lab.example': '127.0.0.1' });
  assert.deepEqual(
    targets.map(({ flow, route }) => [flow.host, flow.address, route]),
    [
      ['edge-1.lab.example', '127.0.0.1', '<sip:10.0.0.1;lr>'],
      ['edge-2.lab.example', undefined, sipRoutes[0]],
      ['edge-2.lab.example', undefined, '<sip:10.0.0.1;lr>'],
    ],
  );
});

test('a capable phone tries every target without a pause, then ever more slowly; a standard one always waits', () => {
  const question = { targets: 2, capable: true, retryAfterSeconds: undefined, chance: 0.5 };
  const waits = [1, 2, 3, 20].map((failures) => retryDelayMs(defaultPhoneTiming, { ...question, failures }));
  assert.deepEqual(waits, [250, 750, 1500, 22_500]);
  const asked = { ...question, failures: 2, retryAfterSeconds: 60 };
  assert.equal(retryDelayMs(defaultPhoneTiming, asked), 60_000);
  assert.equal(retryDelayMs(defaultPhoneTiming, { ...question, failures: 1, capable: false }), 30_000);
});
