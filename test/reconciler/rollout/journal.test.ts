import assert from 'node:assert/strict';
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { noCrash } from '../../../src/reconciler/crash-hook.js';
import { openJournal } from '../../../src/reconciler/journal.js';
import { RolloutJournal } from '../../../src/reconciler/rollout/rollout-journal.js';
import { lockState } from '../../../src/reconciler/state-lock.js';

const root = mkdtempSync(join(tmpdir(), 'fairlead-journal-'));
after(() => rmSync(root, { recursive: true, force: true }));

function newPath(): string {
  return join(mkdtempSync(join(root, 'state-')), 'deep', 'journal.jsonl');
}

const readText = (value: unknown) => (typeof value === 'string' ? value : undefined);
const open = (path: string) => openJournal(path, readText, { name: 'journal' });

async function written(...entries: readonly string[]): Promise<string> {
  const path = newPath();
  const journal = await open(path);
  for (const entry of entries) await journal.append(entry);
  await journal.close();
  return path;
}

async function entriesOf(path: string): Promise<readonly string[]> {
  const journal = await open(path);
  await journal.close();
  return journal.entries();
}

test('what was appended is there after a restart, and only its owner can read it', async () => {
  const path = await written('one', 'two');
  assert.deepEqual(await entriesOf(path), ['one', 'two']);
  assert.equal(statSync(path).mode & 0o777, 0o600);
});

test('opening a journal changes nothing on the disk', async () => {
  const path = newPath();
  assert.deepEqual(await entriesOf(path), []);
  assert.equal(existsSync(path), false);
});

test('a line that was torn at any byte is dropped, and the next one does not touch it', async () => {
  const whole = readFileSync(await written('one', 'two'));
  const firstLine = whole.indexOf(10) + 1;
  for (let length = firstLine; length < whole.length; length += 1) {
    const path = await written('one', 'two');
    truncateSync(path, length);
    const journal = await open(path);
    assert.deepEqual(journal.entries(), ['one'], `torn at ${length}`);
    await journal.append('three');
    await journal.close();
    assert.deepEqual(await entriesOf(path), ['one', 'three']);
  }
});

test('garbage in the last line is dropped, garbage before it is told with its line', async () => {
  const path = await written('one');
  appendFileSync(path, '\u0000\u0000\n');
  assert.deepEqual(await entriesOf(path), ['one']);
  writeFileSync(path, '"one"\n{broken\n"three"\n');
  await assert.rejects(open(path), { code: 'state.damaged', message: /journal\.jsonl:2/ });
});

test('a rewritten journal grows on', async () => {
  const path = await written('one', 'two', 'three');
  const journal = await open(path);
  await journal.rewrite(['three']);
  await journal.append('four');
  await journal.close();
  assert.deepEqual(await entriesOf(path), ['three', 'four']);
});

const nodes = [
  { name: 'edge-1', role: 'edge' },
  { name: 'core-1', role: 'core' },
] as const;

async function rolloutJournal(path = newPath()): Promise<RolloutJournal> {
  return RolloutJournal.open(path, noCrash);
}

test('a rollout is open from its beginning to its end, and knows what it touched and decided', async () => {
  const path = newPath();
  const journal = await rolloutJournal(path);
  assert.equal(journal.open(), undefined);
  await journal.write({ type: 'begin', planId: 'p', commit: 'c', nodes });
  assert.deepEqual(journal.open(), { planId: 'p', commit: 'c', touched: [], decision: undefined, leftBehind: [] });
  await journal.write({ type: 'activate', planId: 'p', nodes: ['core-1'] });
  await journal.write({ type: 'activate', planId: 'p', nodes: ['edge-1'] });
  await journal.write({ type: 'decide', planId: 'p', decision: 'confirm', reason: '', leftBehind: ['core-2'] });
  await journal.close();
  const again = await rolloutJournal(path);
  const decided = { decision: 'confirm', leftBehind: ['core-2'] };
  assert.deepEqual(again.open(), { planId: 'p', commit: 'c', touched: [nodes[1], nodes[0]], ...decided });
  await again.end('p', 'confirm');
  assert.equal(again.open(), undefined);
  assert.equal(again.decisionOf('p'), 'confirm');
  assert.equal(again.decisionOf('q'), undefined);
  await again.close();
});

test('a long history is forgotten, but not how the last plans ended', async () => {
  const path = newPath();
  const journal = await rolloutJournal(path);
  for (let number = 0; number < 200; number += 1) {
    await journal.write({ type: 'begin', planId: `p${number}`, commit: 'c', nodes });
    await journal.end(`p${number}`, 'revert');
  }
  await journal.close();
  assert.ok(readFileSync(path, 'utf8').split('\n').length < 256);
  const again = await rolloutJournal(path);
  assert.equal(again.decisionOf('p199'), 'revert');
  assert.equal(again.decisionOf('p0'), undefined);
  await again.close();
});

test('a state directory has one owner, and a dead owner none', async () => {
  const directory = mkdtempSync(join(root, 'lock-'));
  const lock = await lockState(directory);
  await assert.rejects(lockState(directory), { code: 'state.locked', message: new RegExp(`process ${process.pid}`) });
  await lock.release();
  // No process has this number, or it did not begin at that time.
  for (const dead of ['4194305 1\n', `${process.pid} 1\n`, 'rubbish']) {
    writeFileSync(join(directory, 'lock'), dead);
    const taken = await lockState(directory);
    await taken.release();
  }
});

test('orders only grow, over a restart, a clock that was set back, and a history that was forgotten', async () => {
  const path = newPath();
  const journal = await rolloutJournal(path);
  assert.equal(journal.nextOrder(1000.5, 0), 1000);
  for (let number = 0; number < 200; number += 1) {
    const order = journal.nextOrder(1000, 0);
    await journal.write({ type: 'begin', planId: `p${number}`, commit: 'c', nodes, order });
    await journal.end(`p${number}`, 'confirm');
  }
  await journal.close();
  const again = await rolloutJournal(path);
  assert.equal(again.nextOrder(0, 0), 1200);
  assert.equal(again.nextOrder(0, 5000), 5001);
  await again.close();
});
