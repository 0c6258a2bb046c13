import { parentPort } from 'node:worker_threads';
import { isBatch, readBatch } from './read-batch.js';

// The entry of a worker thread of `read-files.ts`. The parser asks the environment for debugging switches at every token, and
// a lookup in the real one costs as much as the token.
process.env = {};

parentPort?.on('message', (message: unknown) => {
  if (isBatch(message)) parentPort?.postMessage(readBatch(message));
});
