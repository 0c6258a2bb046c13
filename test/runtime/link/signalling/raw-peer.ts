import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type TLSSocket, connect } from 'node:tls';
import type { Mesh, Party } from './mesh.js';

/** Bytes of a frame, put together by hand. */
export function frameBytes(type: number, payload: string | Buffer): Buffer {
  const body = Buffer.from(payload);
  const head = Buffer.alloc(5);
  head.writeUInt8(type, 0);
  head.writeUInt32BE(body.length, 1);
  return Buffer.concat([head, body]);
}

const state = { load: { registrations: 0, calls: 0 }, ucNodes: {}, draining: false };
const hello = { protocol: 1, node: 'core1', role: 'core', version: '9', settings: { stunKeepalive: true }, state };

/** The first frame of a peer, with other members where they are given. */
export function helloBytes(members: object = {}): Buffer {
  return frameBytes(1, JSON.stringify({ ...hello, ...members }));
}

/** A sign of life. */
export const aliveBytes = frameBytes(3, JSON.stringify({ state, sentMs: 1 }));

/** A program with the certificate of core1 that says what it likes to an edge. */
export class RawPeer {
  private constructor(private readonly socket: TLSSocket) {
    socket.on('error', () => undefined).resume();
  }

  static async dial(mesh: Mesh, edge: Party): Promise<RawPeer> {
    const { certFile, keyFile, caFile } = mesh.tlsOf('core1');
    const [cert, key, ca] = [readFileSync(certFile), readFileSync(keyFile), readFileSync(caFile)];
    const port = edge.links.port() ?? 0;
    const names = { servername: 'edge1.test.example', ALPNProtocols: ['fairlead-signalling'] };
    const socket = connect({ host: '127.0.0.1', port, cert, key, ca, ...names });
    mesh.onEnd(() => Promise.resolve(socket.destroy()));
    await once(socket, 'secureConnect');
    return new RawPeer(socket);
  }

  say(...frames: readonly Buffer[]): void {
    this.socket.write(Buffer.concat(frames));
  }
}
