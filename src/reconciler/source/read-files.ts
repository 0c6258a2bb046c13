import { availableParallelism } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { type BatchAnswer, packBatch } from './read-batch.js';
import { ReaderThread } from './reader-thread.js';
import { readSourceFile, type SourceFile } from './source-file.js';
import type { Blob } from './tree.js';

/** Contents with their ids. */
export type Blobs = AsyncIterable<Blob>;

type FileTaker = (file: SourceFile) => void;

const filesPerBatch = 200;
/** Fewer files are read before a thread has begun. */
const worthThreads = 2_000;
const mostThreads = 4;
/** So that a thread need not wait for its next batch, and memory stays bounded. */
const batchesAhead = 2;

async function* batchesOf(blobs: Blobs): AsyncGenerator<readonly Blob[], void> {
  let batch: Blob[] = [];
  for await (const blob of blobs) {
    if (batch.push(blob) < filesPerBatch) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

function readHere(batch: readonly Blob[]): BatchAnswer {
  return { files: batch.map(({ id, content }) => [id, readSourceFile(content)]) };
}

/** A thread that could not start, or ran out of memory, costs its speed and nothing else. */
async function readThere(thread: ReaderThread, batch: readonly Blob[]): Promise<BatchAnswer> {
  try {
    return await thread.read(packBatch(batch));
  } catch {
    return readHere(batch);
  }
}

async function readSomewhere(
  batch: readonly Blob[],
  idle: ReaderThread | undefined,
  take: FileTaker,
): Promise<BatchAnswer> {
  const answer = idle === undefined ? readHere(batch) : await readThere(idle, batch);
  for (const [, file] of answer.files) take(file);
  return answer;
}

async function readWith(
  threads: readonly ReaderThread[],
  blobs: Blobs,
  take: FileTaker,
): Promise<readonly BatchAnswer[]> {
  const answers: Promise<BatchAnswer>[] = [];
  for await (const batch of batchesOf(blobs)) {
    const idle = threads.find(({ waiting }) => waiting < batchesAhead);
    answers.push(readSomewhere(batch, idle, take));
    // A turn of the loop, in which threads can say that they are done.
    await setImmediate();
  }
  return await Promise.all(answers);
}

async function readInThreads(blobs: Blobs, take: FileTaker): Promise<ReadonlyMap<string, SourceFile>> {
  const threads = Array.from({ length: Math.min(mostThreads, availableParallelism() - 1) }, () => new ReaderThread());
  try {
    const answers = await readWith(threads, blobs, take);
    return new Map(answers.flatMap(({ files }) => files));
  } finally {
    await Promise.all(threads.map((thread) => thread.end()));
  }
}

/**
 * Reads many files by the ids of their contents, on the other cores of the machine, too, when there are enough of them; then
 * `take` gets each file while threads still read.
 */
export async function readSourceFiles(
  blobs: Blobs,
  count: number,
  take: FileTaker = () => undefined,
): Promise<ReadonlyMap<string, SourceFile>> {
  if (count >= worthThreads && availableParallelism() > 1) return await readInThreads(blobs, take);
  const files = new Map<string, SourceFile>();
  for await (const { id, content } of blobs) files.set(id, readSourceFile(content));
  return files;
}
