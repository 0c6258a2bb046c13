import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { validateResource } from '../../src/index.js';
import { readReconcilerConfig } from '../../src/reconciler/config.js';
import { loadNodeConfig } from '../../src/runtime/node-config-file.js';
import { allPages, blocksOf, readProjectFile } from './markdown.js';

const root = join(import.meta.dirname, '../..');
const examples = join(root, 'examples', 'bootstrap');

/** A block that a page gives a name to, and what loads such a file. */
const named = allPages().flatMap((page) =>
  blocksOf(page).flatMap(({ file, text }) => (file === undefined ? [] : [{ page: page.path, file, text }])),
);

test('the example of a node of each role is one that a node starts with', async () => {
  const edge = await loadNodeConfig(join(examples, 'edge1.yaml'));
  const core = await loadNodeConfig(join(examples, 'core1.yaml'));
  assert.deepEqual([edge.role, core.role, edge.cluster], ['edge', 'core', core.cluster]);
});

test('the example of a reconciler is one that the daemon starts with', async () => {
  const { source, secretsDir } = await readReconcilerConfig(join(examples, 'fairlead.yaml'));
  assert.equal(source.url.protocol, 'ssh');
  assert.equal(secretsDir, join(examples, 'secrets'));
});

test('the nodes of the examples know each other, and share their token keys', async () => {
  const edge = await loadNodeConfig(join(examples, 'edge1.yaml'));
  const core = await loadNodeConfig(join(examples, 'core1.yaml'));
  assert.ok(edge.role === 'edge' && core.role === 'core');
  assert.deepEqual(
    edge.link.cores.map(({ name }) => name),
    [core.name],
  );
  assert.deepEqual(
    core.link.edges.map(({ name, host, port }) => [name, host, port]),
    [[edge.name, edge.access.publicName, edge.link.listen.port]],
  );
  assert.equal(edge.tokens.verificationKeysFile, core.tokens.verificationKeysFile);
});

for (const { page, file, text } of named) {
  test(`${file} in ${page} is what it says`, () => {
    if (existsSync(join(examples, file))) assert.equal(text, readProjectFile(join('examples', 'bootstrap', file)));
    else assert.deepEqual(validateResource(parse(text)), []);
  });
}

test('the services run commands with files that the examples hold', () => {
  const units = readdirSync(join(root, 'examples', 'systemd'));
  assert.deepEqual(units, ['fairlead-node.service', 'fairlead-reconciler.service']);
  const commands = units.map((unit) => /^ExecStart=(.*)$/m.exec(readProjectFile(`examples/systemd/${unit}`))?.[1]);
  assert.deepEqual(commands, [
    '/usr/local/bin/fairlead node --config /etc/fairlead/${NODE}.yaml',
    '/usr/local/bin/fairlead run --config /etc/fairlead/fairlead.yaml',
  ]);
});
