import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, rmdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { newRig, type Rig } from './rig.js';

const base = mkdtempSync(join(tmpdir(), 'fairlead-e2e-'));
let rig: Rig;
let isMounted = false;

/** Puts a file system of half a mebibyte under a directory; says whether that is allowed here. */
function mountSmallDisk(directory: string): boolean {
  mkdirSync(directory, { recursive: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'fairlead-test', directory], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Leaves no room for another byte; where nothing could be mounted, the name of the next file is taken. Gives the way back. */
function fill(directory: string): () => void {
  const filler = join(directory, isMounted ? 'filler' : 'pending.json.new');
  if (!isMounted) {
    mkdirSync(filler);
    return () => rmdirSync(filler);
  }
  assert.throws(() => writeFileSync(filler, Buffer.alloc(1024 * 1024)), { code: 'ENOSPC' });
  return () => rmSync(filler);
}

before(async () => {
  rig = await newRig(base, { pollIntervalSeconds: 3600 });
  isMounted = mountSmallDisk(rig.estate.paths.nodeState('core-1'));
  await rig.estate.startNodes();
  await rig.startReconciler();
});

after(async () => {
  await rig.estate.stop();
  if (isMounted) execFileSync('umount', [rig.estate.paths.nodeState('core-1')]);
  rmSync(base, { recursive: true, force: true });
});

test('a change that a full disk refused is applied by itself once there is room', async () => {
  const makeRoom = fill(rig.estate.paths.nodeState('core-1'));
  const { repository } = rig.estate;
  const text = await repository.read('base/access.yaml');
  const larger = text.replace(/burst: (\d+)/, (_, burst: string) => `burst: ${Number(burst) + 1}`);
  const commit = await repository.commit('Allow a larger burst', { 'base/access.yaml': larger });
  const refused = await rig.pushed(commit, 'error');
  assert.equal(refused.outcome?.code, 'node.storage', refused.outcome?.message);
  assert.match(refused.outcome.message, /core-1: .*pending\.json \((?:ENOSPC|EISDIR)\)/);
  makeRoom();
  await rig.inForce(commit);
  for (const { revision } of await rig.quiet()) assert.equal(revision, commit);
});
