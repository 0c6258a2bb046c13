import { parentPort } from 'node:worker_threads';
import { isBatch, readBatch } from './read-batch.js';

// The entry of a worker thread of `read-files.ts`.
parentPort?.on('message', (message: unknown) => {
  if (isBatch(message)) parentPort?.postMessage(readBatch(message));
});
