import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { FairleadError } from '../../src/errors.js';
import { EstateProcess } from '../../src/lab/estate/estate-process.js';
import { systemClock } from '../../src/platform/clock.js';
import { temporaryDirectory } from './lab-directory.js';

const directory = temporaryDirectory();

/** A program that says that it is ready by making a file named after its process. */
const serving = `
  process.on('SIGTERM', () => { console.log('bye'); process.exitCode = 7; clearInterval(timer); });
  const timer = setInterval(() => {}, 1000);
  console.log('mood', process.env.MOOD);
  require('fs').writeFileSync(process.argv[1] + '/' + process.pid, '');
`;
const failing = `console.error('no such port'); process.exitCode = 3;`;

function newProcess(t: TestContext, program: string): EstateProcess {
  const process_ = new EstateProcess({
    name: 'node',
    command: [process.execPath, '--eval', program, directory],
    environment: { MOOD: 'calm' },
    logFile: join(directory, `${t.name.replace(/\W/g, '-')}.log`),
    clock: systemClock,
    isReady: (pid) => Promise.resolve(existsSync(join(directory, String(pid)))),
  });
  t.after(() => process_.kill());
  return process_;
}

test('a process is ready when start resolves, and ends by itself when it is asked to', async (t) => {
  const node = newProcess(t, serving);
  await node.start();
  assert.ok(existsSync(join(directory, String(node.pid))));
  assert.deepEqual(await node.stop(), { code: 7, signal: null });
  assert.equal(node.pid, undefined);
  assert.equal(await node.log(), 'mood calm\nbye\n');
});

test('a killed process is gone when kill resolves, and can be started again with another environment', async (t) => {
  const node = newProcess(t, serving);
  await node.start();
  const { pid } = node;
  await node.kill();
  assert.deepEqual(node.lastEnd, { code: null, signal: 'SIGKILL' });
  await node.start({ MOOD: 'better' });
  assert.notEqual(node.pid, pid);
  assert.equal(await node.log(), 'mood calm\nmood better\n');
});

test('a process that ends before it is ready fails the start, with what it said', async (t) => {
  const node = newProcess(t, failing);
  await assert.rejects(
    node.start(),
    (error) =>
      error instanceof FairleadError &&
      error.code === 'lab.process' &&
      (error.details[0]?.message.includes('no such port') ?? false),
  );
  assert.deepEqual(node.lastEnd, { code: 3, signal: null });
});

test('a process that is only launched tells when and how it ended', async (t) => {
  const node = newProcess(t, failing);
  assert.deepEqual(await node.launch().ended, { code: 3, signal: null });
});

test('a frozen process can be killed, and a thawed one ends as asked', async (t) => {
  const node = newProcess(t, serving);
  await node.start();
  node.freeze();
  node.thaw();
  assert.deepEqual(await node.stop(), { code: 7, signal: null });
  await node.start();
  node.freeze();
  await node.kill();
  assert.equal(node.lastEnd?.signal, 'SIGKILL');
});

test('a program that is not there is said at once', (t) => {
  const node = new EstateProcess({
    name: 'nothing',
    command: ['/nonexistent/program'],
    environment: {},
    logFile: join(directory, 'nothing.log'),
    clock: systemClock,
    isReady: () => Promise.resolve(false),
  });
  t.after(() => node.kill());
  assert.throws(() => node.launch(), /nothing could not be started/);
});
