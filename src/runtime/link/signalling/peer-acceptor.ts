import { once } from 'node:events';
import { type Server, type Socket, createServer } from 'node:net';
import { type Server as TlsServer, type TLSSocket, createServer as createTlsServer } from 'node:tls';
import { FairleadError, asFairleadError } from '../../../errors.js';
import { canonicalAddress } from '../../../model/address.js';
import type { ListenAddress } from '../../node-config.js';
import { Admission } from '../admission.js';
import type { ViolationKind } from '../ssh-server.js';
import type { HelloFrame } from './control-frame.js';
import { type SignallingIdentity, carriesName, signallingAlpn } from './peer-certificate.js';
import type { PeerLink } from './peer-link.js';
import { SignallingConnection } from './signalling-connection.js';
import type { SignallingNode } from './signalling-node.js';

export interface AwaitedPeer {
  readonly link: PeerLink;
  /** That its certificate must carry. */
  readonly certificateName: string;
}

export interface PeerAcceptorOptions {
  readonly listen: ListenAddress;
  readonly peers: readonly AwaitedPeer[];
  readonly node: SignallingNode;
  readonly onViolation: (kind: ViolationKind, address: string) => void;
}

interface Waiting {
  readonly socket: Socket;
  readonly free: () => void;
}

/** Waits for the peers that dial this node, and knows them by their certificates. */
export class PeerAcceptor {
  readonly #options: PeerAcceptorOptions;
  readonly #admission: Admission;
  readonly #gate: Server;
  readonly #tls: TlsServer;
  /** Connections that are no link yet, by the address and port of the other end. */
  readonly #waiting = new Map<string, Waiting>();

  constructor(options: PeerAcceptorOptions) {
    const { limits } = options.node;
    this.#options = options;
    this.#admission = new Admission(limits.unauthenticated, limits.unauthenticatedPerAddress);
    this.#gate = createServer({ noDelay: true }, (socket) => this.#admit(socket));
    // Without this the library drops who cannot be trusted in silence; nobody would hear of it. `#greet` refuses them.
    this.#tls = createTlsServer({ requestCert: true, rejectUnauthorized: false, ALPNProtocols: [signallingAlpn] });
    this.#tls.on('secureConnection', (socket) => this.#greet(socket));
    this.#tls.on('tlsClientError', (error, socket) => this.#onTlsFailure(error, socket));
  }

  /** @throws FairleadError `node.config` when the address cannot be listened on. */
  async start(identity: SignallingIdentity): Promise<void> {
    const { host, port } = this.#options.listen;
    this.renew(identity);
    try {
      this.#gate.listen(port, host);
      await once(this.#gate, 'listening');
    } catch (error) {
      const place = `signalling.listen ${host}:${port}`;
      throw new FairleadError('node.config', `${place}: ${asFairleadError(error).message}`, { cause: error });
    }
    const { log } = this.#options.node;
    this.#gate.on('error', (error) => log.error({ error: error.message }, 'the signalling listener failed'));
  }

  /** Who connects from now on sees the new certificate. */
  renew(identity: SignallingIdentity): void {
    this.#tls.setSecureContext(identity);
  }

  port(): number {
    const address = this.#gate.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** Accepts no more, cuts what is no link yet, and resolves when the links that were accepted are closed. */
  async stop(): Promise<void> {
    if (!this.#gate.listening) return;
    const closed = once(this.#gate, 'close');
    this.#gate.close();
    for (const { socket } of this.#waiting.values()) socket.destroy();
    await closed;
  }

  #admit(socket: Socket): void {
    const { clock, limits } = this.#options.node;
    const end = endOf(socket);
    const leave = this.#admission.enter(addressOf(socket));
    if (leave === undefined) {
      socket.destroy();
      return;
    }
    const deadline = clock.after(limits.handshakeMs, () => socket.destroy());
    const free = () => {
      deadline.cancel();
      leave();
      this.#waiting.delete(end);
    };
    this.#waiting.set(end, { socket, free });
    socket.once('close', free);
    this.#tls.emit('connection', socket);
  }

  #greet(socket: TLSSocket): void {
    const candidates = this.#candidates(socket);
    const isUnknown = candidates.length === 0;
    const mistrust = mistrustOf(socket) ?? (isUnknown ? 'its certificate carries the name of no peer' : undefined);
    if (mistrust === undefined) this.#join(socket, candidates);
    else {
      this.#report('authentication', socket, mistrust);
      socket.on('error', () => undefined);
      socket.destroy();
    }
  }

  #join(socket: TLSSocket, candidates: readonly AwaitedPeer[]): void {
    const end = endOf(socket);
    const connection = new SignallingConnection(socket, this.#options.node, {
      identify: (hello) => {
        const owner = identified(hello, candidates);
        if (typeof owner !== 'string') this.#waiting.get(end)?.free();
        return owner;
      },
      onViolation: (what) => this.#report('protocol', socket, what),
    });
    void connection.closed.then((reason) => {
      for (const { link } of candidates) if (candidates.length === 1 && link.timesUp === 0) link.onFailure(reason);
    });
  }

  #candidates(socket: TLSSocket): readonly AwaitedPeer[] {
    const certificate = socket.getPeerCertificate();
    return this.#options.peers.filter(({ certificateName }) => carriesName(certificate, certificateName));
  }

  #onTlsFailure(error: Error & { readonly code?: string }, socket: TLSSocket): void {
    // Whoever only hangs up, as load balancers and port checks do, has shown nothing.
    if (error.code !== 'ECONNRESET') this.#report('authentication', socket, error.message);
    socket.destroy();
  }

  #report(kind: ViolationKind, socket: Socket, what: string): void {
    const address = addressOf(socket);
    this.#options.node.log.warn({ address, kind, what }, 'signalling connection refused');
    this.#options.onViolation(kind, address);
  }
}

/** Why a connection cannot be a peer's, whatever it says; undefined when it can. */
function mistrustOf({ authorized, authorizationError, alpnProtocol }: TLSSocket): string | undefined {
  if (!authorized) return `its certificate is not accepted: ${String(authorizationError)}`;
  return alpnProtocol === signallingAlpn ? undefined : 'it does not ask for signalling';
}

function addressOf(socket: Socket): string {
  return canonicalAddress(socket.remoteAddress ?? '') ?? 'unknown';
}

function endOf({ remoteAddress = '', remotePort = 0 }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}

function identified(hello: HelloFrame, candidates: readonly AwaitedPeer[]): PeerLink | string {
  const found = candidates.find(({ link }) => link.peer === hello.node && link.peerRole === hello.role);
  const known = candidates.map(({ link }) => `${link.peerRole} "${link.peer}"`).join(' or ');
  return (
    found?.link ?? `calls itself ${hello.role} ${JSON.stringify(hello.node)}, but its certificate is that of ${known}`
  );
}
