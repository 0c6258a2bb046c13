import { once } from 'node:events';
import { type Socket, connect } from 'node:net';
import { FairleadError, asFairleadError } from '../../errors.js';
import type { SshPublicKey } from '../../platform/ssh-key-reader.js';
import type { ChannelSocket } from './channel-socket.js';
import { Link, type LinkListener, type LinkNode } from './link.js';
import { closeSoon } from './socket-closing.js';
import { type SshClientConnection, dialSsh } from './ssh-client.js';

export interface EdgeAddress {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly hostKey: SshPublicKey;
}

export interface EdgeDial {
  readonly edge: EdgeAddress;
  /** OpenSSH form. */
  readonly clientKey: string;
  readonly node: LinkNode;
  readonly listener: LinkListener & { onChannel(channel: ChannelSocket): void };
}

async function openTo(connection: SshClientConnection, link: Link, listener: EdgeDial['listener']): Promise<void> {
  const admits = () => link.isOpen && !link.channels.isFull;
  try {
    await connection.requestForward({
      admits,
      onChannel: (channel) => listener.onChannel(link.channels.accept(channel)),
    });
  } catch (error) {
    throw new FairleadError('link.down', link.closeReason ?? asFairleadError(error).message, { cause: error });
  }
}

async function becomeLink(socket: Socket, { edge, clientKey, node, listener }: EdgeDial): Promise<Link> {
  await once(socket, 'connect');
  const connection = dialSsh(socket, { user: node.name, clientKey, hostKey: edge.hostKey });
  await connection.authenticated;
  const link = new Link(edge.name, connection, await connection.openControl(), node, listener);
  await link.greeted;
  await openTo(connection, link, listener);
  return link;
}

/**
 * Dials an edge and resolves with a link that is up.
 * @throws FairleadError `link.down` with what went wrong, also when the signal is aborted or the handshake takes too long.
 */
export async function dialEdge(dial: EdgeDial, signal: AbortSignal): Promise<Link> {
  const { clock, limits } = dial.node;
  const { host, port } = dial.edge;
  const socket = connect({ host, port, noDelay: true });
  const deadline = clock.after(limits.handshakeMs, () => {
    socket.destroy(new Error(`no link with ${host}:${port} within ${limits.handshakeMs} ms`));
  });
  const onAbort = () => socket.destroy(new Error('this node stops'));
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await becomeLink(socket, dial);
  } catch (error) {
    closeSoon(socket, clock, limits.lingerMs);
    throw new FairleadError('link.down', asFairleadError(error).message, { cause: error });
  } finally {
    deadline.cancel();
    signal.removeEventListener('abort', onAbort);
  }
}
