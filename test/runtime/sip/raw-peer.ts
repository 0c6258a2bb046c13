import { connect, createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import { defaultMessageLimits } from '../../../src/runtime/sip/message/message-limits.js';
import { newResponse } from '../../../src/runtime/sip/message/new-message.js';
import { parseSipMessage } from '../../../src/runtime/sip/message/parse-sip-message.js';
import type { SipMessage } from '../../../src/runtime/sip/message/sip-message.js';
import { StreamFramer } from '../../../src/runtime/sip/message/stream-framer.js';
import { domain, ucHost, until } from './sip-kit.js';

/** One end of a TCP connection that says exactly what a test wants, and keeps what it hears. */
export class RawPeer {
  readonly heard: SipMessage[] = [];
  readonly socket: Socket;
  onRequest: (request: SipMessage, peer: RawPeer) => void = () => undefined;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('error', () => undefined);
    const framer = new StreamFramer(defaultMessageLimits, {
      onMessage: (bytes) => this.#hear(parseSipMessage(Buffer.from(bytes), defaultMessageLimits)),
      onStun: () => undefined,
      onKeepalive: () => undefined,
      onFailure: () => socket.destroy(),
    });
    socket.on('data', (chunk: Buffer) => framer.push(chunk));
  }

  static async to(t: TestContext, port: number | undefined): Promise<RawPeer> {
    const socket = connect(port ?? 0, '127.0.0.1');
    t.after(() => socket.destroy());
    await once(socket, 'connect');
    return new RawPeer(socket);
  }

  send(message: string | SipMessage): void {
    this.socket.write(typeof message === 'string' ? Buffer.from(message, 'latin1') : message.toBytes());
  }

  /** The final answer to a request. */
  async ask(request: string): Promise<SipMessage> {
    const { callId, cseqMethod } = parseSipMessage(Buffer.from(request, 'latin1'), defaultMessageLimits);
    this.send(request);
    return await this.hears(
      (one) => one.statusCode >= 200 && one.callId === callId && one.cseqMethod === cseqMethod,
      'the answer',
    );
  }

  async hears(matches: (message: SipMessage) => boolean, what: string): Promise<SipMessage> {
    await until(() => this.heard.some(matches), what);
    const found = this.heard.findIndex(matches);
    const [message] = this.heard.splice(found, 1);
    if (message === undefined) throw new Error(`${what} is gone`);
    return message;
  }

  #hear(message: SipMessage): void {
    this.heard.push(message);
    if (message.isRequest && message.method !== 'ACK') this.onRequest(message, this);
  }
}

/** A UC node that believes every REGISTER and answers everything else with 200; shows what got through to it. */
export class RawUcNode {
  readonly requests: SipMessage[] = [];
  readonly connections: RawPeer[] = [];
  /** Headers of its answers to a REGISTER. */
  registered: (request: SipMessage) => readonly (readonly [string, string])[] = (request) => [
    ...request.values('contact').map((contact) => ['contact', contact] as const),
    ['expires', '120'],
  ];
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket) => this.#accept(socket));
  }

  static async start(t: TestContext): Promise<RawUcNode> {
    const node = new RawUcNode(createServer());
    node.#server.listen(0, '127.0.0.1');
    await once(node.#server, 'listening');
    t.after(() => {
      node.#server.close();
      for (const { socket } of node.connections) socket.destroy();
    });
    return node;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' ? (address?.port ?? 0) : 0;
  }

  named(method: string): readonly SipMessage[] {
    return this.requests.filter((request) => request.method === method);
  }

  #accept(socket: Socket): void {
    const peer = new RawPeer(socket);
    peer.onRequest = (request) => {
      this.requests.push(request);
      const headers = request.method === 'REGISTER' ? this.registered(request) : [];
      peer.send(newResponse(request, 200, { toTag: 'uc', headers }));
    };
    this.connections.push(peer);
  }
}

export interface RequestParts {
  readonly uri?: string;
  readonly from?: string;
  readonly to?: string;
  readonly toTag?: string;
  readonly callId?: string;
  readonly cseq?: number;
  readonly contacts?: readonly string[];
  readonly headers?: readonly string[];
}

let last = 0;

/** A request of a client; every one is another one. */
export function clientRequest(method: string, parts: RequestParts = {}): string {
  last += 1;
  const { uri = `sip:${ucHost}`, from = `sip:ada@${domain}`, to = from, toTag, contacts = [], headers = [] } = parts;
  return [
    `${method} ${uri} SIP/2.0`,
    `Via: SIP/2.0/TCP 127.0.0.1:5099;branch=z9hG4bKraw${last}`,
    'Max-Forwards: 70',
    `From: <${from}>;tag=a${last}`,
    `To: <${to}>${toTag === undefined ? '' : `;tag=${toTag}`}`,
    `Call-ID: ${parts.callId ?? `raw-${last}`}`,
    `CSeq: ${parts.cseq ?? last} ${method}`,
    ...contacts.map((contact) => `Contact: ${contact}`),
    ...headers,
    'Content-Length: 0',
    '\r\n',
  ].join('\r\n');
}

/** A Contact as a Cisco client writes it. */
export function contactOf(device: string, uri = 'sip:ada@127.0.0.1:5099;transport=tcp'): string {
  return `<${uri}>;+u.sip!devicename.ccm.cisco.com="${device}"`;
}
