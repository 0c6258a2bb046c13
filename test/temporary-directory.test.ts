import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ownTemporaryDirectory } from '../script/temporary-directory.js';

test('directories of test runs that were killed long ago are removed, and no others', (t) => {
  const parent = mkdtempSync(join(tmpdir(), 'fairlead-parent-'));
  t.after(() => rmSync(parent, { recursive: true, force: true }));
  const { pid: ended } = spawnSync(process.execPath, ['--version']);
  const made = (name: string, ageHours: number) => {
    const path = join(parent, name);
    mkdirSync(join(path, 'deep'), { recursive: true });
    const time = new Date(Date.now() - ageHours * 3_600_000);
    utimesSync(path, time, time);
    return path;
  };
  const stale = made(`fairlead-test-${ended}-a`, 2);
  const kept = [
    made(`fairlead-test-${ended}-b`, 0),
    made(`fairlead-test-${process.pid}-c`, 2),
    made('fairlead-test-x-d', 2),
    made('other', 2),
  ];
  const own = ownTemporaryDirectory(parent);
  assert.deepEqual([existsSync(stale), existsSync(own)], [false, true]);
  assert.deepEqual(kept.filter(existsSync), kept);
});
