import { type LookupFunction, type Socket, connect as connectTcp } from 'node:net';
import { type ConnectionOptions, type SecureContext, type TLSSocket, connect as connectTls } from 'node:tls';
import { FairleadError } from '../../../errors.js';
import type { Clock } from '../../../platform/clock.js';
import type { Flow, FlowSink } from './flow.js';
import { SocketFlow } from './socket-flow.js';

/** What verifies the other side of a TLS flow; share one among all phones of a process. */
export interface FlowTrust {
  readonly secureContext: SecureContext;
  /** Newest session by server name, for resumption; left out, every handshake is a full one. */
  readonly sessions?: Map<string, Buffer>;
}

export interface FlowTarget {
  readonly protocol: 'TCP' | 'TLS';
  /** The name that a TLS certificate must carry; connected to unless there is an `address`. */
  readonly host: string;
  readonly port: number;
  readonly address?: string;
  readonly localAddress?: string;
  readonly lookup?: LookupFunction;
}

export interface ConnectOptions {
  readonly target: FlowTarget;
  /** Needed for TLS. */
  readonly trust?: FlowTrust;
  readonly timeoutMs: number;
  readonly clock: Clock;
}

function openSocket({ target, trust }: ConnectOptions): Socket {
  const { protocol, host, port, address, localAddress, lookup } = target;
  const where = {
    host: address ?? host,
    port,
    ...(localAddress === undefined ? {} : { localAddress }),
    ...(lookup === undefined ? {} : { lookup }),
  };
  if (protocol === 'TCP') return connectTcp(where);
  const session = trust?.sessions?.get(host);
  const options: ConnectionOptions = {
    ...where,
    servername: host,
    ...(trust === undefined ? {} : { secureContext: trust.secureContext }),
    ...(session === undefined ? {} : { session }),
  };
  const socket: TLSSocket = connectTls(options);
  socket.on('session', (newest: Buffer) => trust?.sessions?.set(host, newest));
  return socket;
}

/**
 * Opens a connection, with a verified handshake over TLS.
 * @throws FairleadError `lab.unexpected` with the reason when it does not open within `timeoutMs`.
 */
export function connectSocket(options: ConnectOptions): Promise<Socket> {
  const { protocol, host, port } = options.target;
  return new Promise((resolve, reject) => {
    const socket = openSocket(options);
    const fail = (reason: string) => {
      timer.cancel();
      socket.destroy();
      reject(new FairleadError('lab.unexpected', `no ${protocol} connection to ${host}:${port}: ${reason}`));
    };
    const onError = (error: Error) => fail(error.message);
    const onClose = () => fail('it was closed before it was open');
    const timer = options.clock.after(options.timeoutMs, () => fail(`nothing within ${options.timeoutMs} ms`));
    socket.once('error', onError);
    socket.once('close', onClose);
    socket.once(protocol === 'TLS' ? 'secureConnect' : 'connect', () => {
      timer.cancel();
      socket.off('error', onError);
      socket.off('close', onClose);
      resolve(socket);
    });
  });
}

/** Opens a flow like `connectSocket`. */
export async function connectFlow(options: ConnectOptions, sink: FlowSink): Promise<Flow> {
  return new SocketFlow(await connectSocket(options), options.target.protocol, sink);
}
