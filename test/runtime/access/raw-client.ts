import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { edgeName, type Estate } from './access-kit.js';

/** A client that writes bytes, for what no HTTP library would send. */
export interface RawClient {
  readonly socket: TLSSocket;
  /** Everything that came, once the other side has closed the connection. */
  readonly all: Promise<string>;
}

export async function openRaw({ edge, ca }: Estate): Promise<RawClient> {
  const socket = connect({ host: '127.0.0.1', port: edge.port(), servername: edgeName, ca });
  const all = new Promise<string>((resolve) => {
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
    });
    socket.on('error', () => undefined);
    socket.once('close', () => resolve(text));
  });
  await once(socket, 'secureConnect');
  return { socket, all };
}

/** Sends bytes and gives everything that comes until the other side closes. */
export async function exchangeRaw(estate: Estate, bytes: string): Promise<string> {
  const { socket, all } = await openRaw(estate);
  socket.write(Buffer.from(bytes, 'latin1'));
  return await all;
}

/** The status codes in a run of answers. */
export function statusesIn(text: string): readonly number[] {
  return [...text.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)].map(([, status]) => Number(status));
}

/** Whether a new TCP connection gets as far as TLS: false when it is closed before. */
export async function getsToTls({ edge, ca }: Estate): Promise<boolean> {
  const tcp = connectTcp(edge.port(), '127.0.0.1');
  const socket = connect({ socket: tcp, servername: edgeName, ca });
  const secured = new Promise<boolean>((resolve) => {
    socket.once('secureConnect', () => resolve(true));
    socket.once('close', () => resolve(false));
    socket.on('error', () => undefined);
  });
  const result = await secured;
  socket.destroy();
  return result;
}
