import assert from 'node:assert/strict';
import { readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { adminPaths } from '../../src/admin/contract.js';
import { readerAccount, readerPasswordFile } from '../../src/lab/estate/cluster-documents.js';
import { rigOfFile, until } from './rig.js';

const password = 'Zq7-userPassword-kept-to-herself';
const rotated = 'Zq7-rotatedReaderPassword';
const rig = rigOfFile((one) => one.startReconciler(), { users: [{ userName: 'ada', password }] });
/** Everything that the programs said to anybody, by where it was said. */
const said = new Map<string, string>();

async function textsBelow(directory: string): Promise<readonly (readonly [string, string])[]> {
  const texts: (readonly [string, string])[] = [];
  for (const name of await readdir(directory, { recursive: true })) {
    const path = join(directory, name);
    if ((await stat(path)).isFile()) texts.push([path, await readFile(path, 'latin1')]);
  }
  return texts;
}

/** The values that nobody may be told, by name: as they are, and as they travel. */
async function secretValues(): Promise<ReadonlyMap<string, string>> {
  const { paths, nodes } = rig().estate;
  const files = [
    join(paths.secrets, readerPasswordFile),
    paths.reconcilerToken,
    paths.webhookSecret,
    ...nodes.flatMap(({ name }) => [paths.applyToken(name), paths.operatorToken(name)]),
  ];
  const values = new Map([
    ['password of ada', password],
    ['credentials of ada', Buffer.from(`ada:${password}`).toString('base64')],
    ['rotated password', rotated],
    ['rotated credentials', Buffer.from(`${readerAccount}:${rotated}`).toString('base64')],
  ]);
  for (const file of files) values.set(file, (await readFile(file, 'utf8')).trim());
  for (const { name } of nodes) {
    const key = await readFile(paths.certificates.linkKey(name).privateKeyFile, 'utf8');
    values.set(`link key of ${name}`, key.split('\n')[2] ?? '');
  }
  return values;
}

async function hear(name: string, ...args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await rig().run(name, ...args);
  said.set([name, ...args].join(' '), stdout + stderr);
  return stdout;
}

test('a secret whose file changes is delivered anew, with the rotation as the cause', async () => {
  const { estate } = rig();
  const before = await rig().cluster.node('core-1');
  await estate.unifiedCm.setPassword(readerAccount, rotated);
  await estate.reconciler.stop();
  await writeFile(join(estate.paths.secrets, readerPasswordFile), `${rotated}\n`);
  const text = await hear('plan');
  assert.match(text, /UnifiedCM\/cucm-lab/);
  assert.match(text, /a secret has a new value/);
  const json = await hear('plan', '--output', 'json');
  assert.match(json, /"type": "rotation"/);

  await estate.reconciler.start();
  const after = await until('the rotated secret is applied', async () => {
    const view = await rig().cluster.node('core-1');
    return view?.digest !== before?.digest && view?.isPending === false ? view : undefined;
  });
  assert.equal(after.ready, true);
  const client = estate.newClient({ password });
  assert.equal((await client.signIn()).operation.status, 200);
  await client.fetchUds('user/ada/devices');
});

test('a secret that is taken away leaves what serves alone, and the error names the reference and no value', async () => {
  const { estate } = rig();
  const path = join(estate.paths.secrets, readerPasswordFile);
  const before = await rig().cluster.all();
  await estate.reconciler.stop();
  await writeFile(path, '');
  const { code, stdout, stderr } = await rig().run('apply');
  said.set('apply without the secret', stdout + stderr);
  assert.equal(code, 1, stderr);
  assert.match(stderr, /secret\./);
  assert.match(stderr, new RegExp(readerPasswordFile.replaceAll('.', '\\.')));
  assert.deepEqual(await rig().cluster.all(), before);
  await writeFile(path, `${rotated}\n`);
  await estate.reconciler.start();
});

test('no secret stands in any log, status, plan, answer or state of the reconciler', async () => {
  const { estate } = rig();
  await rig().inForce(await estate.repository.head());
  for (const command of ['status', 'dump', 'plan']) await hear(command);
  const validated = await estate.run(['validate', estate.paths.repository]);
  said.set('validate', validated.stdout + validated.stderr);
  await hear('status', '--output', 'json');
  await hear('plan', '--format', 'markdown');
  for (const { name } of estate.nodes) {
    const admin = await rig().cluster.admin(name);
    for (const path of [adminPaths.snapshot, adminPaths.status, adminPaths.openapi, adminPaths.metrics]) {
      const { body } = await admin.get(path);
      said.set(`${name} ${path}`, JSON.stringify(body));
    }
    const refused = await admin.putResource({ kind: 'UnifiedCM', metadata: { name: 'cucm-lab' } });
    said.set(`${name} refused edit`, JSON.stringify(refused.body));
  }
  for (const path of ['/v1/status', '/metrics'])
    said.set(`reconciler ${path}`, await (await rig().reconciler.get(path)).text());
  for (const [path, text] of await textsBelow(estate.paths.logs)) said.set(path, text);
  for (const [path, text] of await textsBelow(estate.paths.reconcilerState)) said.set(path, text);

  assert.ok(said.size > 20, `${said.size} texts`);
  for (const [secret, value] of await secretValues()) {
    assert.ok(value.length >= 16, `${secret} is too short to be looked for`);
    for (const [place, text] of said) assert.ok(!text.includes(value), `${secret} stands in ${place}`);
  }
});

test('a node keeps secrets where only its owner reads them, and nowhere else', async () => {
  const { estate } = rig();
  const holders: string[] = [];
  for (const { name } of estate.nodes) {
    for (const [path, text] of await textsBelow(estate.paths.nodeState(name))) {
      if (!text.includes(rotated)) continue;
      holders.push(path);
      assert.equal((await stat(path)).mode & 0o777, 0o600, path);
    }
  }
  assert.equal(holders.length, 1, holders.join(' '));
  assert.ok(holders[0]?.startsWith(estate.paths.nodeState('core-1')));
});
