import { type Socket, createSocket } from 'node:dgram';
import { once } from 'node:events';
import { asFairleadError } from '../../../errors.js';
import { parseMessage } from '../wire/message-text.js';
import { type Flow, type FlowSink, newFlowId } from './flow.js';

const mostPeers = 10_000;

/** A UDP socket; each address that it hears of, or is told to send to, is a flow. */
export class UdpSocket {
  readonly #sink: FlowSink;
  readonly #peers = new Map<string, Flow>();
  #socket: Socket | undefined;
  #local = { address: '', port: 0 };

  constructor(sink: FlowSink) {
    this.#sink = sink;
  }

  /** @throws the system's error when the port is taken. */
  async open(address: string, port: number): Promise<number> {
    const socket = createSocket('udp4');
    socket.on('message', (bytes, { address: from, port: fromPort }) => this.#receive(bytes, from, fromPort));
    socket.bind(port, address);
    await once(socket, 'listening');
    socket.on('error', (error) => this.#sink.onGarbage(error.message, this.to('', 0)));
    this.#socket = socket;
    this.#local = socket.address();
    return this.#local.port;
  }

  async close(): Promise<void> {
    const socket = this.#socket;
    if (socket === undefined) return;
    this.#socket = undefined;
    this.#peers.clear();
    socket.close();
    await once(socket, 'close');
  }

  /** The flow to an address. */
  to(address: string, port: number): Flow {
    const key = `${address}:${port}`;
    const known = this.#peers.get(key);
    if (known !== undefined) return known;
    const flow = this.#newFlow(address, port);
    if (this.#peers.size >= mostPeers) this.#peers.clear();
    this.#peers.set(key, flow);
    return flow;
  }

  #newFlow(address: string, port: number): Flow {
    const isOpen = () => this.#socket !== undefined;
    return {
      id: newFlowId(),
      protocol: 'UDP',
      remoteAddress: address,
      remotePort: port,
      localAddress: this.#local.address,
      localPort: this.#local.port,
      get isOpen() {
        return isOpen();
      },
      send: (bytes) => this.#socket?.send(bytes, port, address),
      end: () => undefined,
      cut: () => undefined,
      reset: () => undefined,
    };
  }

  #receive(bytes: Buffer, address: string, port: number): void {
    const flow = this.to(address, port);
    const first = bytes[0] ?? 0;
    if (bytes.length <= 4) return;
    if (first <= 1) {
      this.#sink.onStun(bytes, flow);
      return;
    }
    try {
      this.#sink.onMessage(parseMessage(bytes), flow);
    } catch (error) {
      this.#sink.onGarbage(asFairleadError(error).message, flow);
    }
  }
}
