import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startCli, temporaryDirectory } from './cli.js';

const directory = temporaryDirectory();
const sockets = new Set<Socket>();
/** A Git server that takes connections and never answers. */
const silent = createServer((socket) => void sockets.add(socket));

before(async () => {
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = addressOf(silent.address());
  const source = `source: { url: "http://127.0.0.1:${port}/mra.git", allowInsecureTransport: true }`;
  writeFileSync(join(directory, 'fairlead.yaml'), `${source}\nstateDir: state\n`);
});

after(() => {
  for (const socket of sockets) socket.destroy();
  silent.close();
});

function addressOf(address: AddressInfo | string | null): AddressInfo {
  assert.ok(typeof address === 'object' && address !== null);
  return address;
}

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  test(`a command that is interrupted by ${signal} says so and ends with ${code}`, async () => {
    const plan = startCli(['plan'], { cwd: directory });
    await Promise.all([plan.said('reading http://127.0.0.1:'), once(silent, 'connection')]);
    const end = await plan.end(signal);
    assert.equal(end.stdout, '');
    assert.match(end.stderr, new RegExp(`\\ninterrupted by ${signal}\\n$`));
    assert.equal(end.code, code);
  });
}
