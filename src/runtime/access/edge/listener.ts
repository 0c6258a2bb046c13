import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createHttpsServer, type Server } from 'node:https';
import { createServer, type Server as TcpServer, type Socket } from 'node:net';
import type { SecureContextOptions } from 'node:tls';
import type { HttpTransportSpec } from '../../../model/generated/kinds.js';
import { FairleadError } from '../../../errors.js';
import type { Clock } from '../../../platform/clock.js';
import type { ListenAddress } from '../../node-config.js';
import { type Conversations, newConversations } from './conversations.js';

/** Larger than any permitted `maximumHeaderBytes`, which the guard applies. */
const parserHeaderBytes = 65_536 + 1024;
const handshakeTimeoutMs = 10_000;
const timeoutCheckMs = 1000;
const silenceMarginMs = 10_000;
/** Time for requests in flight to end when the node stops. */
const stopGraceMs = 10_000;

export interface ListenerEvents {
  request(request: IncomingMessage, response: ServerResponse): void;
  /** Asked before TLS begins; false closes the connection. */
  admit(address: string): boolean;
  /** A connection beyond the maximum was closed before TLS began. */
  overfull(): void;
  /** A message that the parser or the pipelining limit refused, with the status that was answered. */
  refused(address: string, status: number): void;
}

/** The HTTPS listener of an edge. */
export interface Listener {
  /** 0 before it listens. */
  port(): number;
  /** Limits hold for what is new from now on. */
  apply(http: HttpTransportSpec): void;
  /** Shows another certificate to whoever connects from now on. */
  renew(identity: SecureContextOptions): void;
  start(address: ListenAddress): Promise<void>;
  stop(): Promise<void>;
}

function newHttpsServer(conversations: Conversations): Server {
  const server = createHttpsServer({
    ALPNProtocols: ['http/1.1'],
    handshakeTimeout: handshakeTimeoutMs,
    maxHeaderSize: parserHeaderBytes,
    connectionsCheckingInterval: timeoutCheckMs,
    insecureHTTPParser: false,
    requireHostHeader: true,
    noDelay: true,
  });
  // Node would drop the fields beyond a count silently; the guard refuses such a request.
  server.maxHeadersCount = 0;
  server.on('secureConnection', conversations.onSecure);
  server.on('request', conversations.onRequest);
  server.on('checkContinue', conversations.onRequest);
  server.on('connect', conversations.onConnect);
  server.on('clientError', conversations.onError);
  return server;
}

/** The TCP server in front: what it does not admit costs no cryptography. */
function newGate(https: Server, sockets: Set<Socket>, events: ListenerEvents): TcpServer {
  const gate = createServer((socket) => {
    if (!events.admit(socket.remoteAddress ?? '')) {
      socket.destroy();
      return;
    }
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    https.emit('connection', socket);
  });
  return gate.on('drop', () => events.overfull());
}

function applyLimits(https: Server, gate: TcpServer, http: HttpTransportSpec): void {
  https.headersTimeout = http.headerTimeoutSeconds * 1000;
  https.requestTimeout = http.requestTimeoutSeconds * 1000;
  https.keepAliveTimeout = http.idleTimeoutSeconds * 1000;
  // No request that keeps the other limits is silent for longer; it ends clients that leave the last of an answer unread.
  const seconds = http.idleTimeoutSeconds + http.requestTimeoutSeconds + 2 * http.upstreamTimeoutSeconds;
  https.timeout = seconds * 1000 + silenceMarginMs;
  gate.maxConnections = http.maximumConnections;
}

function portOf(server: TcpServer): number {
  const address = server.address();
  return address !== null && typeof address === 'object' ? address.port : 0;
}

function listen(server: TcpServer, { host, port }: ListenAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      reject(new FairleadError('node.config', `access.listen ${host} port ${port}: ${cause.message}`, { cause }));
    });
    server.listen({ host, port }, () => {
      server.removeAllListeners('error');
      resolve();
    });
  });
}

/** Makes a listener for TLS and HTTP/1.1, with strict parsing; it has no certificate before `renew`. */
export function newListener(events: ListenerEvents, clock: Clock): Listener {
  const conversations = newConversations(events, clock);
  const https = newHttpsServer(conversations);
  const sockets = new Set<Socket>();
  const gate = newGate(https, sockets, events);
  let port = 0;
  return {
    port: () => port,
    renew: (identity) => https.setSecureContext(identity),
    apply: (http) => applyLimits(https, gate, http),
    async start(address) {
      await listen(gate, address);
      port = portOf(gate);
      // Node watches for slow requests from the moment that an HTTP server listens; this one is handed its connections.
      https.emit('listening');
    },
    async stop() {
      const closed = new Promise<void>((resolve) => gate.close(() => resolve()));
      https.close();
      conversations.closeIdle();
      const timer = clock.after(stopGraceMs, () => sockets.forEach((socket) => socket.destroy()));
      await closed;
      timer.cancel();
    },
  };
}
