import { connect, isIP, type LookupFunction, type Socket } from 'node:net';
import { connect as connectTls, type SecureContext } from 'node:tls';
import type { Clock } from '../../../platform/clock.js';
import type { SipServer } from './sip-server.js';

/** How a server is dialled. */
export interface DialTerms {
  readonly clock: Clock;
  readonly lookup: LookupFunction;
  readonly connectTimeoutMs: number;
  readonly handshakeTimeoutMs: number;
  /** Of a TLS server. */
  readonly secure?: { readonly context: SecureContext; readonly verify: boolean };
}

/** Settles when the event comes, and rejects when the socket fails or the limit is reached; a socket that failed is destroyed. */
function reached(socket: Socket, event: string, limitMs: number, what: string, clock: Clock): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = clock.after(limitMs, () => fail(new Error(`${what} took longer than ${limitMs} ms`)), { idle: true });
    const settle = () => {
      timer.cancel();
      socket.off(event, succeed).off('error', fail).off('close', closed);
    };
    const succeed = () => {
      settle();
      resolve();
    };
    const fail = (error: Error) => {
      settle();
      // Destroying may fail once more.
      socket.on('error', () => undefined).destroy();
      reject(error);
    };
    const closed = () => fail(new Error(`the other side closed the connection before ${what} was done`));
    socket.once(event, succeed).once('error', fail).once('close', closed);
  });
}

function startTls(socket: Socket, { host }: SipServer, { secure }: DialTerms): Socket {
  return connectTls({
    socket,
    host,
    servername: isIP(host) === 0 ? host : '',
    rejectUnauthorized: secure?.verify ?? true,
    ...(secure !== undefined && { secureContext: secure.context }),
  });
}

/**
 * Connects to a server over TCP, and TLS when it is a TLS server, each step within its limit.
 * Rejects with the error of DNS, of the system or of TLS; nothing is left open then. The socket must be listened to at once.
 */
export async function dialServer(server: SipServer, terms: DialTerms): Promise<Socket> {
  const { host, port, protocol } = server;
  const { clock, lookup, connectTimeoutMs, handshakeTimeoutMs } = terms;
  const socket = connect({ host, port, lookup, noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 });
  await reached(socket, 'connect', connectTimeoutMs, 'connecting', clock);
  if (protocol !== 'TLS') return socket;
  const secured = startTls(socket, server, terms);
  await reached(secured, 'secureConnect', handshakeTimeoutMs, 'the TLS handshake', clock);
  return secured;
}
