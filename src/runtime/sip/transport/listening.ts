import type { Server } from 'node:net';
import { FairleadError } from '../../../errors.js';
import type { ListenPlace } from './sip-listener.js';

/** The failure to listen somewhere. */
export function cannotListen(protocol: string, { host, port }: ListenPlace, cause: unknown): FairleadError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new FairleadError('node.config', `SIP over ${protocol}: ${host} port ${port}: ${reason}`, { cause });
}

/** Listens and resolves with the port; rejects with the system's error. */
export function listenOn(server: Server, { host, port }: ListenPlace): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, backlog: 1024 }, () => {
      server.removeListener('error', reject);
      const address = server.address();
      resolve(address !== null && typeof address === 'object' ? address.port : port);
    });
  });
}
