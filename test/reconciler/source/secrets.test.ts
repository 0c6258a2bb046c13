import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { inspect } from 'node:util';
import { FairleadError } from '../../../src/errors.js';
import { snapshotDigest } from '../../../src/model/digest.js';
import type { Declaration } from '../../../src/model/snapshot.js';
import { type Log, silentLog } from '../../../src/platform/log.js';
import { assumeFingerprints, newSecretResolver, unknownFingerprint } from '../../../src/reconciler/source/secrets.js';
import { temporaryDirectory } from './git-repository.js';
import { clusterText, compileFiles, documentText } from './memory-tree.js';

const signal = new AbortController().signal;

async function declare(passwordRef: Readonly<Record<string, string>>): Promise<Declaration> {
  const cm = { publisher: 'cucm.example.com', credentials: { username: 'reader', passwordRef } };
  const files = { 'emea/cluster.yaml': clusterText('emea'), 'emea/cm.yaml': documentText('UnifiedCM', 'main', cm) };
  const { clusters, problems } = await compileFiles(files);
  assert.deepEqual(problems, []);
  return clusters.get('emea')!;
}

const nodeTokens = { FAIRLEAD_SECRET_EDGE_1: 'edge-token', FAIRLEAD_SECRET_CORE_1: 'core-token' };

interface Rig {
  readonly secretsDir: string;
  readonly stateDir: string;
  readonly environment: Record<string, string | undefined>;
  readonly resolver: ReturnType<typeof newSecretResolver>;
}

function newRig(t: TestContext, log: Log = silentLog, unresolved: 'refuse' | 'mark' = 'refuse'): Rig {
  const directory = temporaryDirectory(t);
  const [secretsDir, stateDir] = [join(directory, 'secrets'), join(directory, 'state')];
  mkdirSync(secretsDir);
  const environment = { ...nodeTokens };
  return {
    secretsDir,
    stateDir,
    environment,
    resolver: newSecretResolver({ environment, secretsDir, stateDir, log, unresolved }),
  };
}

function fingerprintOf(declaration: Declaration): string | undefined {
  const cm = declaration.resources.get('UnifiedCM/main');
  return cm?.kind === 'UnifiedCM' ? cm.spec.credentials.passwordRef.fingerprint : undefined;
}

async function errorOf(promise: Promise<unknown>): Promise<FairleadError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof FairleadError);
  return error;
}

test('a value from a variable and one from a file are found, and their fingerprints stand in the references', async (t) => {
  const { resolver, environment, secretsDir } = newRig(t);
  environment['FAIRLEAD_SECRET_CM'] = 'pässword';
  writeFileSync(join(secretsDir, 'cm'), 'pässword\n', { mode: 0o600 });
  const fromVariable = await resolver(await declare({ env: 'FAIRLEAD_SECRET_CM' }), signal);
  const fromFile = await resolver(await declare({ file: 'cm' }), signal);
  const fingerprint = fingerprintOf(fromVariable.declaration);
  assert.match(fingerprint ?? '', /^hmac-sha256:[0-9a-f]{32}$/);
  assert.equal(fingerprintOf(fromFile.declaration), fingerprint, 'the same value under the same key');
  assert.equal(fromFile.secrets.get(fingerprint!)?.reveal(), 'pässword');
  assert.equal(fromFile.secrets.size, 3);
});

test('one line end at the end of a file does not count, everything else does', async (t) => {
  const { resolver, secretsDir } = newRig(t);
  const cases = [
    ['a\n', 'a'],
    ['a\r\n', 'a'],
    ['a\n\n', 'a\n'],
    [' a ', ' a '],
    ['a', 'a'],
  ] as const;
  for (const [content, value] of cases) {
    writeFileSync(join(secretsDir, 'cm'), content, { mode: 0o600 });
    const { declaration, secrets } = await resolver(await declare({ file: 'cm' }), signal);
    assert.equal(secrets.get(fingerprintOf(declaration)!)?.reveal(), value);
  }
});

test('a rotated value is another fingerprint and digest; the same values give the very same object', async (t) => {
  const { resolver, environment } = newRig(t);
  const declaration = await declare({ env: 'FAIRLEAD_SECRET_CM' });
  environment['FAIRLEAD_SECRET_CM'] = 'one';
  const first = await resolver(declaration, signal);
  assert.equal(await resolver(declaration, signal), first);
  environment['FAIRLEAD_SECRET_CM'] = 'two';
  const second = await resolver(declaration, signal);
  assert.notEqual(snapshotDigest(second.declaration), snapshotDigest(first.declaration));
  assert.equal(second.declaration.resources.get('Cluster/emea'), first.declaration.resources.get('Cluster/emea'));
});

test('references whose values change places are seen', async (t) => {
  const { resolver, environment } = newRig(t);
  const declaration = await declare({ env: 'FAIRLEAD_SECRET_CM' });
  environment['FAIRLEAD_SECRET_CM'] = 'edge-token';
  const first = await resolver(declaration, signal);
  environment['FAIRLEAD_SECRET_CM'] = 'core-token';
  assert.notEqual(fingerprintOf((await resolver(declaration, signal)).declaration), fingerprintOf(first.declaration));
});

test('clusters and installations have keys of their own, kept private and kept', async (t) => {
  const [one, other] = [newRig(t), newRig(t)];
  const declaration = await declare({ env: 'FAIRLEAD_SECRET_EDGE_1' });
  const fingerprint = fingerprintOf((await one.resolver(declaration, signal)).declaration);
  assert.notEqual(fingerprintOf((await other.resolver(declaration, signal)).declaration), fingerprint);
  assert.notEqual(
    fingerprintOf((await one.resolver({ ...declaration, cluster: 'apac' }, signal)).declaration),
    fingerprint,
  );
  const again = newSecretResolver({ ...one, log: silentLog, unresolved: 'refuse' });
  assert.equal(fingerprintOf((await again(declaration, signal)).declaration), fingerprint);
  const keys = join(one.stateDir, 'fingerprint-keys');
  assert.deepEqual(readdirSync(keys), ['apac.key', 'emea.key']);
  const { mode, size } = statSync(join(keys, 'emea.key'));
  assert.deepEqual([mode & 0o777, size], [0o600, 32]);
});

test('a key file that is torn is told and not replaced', async (t) => {
  const { resolver, stateDir } = newRig(t);
  mkdirSync(join(stateDir, 'fingerprint-keys'), { recursive: true });
  writeFileSync(join(stateDir, 'fingerprint-keys', 'emea.key'), 'torn');
  const error = await errorOf(resolver(await declare({ env: 'FAIRLEAD_SECRET_EDGE_1' }), signal));
  assert.equal(error.code, 'state.damaged');
});

test('every reference without a value is told at once, with its place and without any value', async (t) => {
  const { resolver, environment } = newRig(t);
  environment['FAIRLEAD_SECRET_EDGE_1'] = undefined;
  environment['FAIRLEAD_SECRET_CORE_1'] = '';
  const error = await errorOf(resolver(await declare({ file: 'cm/password' }), signal));
  assert.equal(error.code, 'secret.unresolved');
  assert.deepEqual(error.details, [
    {
      place: 'emea/cluster.yaml:1:1 Cluster/emea spec.edges[0].admin.tokenRef',
      message: 'there is no variable FAIRLEAD_SECRET_EDGE_1',
    },
    {
      place: 'emea/cluster.yaml:1:1 Cluster/emea spec.cores[0].admin.tokenRef',
      message: 'the variable FAIRLEAD_SECRET_CORE_1 is empty',
    },
    {
      place: 'emea/cm.yaml:1:1 UnifiedCM/main spec.credentials.passwordRef',
      message: 'there is no file cm/password below the secrets directory',
    },
  ]);
});

test('links may swap secrets within their directory and not lead out of it', async (t) => {
  const { resolver, secretsDir } = newRig(t);
  mkdirSync(join(secretsDir, '..data'));
  writeFileSync(join(secretsDir, '..data', 'cm'), 'inside', { mode: 0o600 });
  symlinkSync('..data/cm', join(secretsDir, 'cm'));
  const { declaration, secrets } = await resolver(await declare({ file: 'cm' }), signal);
  assert.equal(secrets.get(fingerprintOf(declaration)!)?.reveal(), 'inside');
  writeFileSync(join(secretsDir, '..', 'secrets-outside'), 'outside');
  symlinkSync('../secrets-outside', join(secretsDir, 'out'));
  symlinkSync('..', join(secretsDir, 'up'));
  for (const file of ['out', 'up/secrets-outside', 'up']) {
    const error = await errorOf(resolver(await declare({ file }), signal));
    assert.deepEqual(
      [error.code, error.message.includes('not below the secrets directory')],
      ['secret.refused', true],
      file,
    );
  }
});

test('what is no secret is refused: directories, large files, bytes that are no text', async (t) => {
  const { resolver, secretsDir } = newRig(t);
  mkdirSync(join(secretsDir, 'directory'));
  writeFileSync(join(secretsDir, 'large'), 'x'.repeat(65_537), { mode: 0o600 });
  writeFileSync(join(secretsDir, 'bytes'), Buffer.from([0xff, 0xfe]), { mode: 0o600 });
  for (const file of ['directory', 'large', 'bytes']) {
    const error = await errorOf(resolver(await declare({ file }), signal));
    assert.equal(error.code, 'secret.refused', file);
  }
});

test('a file that everybody can read is used, and warned about once', async (t) => {
  const warned: object[] = [];
  const log: Log = { ...silentLog, warn: (fields) => warned.push(fields) };
  const { resolver, secretsDir } = newRig(t, log);
  const path = join(secretsDir, 'cm');
  writeFileSync(path, 'value');
  chmodSync(path, 0o644);
  const declaration = await declare({ file: 'cm' });
  await resolver(declaration, signal);
  await resolver(declaration, signal);
  assert.deepEqual(warned, [{ path }]);
});

test('nothing that is printed holds a value', async (t) => {
  const { resolver } = newRig(t);
  const resolved = await resolver(await declare({ env: 'FAIRLEAD_SECRET_EDGE_1' }), signal);
  for (const text of [inspect(resolved, { depth: 20 }), JSON.stringify([...resolved.secrets])])
    assert.doesNotMatch(text, /edge-token|core-token/);
  const secrets = [...resolved.secrets.values()].map(String).join();
  assert.doesNotMatch(secrets, /token/);
});

test('without the values, a reference has the fingerprint that a node has for it, and a mark where none has', async (t) => {
  const { resolver } = newRig(t);
  const declaration = await declare({ env: 'FAIRLEAD_SECRET_EDGE_1' });
  const observed = (await resolver(declaration, signal)).declaration;
  const elsewhere = newRig(t, silentLog, 'mark');
  elsewhere.environment['FAIRLEAD_SECRET_EDGE_1'] = undefined;
  const marked = await elsewhere.resolver(declaration, signal);
  assert.equal(fingerprintOf(marked.declaration), unknownFingerprint);
  assert.equal(marked.secrets.size, 1);
  assert.equal(snapshotDigest(assumeFingerprints(declaration, [observed])), snapshotDigest(observed));
  assert.equal(snapshotDigest(assumeFingerprints(marked.declaration, [observed])), snapshotDigest(observed));
  const moved = await declare({ env: 'FAIRLEAD_SECRET_CM' });
  assert.equal(fingerprintOf(assumeFingerprints(moved, [observed])), unknownFingerprint);
});

test('the key is nowhere but in its file', async (t) => {
  const { resolver, stateDir } = newRig(t);
  const resolved = await resolver(await declare({ env: 'FAIRLEAD_SECRET_EDGE_1' }), signal);
  const key = readFileSync(join(stateDir, 'fingerprint-keys', 'emea.key'));
  assert.ok(!inspect(resolved, { depth: 20 }).includes(key.toString('hex')));
});
