import { once } from 'node:events';
import type { LookupFunction } from 'node:net';
import { type TLSSocket, connect } from 'node:tls';
import { FairleadError, asFairleadError } from '../../../errors.js';
import { type SignallingIdentity, carriesName, serverNameOf, signallingAlpn } from './peer-certificate.js';
import type { PeerLink } from './peer-link.js';
import { SignallingConnection } from './signalling-connection.js';
import type { SignallingNode } from './signalling-node.js';

export interface DialledPeer {
  readonly link: PeerLink;
  readonly host: string;
  readonly port: number;
  /** That its certificate must carry. */
  readonly certificateName: string;
}

export interface PeerDial {
  readonly peer: DialledPeer;
  readonly node: SignallingNode;
  /** Asked for each connection: it may have been renewed. */
  readonly identity: () => SignallingIdentity;
  readonly lookup: LookupFunction;
}

function open({ peer, identity, lookup }: PeerDial): TLSSocket {
  const { host, port, certificateName } = peer;
  return connect({
    ...{ ...identity(), host, port, lookup },
    ...serverNameOf(certificateName),
    ALPNProtocols: [signallingAlpn],
    checkServerIdentity: (_host, certificate) =>
      carriesName(certificate, certificateName)
        ? undefined
        : new Error(`the certificate of ${host}:${port} does not carry the name ${certificateName}`),
  });
}

function greeted(socket: TLSSocket, { peer, node }: PeerDial): Promise<SignallingConnection> {
  const { link } = peer;
  return new Promise((resolve, reject) => {
    const connection = new SignallingConnection(socket, node, {
      identify: (hello) => {
        if (hello.node !== link.peer || hello.role !== link.peerRole) {
          const told = `${hello.role} ${JSON.stringify(hello.node)}`;
          return `calls itself ${told}, but the configuration has ${link.peerRole} "${link.peer}" there`;
        }
        resolve(connection);
        return link;
      },
      onViolation: (what) => node.log.warn({ peer: link.peer, what }, 'peer broke the rules of the signalling link'),
    });
    void connection.closed.then((reason) => reject(new FairleadError('link.down', reason)));
  });
}

async function becomeLink(socket: TLSSocket, dial: PeerDial): Promise<SignallingConnection> {
  await once(socket, 'secureConnect');
  if (socket.alpnProtocol !== signallingAlpn)
    throw new FairleadError('link.down', 'what answers is no signalling port of a node');
  return await greeted(socket, dial);
}

/**
 * Dials a peer and resolves with a connection that serves its link.
 * @throws FairleadError `link.down` with what went wrong, also when the signal is aborted or the handshake takes too long.
 */
export async function dialPeer(dial: PeerDial, signal: AbortSignal): Promise<SignallingConnection> {
  const { clock, limits } = dial.node;
  const { host, port } = dial.peer;
  const socket = open(dial);
  const deadline = clock.after(limits.handshakeMs, () => {
    socket.destroy(new Error(`no signalling link with ${host}:${port} within ${limits.handshakeMs} ms`));
  });
  const onAbort = () => socket.destroy(new Error('this node stops'));
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await becomeLink(socket, dial);
  } catch (error) {
    socket.on('error', () => undefined);
    socket.destroy();
    throw new FairleadError('link.down', asFairleadError(error).message, { cause: error });
  } finally {
    deadline.cancel();
    signal.removeEventListener('abort', onAbort);
  }
}
