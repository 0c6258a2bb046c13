import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { writeLabCertificates } from '../../src/lab/certificates/lab-certificates.js';
import { hasEndpointsOf, isListening } from '../../src/lab/estate/readiness.js';
import { serveLabUnifiedCm } from '../../src/lab/uc-server/lab-uc-service.js';
import { RemoteUcControl } from '../../src/lab/uc-server/remote-uc-control.js';
import { systemClock } from '../../src/platform/clock.js';
import { temporaryDirectory } from './lab-directory.js';

const directory = temporaryDirectory();
const host = 'cucm-1.lab.example';
const configFile = join(directory, 'lab-uc.json');
const tokenFile = join(directory, 'control.token');

function writeConfig(content: object): void {
  writeFileSync(configFile, JSON.stringify(content));
}

const config = {
  domain: 'lab.example',
  port: 0,
  hosts: [host],
  certificates: directory,
  users: [{ userName: 'ada', password: 'engine' }],
  control: { port: 0, tokenFile },
};

before(async () => {
  const servers = [{ name: host, hosts: [{ type: 'dns', value: host } as const] }];
  await writeLabCertificates(directory, { servers, clients: [], cores: [], nodes: [] }, systemClock);
  writeFileSync(tokenFile, 'token\n');
});

test('a stand-in of a configuration file serves until it is stopped, and is driven over its control port', async () => {
  writeConfig(config);
  const service = await serveLabUnifiedCm(configFile, systemClock);
  const control = new RemoteUcControl(service.controlPort, 'token');
  assert.equal(await isListening(service.controlPort), true);
  await control.setEnabled('ada', false);
  assert.equal((await control.record()).counts.requests, 0);
  await control.close();
  await service.stop();
  assert.equal(await isListening(service.controlPort), false);
});

test('a file that is not there, is not JSON, or says something else is refused', async () => {
  const refused = { code: 'node.config' };
  await assert.rejects(serveLabUnifiedCm(join(directory, 'none.json'), systemClock), refused);
  writeFileSync(configFile, '{');
  await assert.rejects(serveLabUnifiedCm(configFile, systemClock), refused);
  for (const wrong of [{ port: 70_000 }, { hosts: 'a' }, { users: [{}] }, { control: {} }]) {
    writeConfig({ ...config, ...wrong });
    await assert.rejects(serveLabUnifiedCm(configFile, systemClock), refused);
  }
});

test('endpoints count only when they are of the process that was started', async () => {
  const file = join(directory, 'endpoints.json');
  assert.equal(await hasEndpointsOf(file, 7), false);
  writeFileSync(file, '{"pid": 6');
  assert.equal(await hasEndpointsOf(file, 7), false);
  writeFileSync(file, '{"pid": 6}');
  assert.equal(await hasEndpointsOf(file, 7), false);
  writeFileSync(file, '{"pid": 7}');
  assert.equal(await hasEndpointsOf(file, 7), true);
});
