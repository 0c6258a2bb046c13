import assert from 'node:assert/strict';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { FileReload } from '../../src/platform/file-reload.js';
import { silentLog } from '../../src/platform/log.js';
import { FakeClock } from '../fake-clock.js';

interface Watched {
  readonly clock: FakeClock;
  readonly files: FileReload;
  readonly path: string;
  readonly readings: () => number;
  readonly refuse: (isRefused: boolean) => void;
  /** Lets half a minute pass, and what it started end. */
  readonly look: () => Promise<void>;
}

async function watch(t: TestContext): Promise<Watched> {
  const directory = mkdtempSync(join(tmpdir(), 'fairlead-reload-'));
  const path = join(directory, 'key.pem');
  writeFileSync(path, 'one');
  const clock = new FakeClock();
  let readings = 0;
  let isRefused = false;
  const reload = () => {
    readings += 1;
    return isRefused ? Promise.reject(new Error('torn')) : Promise.resolve();
  };
  const files = new FileReload([{ name: 'key', files: [path], reload }], clock, silentLog);
  await files.start();
  t.after(async () => {
    await files.stop();
    rmSync(directory, { recursive: true, force: true });
  });
  const look = async () => {
    clock.advance(30_000);
    while (clock.pendingTimers === 0) await new Promise(setImmediate);
  };
  const refuse = (next: boolean) => {
    isRefused = next;
  };
  return { clock, files, path, readings: () => readings, refuse, look };
}

test('a file is read again within half a minute of its change, and not without one', async (t) => {
  const { path, look, readings } = await watch(t);
  await look();
  assert.equal(readings(), 0);
  writeFileSync(path, 'two!');
  await look();
  await look();
  assert.equal(readings(), 1);
  writeFileSync(`${path}.new`, 'two?');
  renameSync(`${path}.new`, path);
  await look();
  assert.equal(readings(), 2);
});

test('a file that cannot be used is not tried again before it changes', async (t) => {
  const { path, look, readings, refuse } = await watch(t);
  refuse(true);
  writeFileSync(path, 'torn');
  await look();
  await look();
  assert.equal(readings(), 1);
  refuse(false);
  writeFileSync(path, 'whole');
  await look();
  assert.equal(readings(), 2);
});

test('on request every file is read again, changed or not', async (t) => {
  const { files, readings } = await watch(t);
  await files.reload();
  assert.equal(readings(), 1);
});

test('after its stop nothing is looked at', async (t) => {
  const { files, clock, readings, path } = await watch(t);
  await files.stop();
  writeFileSync(path, 'two!');
  await files.reload();
  assert.deepEqual([clock.pendingTimers, readings()], [0, 0]);
});
