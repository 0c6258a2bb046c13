import { createHmac, randomBytes } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FairleadError } from '../../errors.js';
import { writeDurably } from '../../platform/durable-file.js';

/** Tells values apart without telling what they are: equal values of a cluster have equal fingerprints. */
export type Fingerprinter = (value: string) => string;

const keyBytes = 32;
const shownDigits = 32;

async function readKey(path: string): Promise<Buffer | undefined> {
  try {
    const key = await readFile(path);
    if (key.length === keyBytes) return key;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new FairleadError('state.storage', `could not read ${path}`, { cause: error });
  }
  throw new FairleadError('state.damaged', `${path} does not hold ${keyBytes} bytes`, {
    mend: 'Remove the file; every secret then counts as changed once.',
  });
}

/**
 * Gives the fingerprinter of a cluster: HMAC-SHA-256 under a random key of its own, which is made when it is missing and
 * never leaves the state directory (mode 0600). Without the key, nobody can try passwords against a fingerprint.
 * @throws FairleadError `state.storage`, `state.damaged`
 */
export async function openFingerprinter(stateDir: string, cluster: string): Promise<Fingerprinter> {
  const directory = join(stateDir, 'fingerprint-keys');
  const path = join(directory, `${cluster}.key`);
  let key = await readKey(path);
  if (key === undefined) {
    key = randomBytes(keyBytes);
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await writeDurably(path, key);
  }
  const secret = key;
  return (value) => {
    const digest = createHmac('sha256', secret).update(value).digest('hex');
    return `hmac-sha256:${digest.slice(0, shownDigits)}`;
  };
}
