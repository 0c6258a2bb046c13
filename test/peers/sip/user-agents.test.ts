import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { certificateNameOf } from '../../runtime/link/signalling/mesh.js';
import { until } from '../../runtime/sip/sip-kit.js';
import { addressBesideLoopback, Baresip } from './baresip.js';
import { startNameServer } from './name-server.js';
import { Rtpengine } from './rtpengine.js';
import { registrationModes, Site, type SiteOptions } from './site.js';

const edgeName = certificateNameOf('edge1');

/** A site with two baresips outside that are registered over TLS, and a relay when asked for. */
async function newRig(t: TestContext, options: SiteOptions & { readonly relayed: boolean }) {
  const address = addressBesideLoopback();
  if (address === undefined) {
    t.skip('baresip needs an address beside loopback');
    return undefined;
  }
  const relay = options.relayed ? await Rtpengine.of(t, address) : undefined;
  const servers = relay && [{ host: '127.0.0.1', port: relay.port }];
  const transport = servers && { mediaRelay: { servers, requestTimeoutMilliseconds: 500 } };
  const site = await Site.of(t, { ...options, ...(transport && { transport }) });
  if (site === undefined) return undefined;
  const { scene } = site;
  const dnsPort = await startNameServer(t, [edgeName]);
  const proxy = { host: edgeName, port: scene.edge.sip.ports().sipTls ?? 0, transport: 'tls' } as const;
  const start = async (user: string) => {
    scene.signIn([user]);
    return await Baresip.of(t, { user, address, proxy, caFile: scene.caFile, dnsPort });
  };
  const [alice, bob] = await Promise.all([start('alice'), start('bob')]);
  if (alice === undefined || bob === undefined || (options.relayed && relay === undefined)) {
    t.skip('baresip or rtpengine are not installed, and only root can install them');
    return undefined;
  }
  await Promise.all([alice.told('REGISTER_OK'), bob.told('REGISTER_OK')]);
  return { site, scene, alice, bob, relay };
}

type Rig = Exclude<Awaited<ReturnType<typeof newRig>>, undefined>;

async function callUp({ alice, bob }: Rig): Promise<void> {
  alice.order('dial', 'sip:bob@lab.example');
  await Promise.all([alice.told('CALL_ESTABLISHED'), bob.told('CALL_ESTABLISHED')]);
}

async function hangUp({ alice, bob, scene }: Rig): Promise<void> {
  alice.order('hangup');
  await bob.told('CALL_CLOSED');
  await until(() => scene.edge.sip.calls() === 0 && scene.core.sip.calls() === 0, 'no call is left');
}

/** The session description that a baresip sent with its INVITE, as its own trace shows it up to a change of colour. */
function offerIn(log: string): string {
  const start = log.indexOf('\r\n\r\n', log.indexOf('INVITE sip:bob@')) + 4;
  return log.slice(start, log.indexOf('\u001B', start)).trimEnd();
}

for (const registrationMode of registrationModes) {
  test(`baresip registers over TLS with its instance and calls, its description untouched, in ${registrationMode} mode`, async (t) => {
    const rig = await newRig(t, { registrationMode, relayed: false });
    if (rig === undefined) return;
    const { alice, bob, scene, site } = rig;
    assert.deepEqual(scene.edge.sip.registrations(), { current: 2, peak: 2 });
    assert.equal((await site.kamailio.bindings()).length, 2);
    assert.match(alice.log, /\+sip\.instance="<urn:uuid:/);
    await callUp(rig);
    const offer = offerIn(alice.log);
    assert.match(offer, /^v=0\r\n(?:.*\r\n)+m=audio /);
    assert.ok(bob.log.includes(offer), `${offer} is not what came: ${bob.log}`);
    await hangUp(rig);
  });
}

test('a relayed call of two baresips survives a swap of the configuration, and RTP goes on both ways', async (t) => {
  const rig = await newRig(t, { relayed: true });
  if (rig?.relay === undefined) return;
  const { alice, bob, site, scene, relay } = rig;
  await callUp(rig);
  const calls = await relay.calls();
  assert.equal(calls.length, 2, 'one for each phone');
  const flows = async (atLeast: number) => {
    const counts = (await Promise.all(calls.map((call) => relay.packets(call)))).flat();
    return counts.length === 4 && counts.every((count) => count > atLeast);
  };
  await until(() => flows(25), 'half a second of sound goes both ways');
  await site.swap({ maximumHeaderCount: 150, registrationMode: 'path' });
  const before = Math.max(...(await relay.packets(calls[0] ?? '')));
  await until(() => flows(before + 25), 'sound goes on after the swap');
  alice.order('hold');
  await until(
    () => bob.log.includes('a=sendonly') || bob.log.includes('a=inactive'),
    'bob is put on hold by a second INVITE',
  );
  alice.order('resume');
  await until(() => scene.edge.sip.calls() === 2, 'the call is up still');
  await hangUp(rig);
  await until(async () => (await relay.calls()).length === 0, 'the relay let go of the call');
});
