import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { FairleadError } from '../../errors.js';
import { closeListener, listenOn } from '../listener.js';

/** Below the range that systems take for outgoing connections, so that none of those lands on a port before it is used. */
const range = { first: 20_000, beyond: 32_000 } as const;
const attempts = 100;

async function isFree(address: string, port: number): Promise<boolean> {
  const server = createServer();
  try {
    await listenOn(server, address, port);
    return true;
  } catch {
    return false;
  } finally {
    await closeListener(server);
  }
}

/**
 * A port that nothing listens on, at any of the addresses, and that is not among `taken`.
 * It may be gone a moment later: only listening keeps a port.
 * @throws FairleadError `lab.process` when none was found.
 */
export async function freePort(addresses: readonly string[], taken: ReadonlySet<number>): Promise<number> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const port = randomInt(range.first, range.beyond);
    if (taken.has(port)) continue;
    const free = await Promise.all(addresses.map((address) => isFree(address, port)));
    if (free.every(Boolean)) return port;
  }
  throw new FairleadError(
    'lab.process',
    `no free port between ${range.first} and ${range.beyond} on ${addresses.join(', ')}`,
  );
}
