import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';
import { isRecord } from '../../../src/model/json.js';
import { blobId } from '../../../src/reconciler/source/directory-tree.js';
import { packBatch } from '../../../src/reconciler/source/read-batch.js';
import { type Blobs, readSourceFiles } from '../../../src/reconciler/source/read-files.js';
import { readSourceFile, type SourceFile } from '../../../src/reconciler/source/source-file.js';
import { temporaryDirectory } from './git-repository.js';
import { documentText } from './memory-tree.js';

const root = join(import.meta.dirname, '..', '..', '..');
const contents = Array.from({ length: 2_500 }, (_, index) =>
  Buffer.from(index % 100 === 0 ? `kind: [${index}` : documentText('Domain', `d${index}.example.com`, {})),
);

async function* blobs(): Blobs {
  for (const content of contents) yield await Promise.resolve({ id: blobId(content), content });
}

function assertRead(files: ReadonlyMap<string, SourceFile>): void {
  assert.equal(files.size, contents.length);
  for (const content of contents) assert.deepEqual(files.get(blobId(content)), readSourceFile(content));
}

/** Threads need JavaScript, which the tests do not run: what reads files is compiled for one of them. */
function compileSources(t: TestContext): string {
  const directory = temporaryDirectory(t);
  const compilerOptions = {
    module: ts.ModuleKind.ESNext,
    target: ts.ScriptTarget.ES2023,
    verbatimModuleSyntax: true,
  };
  for (const folder of ['src/model', 'src/reconciler/source']) {
    for (const name of readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).filter((one) =>
      one.endsWith('.ts'),
    )) {
      const path = join(directory, folder, name.replace(/ts$/, 'js'));
      mkdirSync(dirname(path), { recursive: true });
      const fileName = join(root, folder, name);
      writeFileSync(path, ts.transpileModule(readFileSync(fileName, 'utf8'), { compilerOptions, fileName }).outputText);
    }
  }
  writeFileSync(join(directory, 'package.json'), '{ "type": "module" }');
  symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'));
  return pathToFileURL(join(directory, 'src/reconciler/source/')).href;
}

test('many files are read as each of them alone, also where no thread can start', async () => {
  assertRead(await readSourceFiles(blobs(), contents.length));
});

type Callable = (...args: readonly unknown[]) => unknown;

function isCallable(value: unknown): value is Callable {
  return typeof value === 'function';
}

async function functionOf(module: string, name: string): Promise<Callable> {
  const exports: unknown = await import(module);
  const found = isRecord(exports) ? exports[name] : undefined;
  assert.ok(isCallable(found));
  return found;
}

test('threads give what one thread gives', async (t) => {
  const compiled = compileSources(t);
  const read = await functionOf(`${compiled}read-files.js`, 'readSourceFiles');
  const files: unknown = await Reflect.apply(read, undefined, [blobs(), contents.length]);
  assert.ok(files instanceof Map);
  assertRead(files);
});

test('a thread reads batches in the order in which it gets them, until it is ended', async (t) => {
  const thread: unknown = Reflect.construct(
    await functionOf(`${compileSources(t)}reader-thread.js`, 'ReaderThread'),
    [],
  );
  assert.ok(thread instanceof Object && 'read' in thread && 'end' in thread);
  const call = (method: unknown, ...args: readonly unknown[]): unknown =>
    isCallable(method) ? Reflect.apply(method, thread, args) : undefined;
  const batch = (from: number, to = from + 2) =>
    packBatch(contents.slice(from, to).map((content) => ({ id: blobId(content), content })));
  const answers: unknown = await Promise.all([call(thread.read, batch(0)), call(thread.read, batch(2))]);
  assert.deepEqual(
    answers,
    [0, 2].map((from) => ({
      files: contents.slice(from, from + 2).map((content) => [blobId(content), readSourceFile(content)]),
    })),
  );
  const late = call(thread.read, batch(0, contents.length));
  await Promise.all([assert.rejects(Promise.resolve(late), /the thread ended/), call(thread.end)]);
});

test('a failure of what gives the contents is the failure of the reading', async () => {
  async function* torn(): Blobs {
    yield await Promise.resolve({ id: 'a', content: Buffer.from('a: 1') });
    throw new Error('torn');
  }
  await assert.rejects(readSourceFiles(torn(), 5_000), /torn/);
  await assert.rejects(readSourceFiles(torn(), 1), /torn/);
});
