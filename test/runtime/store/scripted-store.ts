import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import type { TestContext } from 'node:test';

/** A server that answers whatever it is sent with the same bytes; the URL of it. */
export async function startScriptedStore(t: TestContext, answer: string): Promise<string> {
  const server = createServer((socket) => {
    socket.on('data', () => void socket.write(answer));
    socket.on('error', () => undefined);
    t.after(() => socket.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => void server.close());
  const address: AddressInfo | string | null = server.address();
  return `redis://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}
