import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type UcModel, newUcUser } from '../../src/lab/uc-server/uc-model.js';
import { answerUds } from '../../src/lab/uc-server/uds-answer.js';

const testdata = join(import.meta.dirname, 'testdata', 'uds');
const ada = newUcUser(
  {
    userName: 'Ada',
    password: 'engine',
    id: '6c1f7d4e-0a52-4d0c-9d8a-1f6b2c3d4e5f',
    displayName: 'Ada <Countess> & Engineer',
    devices: [
      {
        id: 'f0e1d2c3-b4a5-4968-8776-655443322110',
        name: 'CSFADA',
        model: 'Cisco Unified Client Services Framework',
        description: 'Soft client of Ada',
        protocol: 'SIP',
      },
    ],
  },
  'lab.example',
);
const guest = newUcUser({ userName: 'guest', password: 'pass', remoteHomeHost: 'cucm-9.apac.example' }, 'lab.example');
const service = newUcUser({ userName: 'service', password: 'pass', endUser: false }, 'lab.example');
const gone = newUcUser({ userName: 'gone', password: 'pass', enabled: false }, 'lab.example');
const users = [ada, guest, service, gone];
const model: UcModel = {
  version: '14.0.1',
  schemaVersion: '14.0.0',
  port: 8443,
  nodes: [
    { host: 'cucm-1.lab.example', listed: true },
    { host: 'cucm-2.lab.example', listed: true },
    { host: 'cucm-3.lab.example', listed: false },
  ],
  users: new Map(users.map((user) => [user.userName.toLowerCase(), user])),
};

function basic(userName: string, password: string): string {
  return `Basic ${Buffer.from(`${userName}:${password}`).toString('base64')}`;
}

function ask(target: string, authorization?: string, method = 'GET') {
  return answerUds(model, 'cucm-1.lab.example', { method, target, authorization });
}

/** Line ends and indentation of a fixture are for the reader; the document has none. */
function fixture(name: string): string {
  return readFileSync(join(testdata, name), 'utf8').replace(/\n\s*/g, '');
}

const signIn = basic('Ada', 'engine');
const documents = [
  ['version.xml', '/cucm-uds/version', undefined],
  ['servers.xml', '/cucm-uds/servers', undefined],
  ['cluster-user-found.xml', '/cucm-uds/clusterUser?username=ada', undefined],
  ['cluster-user-remote.xml', '/cucm-uds/clusterUser?username=guest', undefined],
  ['cluster-user-not-found.xml', '/cucm-uds/clusterUser?username=nobody', undefined],
  ['user.xml', '/cucm-uds/user/Ada', signIn],
  ['devices.xml', '/cucm-uds/user/Ada/devices', signIn],
] as const;

for (const [name, target, authorization] of documents) {
  test(`GET ${target} answers the bytes of ${name}`, () => {
    const answer = ask(target, authorization);
    assert.equal(answer.status, 200);
    assert.equal(answer.body, fixture(name));
  });
}

test('the case of a user name does not matter to find the user, and the stored form stands in the answer', () => {
  assert.match(ask('/cucm-uds/user/aDa', basic('ADA', 'engine')).body, /<userName>Ada<\/userName>/);
});

test('a user is found by email as well', () => {
  assert.match(ask('/cucm-uds/clusterUser?email=ADA@lab.example').body, /found="true"/);
});

test('what belongs to a user needs that user, with 401 and a challenge for anybody unknown', () => {
  const unknown = [
    undefined,
    basic('Ada', 'wrong'),
    basic('nobody', 'engine'),
    basic('gone', 'pass'),
    'Bearer x',
    'Basic =',
  ];
  for (const authorization of unknown) {
    for (const target of ['/cucm-uds/user/Ada', '/cucm-uds/user/Ada/devices']) {
      const { status, headers } = ask(target, authorization);
      assert.equal(status, 401, `${target} with ${authorization ?? 'nothing'}`);
      assert.match(headers['www-authenticate'] ?? '', /^Basic realm="lab: stand-in, not a real Unified CM"$/);
    }
  }
});

test('another user, and one who is no end user, get 403', () => {
  assert.equal(ask('/cucm-uds/user/Ada/devices', basic('guest', 'pass')).status, 403);
  assert.equal(ask('/cucm-uds/user/service/devices', basic('service', 'pass')).status, 403);
});

test('a clusterUser call that names nobody is a bad parameter', () => {
  assert.equal(ask('/cucm-uds/clusterUser').status, 415);
});

test('an unknown path is 404, another verb 405 with Allow, and both are unscripted', () => {
  for (const target of [
    '/',
    '/cucm-uds',
    '/cucm-uds/versions',
    '/cucm-uds/user/Ada/x',
    '/cucm-uds/user/%E0%A4%A',
    '/axl/',
  ]) {
    const { status, resource } = ask(target, signIn);
    assert.deepEqual([status, resource], [404, undefined], target);
  }
  const { status, headers, resource } = ask('/cucm-uds/version', undefined, 'POST');
  assert.deepEqual([status, headers['allow'], resource], [405, 'GET', undefined]);
});
