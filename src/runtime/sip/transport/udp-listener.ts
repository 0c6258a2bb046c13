import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { isIPv4, isIPv6 } from 'node:net';
import { canonicalAddress } from '../../../model/address.js';
import type { Hop } from '../hop.js';
import { isStun } from '../stun/stun-message.js';
import { cannotListen } from './listening.js';
import type { ListenPlace, SipListener } from './sip-listener.js';
import type { TransportContext } from './transport-context.js';
import type { UdpHop } from './udp-hop.js';
import { UdpPeers } from './udp-peers.js';

/** Bytes that wait for the network before datagrams are refused. */
const queueBytes = 4 * 1024 * 1024;
/** Anything shorter is a keepalive of CR and LF, or noise. */
const shortestMessage = 5;

/** A UDP port; every remote address and port is a hop. */
export class UdpListener implements SipListener {
  readonly protocol = 'UDP';
  readonly #context: TransportContext;
  readonly #place: ListenPlace;
  readonly #socket: Socket;
  readonly #peers: UdpPeers;
  #port = 0;
  #isOpen = false;

  constructor(context: TransportContext, place: ListenPlace) {
    this.#context = context;
    this.#place = place;
    this.#peers = new UdpPeers(context);
    this.#socket = createSocket(isIPv6(place.host) ? 'udp6' : 'udp4');
    this.#receiveAll();
  }

  get port(): number {
    return this.#port;
  }

  get openHops(): number {
    return this.#peers.size;
  }

  async start(): Promise<void> {
    await this.#bind().catch((error: unknown) => {
      throw cannotListen('UDP', this.#place, error);
    });
    this.#isOpen = true;
    this.#port = this.#socket.address().port;
    this.#socket.on('error', (error) => this.#context.log.error({ err: error }, 'the UDP port of SIP failed'));
  }

  /** The hop to an IP address and port, whether or not anything came from there. */
  hopTo(address: string, port: number): Hop {
    const isMapped = isIPv4(address) && isIPv6(this.#place.host);
    return this.#hopFor({ address: isMapped ? `::ffff:${address}` : address, port });
  }

  stopAccepting(): void {
    this.#socket.removeAllListeners('message');
  }

  resume(): Promise<void> {
    if (this.#socket.listenerCount('message') === 0) this.#receiveAll();
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#peers.closeAll('this node stops');
    await new Promise<void>((resolve) => this.#socket.close(() => resolve()));
  }

  #receiveAll(): void {
    this.#socket.on('message', (bytes, from) => this.#receive(bytes, from));
  }

  #bind(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#socket.once('error', reject);
      this.#socket.bind({ address: this.#place.host, port: this.#place.port }, () => {
        this.#socket.removeListener('error', reject);
        resolve();
      });
    });
  }

  #hopFor({ address, port }: Pick<RemoteInfo, 'address' | 'port'>): UdpHop {
    return this.#peers.hopFor(`${port} ${address}`, () => ({
      remoteAddress: canonicalAddress(address) ?? address,
      remotePort: port,
      send: (bytes) => this.#send(bytes, address, port),
    }));
  }

  #send(bytes: Buffer, address: string, port: number): boolean {
    if (!this.#isOpen || this.#socket.getSendQueueSize() + bytes.length > queueBytes) return false;
    // What cannot be sent is lost, as any datagram may be: the transaction sends it again or gives up.
    this.#socket.send(bytes, port, address, () => undefined);
    return true;
  }

  #receive(bytes: Buffer, from: RemoteInfo): void {
    if (!this.#isOpen || bytes.length < shortestMessage || from.port === 0) return;
    const { intake } = this.#hopFor(from);
    if (isStun(bytes)) intake.stun(bytes);
    else intake.message(bytes);
  }
}
