import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { adminPaths } from '../../admin/contract.js';
import type { NodeStatus } from '../../admin/contract.js';
import { errorOfProblem } from '../../admin/problem.js';
import { FairleadError } from '../../errors.js';
import { Secret } from '../../platform/secret.js';
import { readStatus } from '../../reconciler/driver/admin-answers.js';
import { HttpsClient } from '../../reconciler/driver/https-client.js';
import type { Io } from '../io.js';

export interface NodeAddress {
  /** `https`, host and port. */
  readonly url: string;
  readonly tokenFile: string;
  readonly caFile?: string | undefined;
  readonly serverName?: string | undefined;
}

const limitMs = 10_000;

async function readText(io: Io, file: string): Promise<string> {
  return await readFile(resolve(io.cwd, file), 'utf8').catch((error: unknown) => {
    throw new FairleadError('cli.usage', `could not read ${file}`, {
      cause: error,
      mend: 'Name a file that can be read.',
    });
  });
}

/**
 * Asks a node for its status over its admin interface.
 * @throws FairleadError `cli.usage` when a file cannot be read, `node.unreachable`, `node.unauthenticated`, `node.malformed-answer`
 */
export async function askNode(io: Io, { url, tokenFile, caFile, serverName }: NodeAddress): Promise<NodeStatus> {
  const token = new Secret((await readText(io, tokenFile)).trim());
  const ca = caFile === undefined ? undefined : await readText(io, caFile);
  const client = new HttpsClient({ node: url, url, token, ca, serverName }, io.clock);
  try {
    const { status, body } = await client.ask({ method: 'GET', path: adminPaths.status, limitMs }, io.signal);
    if (status !== 200) throw errorOfProblem(body, status);
    return readStatus(body, url);
  } finally {
    await client.close();
  }
}
