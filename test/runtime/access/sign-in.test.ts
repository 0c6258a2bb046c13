import assert from 'node:assert/strict';
import { after, afterEach, beforeEach, test } from 'node:test';
import { parseEdgeConfig } from '../../../src/lab/client/edge-config.js';
import { encodeDomain } from '../../../src/runtime/access/path-segment.js';
import { subjectOf } from '../../../src/runtime/access/user-id.js';
import { type MemoryRevocations, newMemoryRevocations } from '../../../src/runtime/store/memory-revocations.js';
import { newMemoryTrafficStore } from '../../../src/runtime/store/memory-traffic-store.js';
import { FakeClock } from '../../fake-clock.js';
import {
  ask,
  configPath,
  domain,
  edgeName,
  type LinkedEstate,
  labCertificates,
  labUnifiedCm,
  publisher,
  servingDocuments,
  snapshotOf,
  startEstate,
  subscriber,
  through,
  ucHosts,
  user,
} from './access-kit.js';

const hourMs = 3_600_000;
const paths = await labCertificates();
const cm = await labUnifiedCm(paths);
after(() => cm.stop());
let clock: FakeClock;
let estate: LinkedEstate;
let revocations: MemoryRevocations;
const devicesPath = through(`https://${publisher}:${cm.port}/cucm-uds/user/ada/devices`);

beforeEach(async () => {
  clock = new FakeClock();
  revocations = newMemoryRevocations(clock);
  const traffic = { ...newMemoryTrafficStore(clock), revocations };
  estate = await startEstate({ paths, clock, hosts: cm.hosts, traffic });
  await estate.apply(snapshotOf(...servingDocuments(cm, estate.ca)));
});

afterEach(async () => {
  await estate.stop();
  for (const host of ucHosts) await cm.setFault(host);
  await cm.setPassword(user.userName, user.password);
  await cm.setEnabled(user.userName, true);
  cm.assertNoUnscriptedCalls();
  await cm.forgetRecord();
});

async function resourcesAsked(): Promise<readonly (string | undefined)[]> {
  const { requests } = await cm.record();
  return requests.map(({ resource }) => resource);
}

async function signIn(): Promise<string> {
  const { status, token } = await ask(estate, configPath, { as: user });
  assert.equal(status, 200);
  assert.ok(token);
  return token;
}

/** Lets time pass for an answer that is waited for. */
async function answerWhileTimePasses<T>(answer: Promise<T>): Promise<T> {
  const passing = new AbortController();
  const watched = answer.finally(() => passing.abort());
  while (!passing.signal.aborted) {
    clock.advance(100);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return await watched;
}

test('without credentials the edge asks for them, and nothing crosses', async () => {
  for (const path of [configPath, devicesPath]) {
    const { status, headers } = await ask(estate, path);
    assert.equal(status, 401);
    assert.equal(headers['www-authenticate'], 'Basic realm="Cisco-Edge"');
  }
  assert.equal(estate.links.opened, 0);
});

test('a forged, expired or ambiguous token alone is refused at the edge', async () => {
  const token = await signIn();
  const { opened } = estate.links;
  const forged = `${token.slice(0, -4)}AAAA`;
  assert.equal((await ask(estate, devicesPath, { token: forged })).status, 401);
  assert.equal(
    (await ask(estate, devicesPath, { headers: { cookie: `X-Auth=${token}; X-Auth=${forged}` } })).status,
    401,
  );
  clock.advance(8 * hourMs);
  assert.equal((await ask(estate, devicesPath, { token })).status, 401);
  assert.equal(estate.links.opened, opened);
});

test('a token is good for its own domain only', async () => {
  const other = 'other.example';
  const documents = servingDocuments(cm, estate.ca);
  await estate.apply(snapshotOf(...documents, { kind: 'Domain', name: other, spec: {} }));
  const token = await signIn();
  assert.equal((await ask(estate, `/${encodeDomain(other)}/get_edge_config`, { token })).status, 401);
});

test('a sign-in gives the edge configuration and a host-only token', async () => {
  const { status, headers, text } = await ask(estate, configPath, { as: user });
  assert.equal(status, 200);
  assert.match(String(headers['content-type']), /^text\/xml/);
  assert.match(String(headers['set-cookie']), /^X-Auth=[\w-]{100,200}; Path=\/; Max-Age=28800; HttpOnly; Secure$/);
  const config = parseEdgeConfig(text);
  const servers = config.services.get('_cisco-uds')?.map(({ address, port }) => `${address}:${port}`);
  assert.deepEqual(
    servers,
    ucHosts.map((host) => `${host}:${cm.port}`),
  );
  assert.deepEqual(config.services.get('_cuplogin'), []);
  assert.deepEqual(config.httpServers, [{ address: edgeName, port: estate.edge.port() }]);
  assert.deepEqual(config.sipServers, [{ address: edgeName, port: 5061 }]);
  assert.deepEqual(config.xmppServers, [{ address: edgeName, port: 5222 }]);
  assert.deepEqual(config.udsServers, [{ address: publisher, port: cm.port }]);
  assert.deepEqual(await resourcesAsked(), ['clusterUser', 'devices', 'servers', 'user']);
});

test('endpoints that ask with a final slash and no query are served, too', async () => {
  const { status, text } = await ask(estate, `/${encodeDomain(domain)}/get_edge_config/`, { as: user });
  assert.equal(status, 200);
  assert.deepEqual([...parseEdgeConfig(text).services.keys()], ['_cisco-uds', '_cuplogin']);
});

test('service names are answered in their order, unknown ones with NameError', async () => {
  const path = `/${encodeDomain(domain)}/get_edge_config?service_name=tftpServer&service_name=_cisco-uds`;
  const { text } = await ask(estate, path, { as: user });
  assert.match(text, /<service><name>tftpServer<\/name><error>NameError<\/error><\/service><service><name>_cisco-uds/);
  assert.equal((await ask(estate, `${path}&service_name=%3Cx%3E`, { as: user })).status, 400);
});

test('a wrong password and an unknown user get the same answer after the same calls', async () => {
  const wrong = await ask(estate, configPath, { as: { ...user, password: 'wrong' } });
  const asked = await resourcesAsked();
  await cm.forgetRecord();
  const unknown = await ask(estate, configPath, { as: { userName: 'nobody', password: 'wrong' } });
  assert.deepEqual([wrong.status, wrong.text], [401, unknown.text]);
  assert.equal(unknown.status, 401);
  assert.deepEqual(asked, ['clusterUser', 'devices']);
  assert.deepEqual(await resourcesAsked(), asked);
});

test('a user who may not is told so', async () => {
  await cm.putUser({ userName: 'guest', password: 'guest', endUser: false });
  assert.equal((await ask(estate, configPath, { as: { userName: 'guest', password: 'guest' } })).status, 403);
});

test('user names and passwords beyond ASCII arrive as they were typed', async () => {
  assert.equal((await ask(estate, configPath, { as: { userName: 'Åsa', password: 'blå:fisk' } })).status, 200);
});

test('credentials that were accepted are known for a refresh interval', async () => {
  await signIn();
  await cm.forgetRecord();
  clock.advance(8 * hourMs - 1);
  await signIn();
  assert.deepEqual(await resourcesAsked(), []);
  clock.advance(1);
  await signIn();
  assert.deepEqual(await resourcesAsked(), ['clusterUser', 'devices', 'servers', 'user']);
});

test('a token from the cache ends with the UC server’s word, not later', async () => {
  await signIn();
  clock.advance(7 * hourMs);
  const { headers, token } = await ask(estate, configPath, { as: user });
  assert.match(String(headers['set-cookie']), /Max-Age=3600;/);
  clock.advance(hourMs);
  assert.equal((await ask(estate, devicesPath, { token })).status, 401);
});

test('beyond the limit there is 429 with the time to wait, and no UC server is asked', async () => {
  const wrong = { ...user, password: 'wrong' };
  assert.equal((await ask(estate, configPath, { as: user })).status, 200);
  assert.equal((await ask(estate, configPath, { as: user })).status, 200);
  assert.equal((await ask(estate, configPath, { as: wrong })).status, 401);
  await cm.forgetRecord();
  clock.advance(1500);
  for (const as of [user, wrong]) {
    const { status, headers } = await ask(estate, configPath, { as });
    assert.deepEqual([status, headers['retry-after']], [429, '299']);
  }
  assert.deepEqual(await resourcesAsked(), []);
  clock.advance(298_500);
  assert.equal((await ask(estate, configPath, { as: user })).status, 200);
});

test('all spellings of a user id share one count', async () => {
  for (const userName of ['ada', 'ADA', 'Ada']) {
    assert.equal((await ask(estate, configPath, { as: { ...user, userName } })).status, 200);
  }
  assert.equal((await ask(estate, configPath, { as: { ...user, userName: 'aDA' } })).status, 429);
  await ask(estate, configPath, { as: { userName: 'A\u030asa', password: 'x' } });
  await ask(estate, configPath, { as: { userName: 'Åsa', password: 'x' } });
  await ask(estate, configPath, { as: { userName: 'ÅSA', password: 'x' } });
  assert.equal((await ask(estate, configPath, { as: { userName: 'åsa', password: 'x' } })).status, 429);
});

test('a valid token costs nothing, with and without credentials beside it', async () => {
  const token = await signIn();
  for (let time = 0; time < 5; time += 1) {
    assert.equal((await ask(estate, devicesPath, { token, as: user })).status, 200);
    assert.equal((await ask(estate, configPath, { token, as: user })).status, 200);
    assert.equal((await ask(estate, configPath, { token })).status, 200);
  }
});

test('new numbers hold at once and keep what was counted', async () => {
  const documents = servingDocuments(cm, estate.ca);
  await signIn();
  const limit = (maximum: number) =>
    snapshotOf(...documents, {
      kind: 'AuthorizationRateControl',
      spec: { maximumAuthorizationsPerPeriod: maximum, ratePeriodSeconds: 300 },
    });
  await estate.apply(limit(1));
  assert.equal((await ask(estate, configPath, { as: user })).status, 429);
  await estate.apply(limit(2));
  assert.equal((await ask(estate, configPath, { as: user })).status, 200);
  assert.equal((await ask(estate, configPath, { as: user })).status, 429);
  await estate.apply(limit(0));
  for (let time = 0; time < 10; time += 1) await signIn();
});

test('equal presentations at the same time are one sign-in upstream, and each of them costs', async () => {
  for (const host of ucHosts) await cm.setLatency(host, 20);
  const answers = await Promise.all([1, 2, 3].map(() => ask(estate, configPath, { as: user })));
  for (const host of ucHosts) await cm.setLatency(host, 0);
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200, 200],
  );
  assert.equal((await cm.record()).counts.byResource.devices, 1);
  assert.equal((await ask(estate, configPath, { as: user })).status, 429);
});

test('a refresh mints another token, and asks the UC server once its word is half an interval old', async () => {
  const first = await signIn();
  await cm.forgetRecord();
  clock.advance(4 * hourMs);
  const young = await ask(estate, configPath, { token: first, as: user });
  assert.notEqual(young.token, first);
  assert.match(String(young.headers['set-cookie']), /Max-Age=14400;/);
  assert.deepEqual(await resourcesAsked(), []);
  clock.advance(1);
  const old = await ask(estate, configPath, { token: young.token, as: user });
  assert.match(String(old.headers['set-cookie']), /Max-Age=28800;/);
  assert.equal((await cm.record()).counts.byResource.devices, 1);
  clock.advance(8 * hourMs - 1000);
  assert.equal((await ask(estate, devicesPath, { token: old.token })).status, 401, 'UDS wants credentials, too');
  assert.equal((await ask(estate, configPath, { token: old.token })).status, 200);
});

test('a refresh that the UC server refuses ends the tokens of the user', async () => {
  const first = await signIn();
  const second = (await ask(estate, configPath, { token: first, as: user })).token;
  await cm.setEnabled(user.userName, false);
  clock.advance(5 * hourMs);
  assert.equal((await ask(estate, configPath, { token: first, as: user })).status, 401);
  for (const token of [first, second]) assert.equal((await ask(estate, configPath, { token })).status, 401);
  assert.match(await estate.metrics('core1'), /fairlead_access_revocations 1\n/);
  assert.match(await estate.metrics('core1'), /fairlead_access_cached_credentials 0\n/);
  await cm.setEnabled(user.userName, true);
  const again = await signIn();
  assert.equal((await ask(estate, configPath, { token: again })).status, 200);
});

test('what another core revoked holds here, for tokens and for remembered credentials', async () => {
  const token = await signIn();
  revocations.learn({ subject: subjectOf('lab', user.userName), epochMs: clock.nowMs() });
  assert.equal((await ask(estate, configPath, { token })).status, 401);
  assert.match(await estate.metrics('core1'), /fairlead_access_cached_credentials 0\n/);
  await cm.forgetRecord();
  const again = await signIn();
  assert.equal((await cm.record()).counts.byResource.devices, 1, 'the UC server is asked anew');
  assert.equal((await ask(estate, configPath, { token: again })).status, 200);
});

test('while no UC server can be reached a refresh keeps the word there is, until its own end', async () => {
  const token = await signIn();
  for (const host of ucHosts) await cm.setFault(host, { type: 'refuse' });
  clock.advance(6 * hourMs);
  const kept = await ask(estate, configPath, { token, as: user });
  assert.equal(kept.status, 200);
  assert.match(String(kept.headers['set-cookie']), /Max-Age=7200;/);
  clock.advance(2 * hourMs);
  assert.equal((await ask(estate, configPath, { token: kept.token, as: user })).status, 503);
});

test('a changed password is felt within one refresh interval, whatever the client does', async () => {
  let token: string | undefined = await signIn();
  await cm.setPassword(user.userName, 'changed');
  let refused = false;
  for (let hour = 1; hour <= 8 && !refused; hour += 1) {
    clock.advance(hourMs);
    const { status, token: next } = await ask(estate, configPath, { token, as: user });
    refused = status === 401;
    token = next ?? token;
  }
  assert.ok(refused);
  assert.equal((await ask(estate, configPath, { as: user })).status, 401);
  assert.equal((await ask(estate, configPath, { as: { ...user, password: 'changed' } })).status, 200);
});

test('an expired entry authorizes nobody, although it stays until the cleanup', async () => {
  await signIn();
  await cm.setPassword(user.userName, 'changed');
  clock.advance(8 * hourMs);
  assert.match(await estate.metrics('core1'), /fairlead_access_cached_credentials 1\n/);
  assert.equal((await ask(estate, configPath, { as: { ...user, password: 'nonsense' } })).status, 401);
  clock.advance(4 * hourMs);
  assert.match(await estate.metrics('core1'), /fairlead_access_cached_credentials 0\n/);
});

test('a wrong password beside a valid token is a presentation of its own', async () => {
  const token = await signIn();
  const wrong = { ...user, password: 'wrong' };
  assert.equal((await ask(estate, configPath, { token, as: wrong })).status, 401);
  assert.equal((await ask(estate, devicesPath, { token, as: wrong })).status, 401);
  assert.equal((await ask(estate, devicesPath, { token, as: wrong })).status, 429);
  assert.equal((await ask(estate, configPath, { token })).status, 200, 'the token itself is not harmed');
});

test('a token does not buy free guesses at passwords that the cache does not know', async () => {
  const token = await signIn();
  const fresh = await startEstate({ paths, clock, hosts: cm.hosts });
  await fresh.apply(snapshotOf(...servingDocuments(cm, fresh.ca)));
  try {
    const wrong = { ...user, password: 'wrong' };
    assert.equal((await ask(fresh, devicesPath, { token, as: wrong })).status, 401);
    assert.equal((await ask(fresh, configPath, { token })).status, 401, 'the guess cost the token');
  } finally {
    await fresh.stop();
  }
});

test('somebody else’s credentials beside a token cost that somebody', async () => {
  const token = await signIn();
  const grace = { userName: 'grace', password: 'wrong' };
  for (let time = 0; time < 3; time += 1) {
    assert.equal((await ask(estate, configPath, { token, as: grace })).status, 401);
  }
  assert.equal((await ask(estate, configPath, { token, as: grace })).status, 429);
  assert.equal((await ask(estate, configPath, { token, as: user })).status, 200);
});

test('a token outlives a restart of the core, and a shorter interval shortens it at once', async () => {
  const token = await signIn();
  const documents = servingDocuments(cm, estate.ca);
  await estate.apply(snapshotOf(...documents, { kind: 'CredentialCaching', spec: { refreshIntervalMinutes: 60 } }));
  clock.advance(hourMs - 1);
  assert.equal((await ask(estate, configPath, { token })).status, 200);
  clock.advance(1);
  assert.equal((await ask(estate, configPath, { token })).status, 401);
});

for (const type of [
  'refuse',
  'hang',
  'malformed',
  'other-document',
  'entity-bomb',
  'truncated',
  'endless',
  'wrong-certificate',
] as const) {
  test(`UC servers that fail by ${type} are 503, never 401, and lock nobody out`, async () => {
    for (const host of ucHosts) await cm.setFault(host, { type });
    for (let time = 0; time < 4; time += 1) {
      const { status, headers } = await answerWhileTimePasses(ask(estate, configPath, { as: user }));
      assert.deepEqual([status, headers['retry-after']], [503, '10']);
    }
    for (const host of ucHosts) await cm.setFault(host);
    await signIn();
  });
}

for (const status of [500, 503] as const) {
  test(`UC servers that answer ${status} are 503, and lock nobody out`, async () => {
    for (const host of ucHosts) await cm.setFault(host, { type: 'status', status });
    for (let time = 0; time < 4; time += 1) assert.equal((await ask(estate, configPath, { as: user })).status, 503);
  });
}

test('a UC server that is away is passed over', async () => {
  await cm.setFault(subscriber, { type: 'refuse' });
  for (let time = 0; time < 3; time += 1) {
    clock.advance(8 * hourMs);
    await signIn();
  }
  await cm.setFault(subscriber);
  await cm.setFault(publisher, { type: 'refuse' });
  clock.advance(8 * hourMs);
  await signIn();
});

test('with credentials switched off the edge says so, and tokens that were given out go on', async () => {
  const token = await signIn();
  const documents = servingDocuments(cm, estate.ca);
  await estate.apply(snapshotOf(...documents, { kind: 'AccessControl', spec: { signIn: { userCredentials: false } } }));
  const { status, headers } = await ask(estate, configPath, { as: user });
  assert.deepEqual([status, headers['www-authenticate']], [401, 'Bearer realm="Cisco-Edge"']);
  assert.equal((await ask(estate, devicesPath, { token, as: user })).status, 200);
  const refreshed = await ask(estate, configPath, { token, as: user });
  assert.deepEqual([refreshed.status, refreshed.token], [200, undefined]);
});

test('single sign-on discovery is answered at the edge, for everybody alike', async () => {
  for (const email of ['ada@lab.example', 'nobody@lab.example']) {
    const { status, text } = await ask(estate, `/${encodeDomain(domain)}/get_edge_sso?email=${email}`);
    assert.equal(status, 200);
    assert.match(text, /<sso>false<\/sso><oauth>false<\/oauth><userCredentials>true</);
  }
  assert.equal(estate.links.opened, 0);
});

test('a domain that is not served is 404, and what is no domain 400', async () => {
  assert.equal((await ask(estate, `/${encodeDomain('other.example')}/get_edge_config`, { as: user })).status, 404);
  assert.equal((await ask(estate, `/${encodeDomain(domain)}/other`, { as: user })).status, 404);
  assert.equal((await ask(estate, '/not*base64/get_edge_config', { as: user })).status, 400);
  assert.equal(estate.links.opened, 0);
});

test('users with a live token are counted on both sides', async () => {
  const token = await signIn();
  await ask(estate, configPath, { token });
  assert.equal(estate.edge.counts().users, 1);
  assert.equal(estate.cores.get('core1')?.counts().users, 1);
  clock.advance(8 * hourMs);
  assert.equal(estate.edge.counts().users, 0);
  assert.equal(estate.cores.get('core1')?.counts().users, 0);
});
