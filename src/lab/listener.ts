import { once } from 'node:events';
import type { Server } from 'node:net';

/** Starts to listen and gives the port; 0 takes a free one. Rejects with the system's error when it cannot. */
export async function listenOn(server: Server, host: string, port: number): Promise<number> {
  server.listen({ host, port });
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

/** Stops listening; resolves when the last connection is gone. A server that does not listen is fine. */
export async function closeListener(server: Server): Promise<void> {
  if (!server.listening) return;
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
}
