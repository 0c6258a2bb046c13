import type { Credential } from '../../certificates/authority.js';
import type { Flow, FlowSink } from '../flow/flow.js';
import { StreamListener } from '../flow/stream-listener.js';
import { UdpSocket } from '../flow/udp-socket.js';

/** Ports of a node: TCP and UDP share one. */
export interface SipPorts {
  readonly port: number;
  /** 0 until it listens, and always without a certificate. */
  readonly tlsPort: number;
}

/** The TCP, UDP and, with a certificate, TLS listeners of a node; they are closed and opened again by faults. */
export class NodeListeners {
  readonly #address: string;
  readonly #certificate: Credential | undefined;
  readonly #sink: FlowSink;
  readonly #onConnection: () => void;
  readonly #udp: UdpSocket;
  #streams: readonly StreamListener[] = [];

  constructor(address: string, certificate: Credential | undefined, sink: FlowSink, onConnection: () => void) {
    this.#address = address;
    this.#certificate = certificate;
    this.#sink = sink;
    this.#onConnection = onConnection;
    this.#udp = new UdpSocket(sink);
  }

  async open(ports: SipPorts): Promise<SipPorts> {
    const plain = new StreamListener(this.#sink, undefined, this.#onConnection);
    this.#streams = [plain];
    const port = await plain.open(this.#address, ports.port);
    await this.#udp.open(this.#address, port);
    if (this.#certificate === undefined) return { port, tlsPort: 0 };
    const secure = new StreamListener(this.#sink, this.#certificate, this.#onConnection);
    this.#streams = [plain, secure];
    return { port, tlsPort: await secure.open(this.#address, ports.tlsPort) };
  }

  async close(): Promise<void> {
    await Promise.all([...this.#streams.map((listener) => listener.close()), this.#udp.close()]);
    this.#streams = [];
  }

  /** Cuts every connection; new ones are taken. */
  cut(): void {
    for (const listener of this.#streams) listener.cut();
  }

  get isOpen(): boolean {
    return this.#streams.length > 0;
  }

  /** The flow to a UDP address. */
  udpTo(address: string, port: number): Flow {
    return this.#udp.to(address, port);
  }
}
