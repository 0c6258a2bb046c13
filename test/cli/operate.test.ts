import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { authored } from '../../src/lab/estate/cluster-documents.js';
import { type Estate, newEstate } from '../../src/lab/estate/estate.js';
import { systemClock } from '../../src/platform/clock.js';
import { runCli, startCli, temporaryDirectory } from './cli.js';

const directory = temporaryDirectory();
const access = 'base/access.yaml';
let estate: Estate;

before(async () => {
  const environment = { PATH: process.env['PATH'], HOME: '/dev/null' };
  estate = await newEstate({ directory: join(directory, 'estate'), environment, clock: systemClock });
  await estate.startNodes();
});

after(() => estate.stop());

/** Runs a command where the configuration of the reconciler lies. */
function run(...args: readonly string[]) {
  return runCli(args, { cwd: estate.paths.directory });
}

function setLimit(before: number, after: number): Promise<string> {
  return estate.repository.edit(`Allow ${after}`, access, `PerPeriod: ${before}`, `PerPeriod: ${after}`);
}

test('before the first apply the plan has changes, and the status says that they are due', async () => {
  const plan = await run('plan');
  assert.equal(plan.code, 2, plan.stderr);
  assert.match(plan.stdout, /^lab to commit [0-9a-f]{7}: \d+ creates on 2 nodes/);
  assert.match(plan.stdout, /\+ AuthorizationRateControl\/default/);
  assert.match(plan.stderr, /^reading .*repository\nplanning lab\n$/);
  const status = await run('status');
  assert.match(status.stderr, /^no daemon answers, so the nodes are asked \(the reconciler did not answer .*\)\n/);
  assert.match(status.stdout, /^lab {2}changes are due\n/);
  assert.match(status.stdout, /edge-1 {2}edge {2}nothing {2}/);
});

test('a plan file is applied exactly, once', async () => {
  const planned = await run('plan', '--out', 'plan.json');
  assert.equal(planned.code, 2);
  assert.match(planned.stderr, /wrote plan\.json; `fairlead apply plan\.json` applies exactly this plan, or nothing/);
  const applied = await run('apply', 'plan.json');
  assert.equal(applied.code, 0, applied.stderr);
  assert.match(applied.stdout, /\nlab: applied\n {2}(?:core|edge)-1: confirmed\n {2}(?:core|edge)-1: confirmed\n$/);
  assert.match(applied.stderr, /activating core-1\nactivating edge-1\nconfirming/);
  const again = await run('apply', 'plan.json');
  assert.equal(again.code, 3);
  assert.equal(again.stdout, '');
  assert.match(again.stderr, /plan\.stale/);
});

test('once it is applied there is nothing to plan, in any format', async () => {
  const text = await run('plan');
  assert.deepEqual(
    [text.code, text.stdout.split('\n')[0]?.replace(/[0-9a-f]{7}/, 'COMMIT')],
    [0, 'lab to commit COMMIT: no changes'],
  );
  assert.equal((await run('plan', '--format', 'markdown')).stdout, 'No changes: `lab`\n');
  const json = await run('plan', '--output', 'json');
  assert.match(json.stdout, /^\{\n {2}"version": 1,\n {2}"cluster": "lab",/);
  const status = await run('status');
  assert.equal(status.code, 0, status.stdout);
  assert.match(status.stdout, /^lab {2}in sync\n/);
  assert.match(status.stdout, /edge-1 {2}edge {2}desired {2}ready {2}- {6}0 \(peak 0\), 0 calls {2}core-1 up\n/);
});

test('a change by hand shows in status and plan with who made it', async () => {
  const admin = await estate.admin('core-1');
  const spec = { maximumAuthorizationsPerPeriod: 9, ratePeriodSeconds: 300 };
  await admin.putResource(authored('AuthorizationRateControl', 'default', spec));
  const status = await run('status');
  assert.match(status.stdout, /drift: AuthorizationRateControl\/default on core-1 changed by operator at 20/);
  const plan = await run('plan', '--format', 'markdown');
  assert.equal(plan.code, 2);
  assert.match(plan.stdout, /drift: edited by operator/);
  assert.equal((await run('apply')).code, 0);
});

test('what a dump prints, committed in the place of what is there, plans to nothing', async () => {
  const dump = await run('dump', '--cluster', 'lab');
  assert.equal(dump.code, 0, dump.stderr);
  const folder = 'clusters/lab';
  const cluster = await estate.repository.read(`${folder}/cluster.yaml`);
  await estate.repository.commit('Begin with what is there', {
    [`${folder}/domains.yaml`]: undefined,
    [`${folder}/unified-cm.yaml`]: undefined,
    [`${folder}/allow-list.yaml`]: undefined,
    [access]: undefined,
    [`${folder}/cluster.yaml`]: cluster.replace(/ *bases:\n *- base\n/, ''),
    [`${folder}/dump.yaml`]: dump.stdout,
  });
  const plan = await run('plan');
  assert.equal(plan.code, 0, plan.stdout + plan.stderr);
  await estate.repository.revertHead();
});

test('a dump of one node has what that node runs; an unknown node is wrong usage that names the others', async () => {
  const edge = await run('dump', '--node', 'edge-1');
  assert.ok(!edge.stdout.includes('UnifiedCM'));
  assert.match((await run('dump', '--node', 'core-1', '-o', 'json')).stdout, /"kind": "UnifiedCM"/);
  const unknown = await run('dump', '--node', 'edge-7');
  assert.equal(unknown.code, 64);
  assert.match(unknown.stderr, /no node "edge-7" \[cli\.usage\]\nnext: Name one of edge-1, core-1\./);
});

test('an unknown cluster is wrong usage that names the ones there are', async () => {
  const { code, stderr } = await run('plan', '--cluster', 'emea');
  assert.equal(code, 64);
  assert.match(stderr, /no cluster "emea"; it declares lab/);
});

test('an invalid commit plans and applies nothing: exit code 4, with file and line', async () => {
  await setLimit(3, 3000);
  const plan = await run('plan');
  assert.equal(plan.code, 4);
  assert.match(plan.stdout, /base\/access\.yaml:\d+:\d+ error schema\.range/);
  assert.match((await run('plan', '-f', 'markdown')).stdout, /^### `lab`: invalid\n\n- `base\/access\.yaml:\d+:\d+` /);
  const json = await run('plan', '-o', 'json');
  assert.equal(json.stdout, '');
  assert.match(json.stderr, /base\/access\.yaml:\d+:\d+ error schema\.range/);
  assert.equal((await run('apply')).code, 4);
  await setLimit(3000, 3);
});

test('a commit that would do harm is applied, found out and rolled back: exit code 6', async () => {
  const file = 'clusters/lab/allow-list.yaml';
  const text = await estate.repository.read(file);
  await estate.repository.commit('Tidy up', { [file]: text.replaceAll('/cucm-uds', '/elsewhere') });
  const { code, stdout } = await run('apply', '-o', 'json');
  assert.equal(code, 6);
  assert.match(stdout, /"state": "rolled-back"/);
  assert.match(stdout, /"code": "apply\.probe-failed"/);
  await estate.repository.revertHead();
});

test('a guard refuses what deletes the last server: exit code 5, and the plan says why', async () => {
  await estate.repository.commit('Remove the publisher', { 'clusters/lab/unified-cm.yaml': undefined });
  const { code, stdout } = await run('apply');
  assert.equal(code, 5);
  assert.match(stdout, /guard\.last-server/);
  await estate.repository.revertHead();
});

test('one node is asked by itself with a token of its own', async () => {
  const port = estate.node('edge-1').pid === undefined ? 0 : estate.layout.edges[0]?.adminPort;
  const way = ['--node', `https://127.0.0.1:${port}`, '--ca', estate.paths.certificates.authority.certFile];
  const told = await run('status', ...way, '--token-file', estate.paths.operatorToken('edge-1'));
  assert.equal(told.code, 0, told.stderr);
  assert.match(told.stdout, /^edge-1 {2}edge of lab, fairlead \d.* {2}ready\n/);
  assert.match(told.stdout, /LINK TO .*\n {2}core-1 {3}up/);
  writeFileSync(join(directory, 'wrong.token'), 'not-the-token-of-anybody');
  const refused = await run('status', ...way, '--token-file', join(directory, 'wrong.token'));
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /node\.unauthenticated/);
  const untrusted = await run('status', ...way.slice(0, 2), '--token-file', estate.paths.operatorToken('edge-1'));
  assert.match(untrusted.stderr, /node\.unreachable/);
  assert.equal((await run('status', ...way)).code, 64);
});

test('a daemon tells its status, keeps its state for itself, and ends with 0 when it is asked to', async () => {
  await estate.reconciler.start();
  const seen = await waitForStatus();
  assert.match(seen.stdout, /^lab {2}in sync\n {2}desired {2}[0-9a-f]{7} Ada Engineer: /);
  assert.equal(seen.stderr, '');
  assert.match((await run('status', '-o', 'json')).stdout, /^\{\n {2}"from": "daemon",\n {2}"healthy": true,/);
  const apply = await run('apply');
  assert.equal(apply.code, 1);
  assert.match(apply.stderr, /state\.locked/);
  assert.equal((await run('plan')).code, 0);
  assert.deepEqual(await estate.reconciler.stop(), { code: 0, signal: null });
});

/** Asks until the daemon has looked at the cluster. */
async function waitForStatus() {
  for (;;) {
    const seen = await run('status');
    if (!seen.stdout.includes('not looked at yet') && seen.stdout.includes('lab')) return seen;
  }
}

test('a daemon that serves TLS is asked under exactly its own certificate', async () => {
  const { certificates, reconcilerConfig, directory: folder } = estate.paths;
  const { certFile, keyFile } = certificates.server('core-1');
  const tls = (cert: string) => `\n  tls: { certFile: ${JSON.stringify(cert)}, keyFile: ${JSON.stringify(keyFile)} }`;
  const text = readFileSync(reconcilerConfig, 'utf8');
  const withTls = (cert: string) => text.replace(/^server:/m, (server) => server + tls(cert));
  writeFileSync(join(folder, 'tls.yaml'), withTls(certFile));
  const other = certificates.unrelatedServer('core-1');
  writeFileSync(join(folder, 'other.yaml'), withTls(other.certFile).replace(keyFile, other.keyFile));
  const daemon = startCli(['run', '--config', 'tls.yaml'], { cwd: folder });
  await daemon.said('"msg":"ready"');
  assert.match((await run('status', '--config', 'tls.yaml', '-o', 'json')).stdout, /"from": "daemon"/);
  assert.match((await run('status', '--config', 'other.yaml', '-o', 'json')).stdout, /"from": "nodes"/);
  const { code, stdout } = await daemon.end('SIGTERM');
  assert.deepEqual([code, stdout], [0, '']);
});

test('a repository without a cluster plans and applies nothing: exit code 4', async () => {
  await estate.repository.git('mv', 'clusters/lab/cluster.yaml', 'cluster.txt');
  await estate.repository.commit('Hide the cluster');
  for (const command of ['plan', 'apply']) {
    const { code, stderr } = await run(command);
    assert.equal(code, 4);
    assert.match(stderr, /\[source\.empty\]\nnext: /);
  }
  await estate.repository.revertHead();
});

test('a node that is down makes the status unhealthy, with its name and the reason', async () => {
  await estate.node('edge-1').stop();
  const { code, stdout } = await run('status');
  assert.equal(code, 1);
  assert.match(stdout, /edge-1 {2}edge {2}- +no answer/);
  assert.match(stdout, /\n {2}edge-1: edge-1 did not answer /);
  await estate.node('edge-1').start();
});

test('a configuration that is missing or wrong is an error with its place', async () => {
  const missing = await run('plan', '--config', 'nowhere.yaml');
  assert.equal(missing.code, 1);
  assert.match(missing.stderr, /could not read .*nowhere\.yaml .*\[node\.config\]/);
  const text = readFileSync(estate.paths.reconcilerConfig, 'utf8').replace('stateDir:', 'stateDri:');
  writeFileSync(join(estate.paths.directory, 'wrong.yaml'), text);
  const wrong = await run('run', '--config', 'wrong.yaml');
  assert.equal(wrong.code, 1);
  assert.match(wrong.stderr, /wrong\.yaml:\d+:\d+: .*stateDri/);
});
