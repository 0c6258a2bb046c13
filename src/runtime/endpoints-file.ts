import { join } from 'node:path';
import { removeDurably, writeDurably } from '../platform/durable-file.js';
import type { NodeEndpoints } from './node-config.js';

const fileName = 'endpoints.json';

/** Tells those who started a node which ports it took. @throws FairleadError `node.storage` */
export async function writeEndpoints(stateDir: string, endpoints: NodeEndpoints): Promise<void> {
  await writeDurably(join(stateDir, fileName), `${JSON.stringify(endpoints)}\n`);
}

/** A node that does not run has no ports. @throws FairleadError `node.storage` */
export async function removeEndpoints(stateDir: string): Promise<void> {
  await removeDurably(join(stateDir, fileName));
}
