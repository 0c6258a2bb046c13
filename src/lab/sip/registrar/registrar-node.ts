import type { LookupFunction } from 'node:net';
import type { Clock } from '../../../platform/clock.js';
import type { Credential } from '../../certificates/authority.js';
import { type AnswerOptions, answerTo } from '../agent/answers.js';
import type { Outlet } from '../agent/call-leg.js';
import { Transactions, withVia } from '../agent/transactions.js';
import type { FlowTrust } from '../flow/connect-flow.js';
import type { Flow, FlowSink } from '../flow/flow.js';
import { writeMessage } from '../wire/message-text.js';
import { readUri, uriIn } from '../wire/sip-address.js';
import { type SipMessage, type SipRequest, cseqOf, fieldOf } from '../wire/sip-message.js';
import { type StunPacket, parseStun, stunSuccess } from '../wire/stun-packet.js';
import { AnswerMemory } from './answer-memory.js';
import { BackConnections } from './back-connections.js';
import { nextHopOf } from './next-hop.js';
import { NodeListeners, type SipPorts } from './node-listeners.js';
import type { RegistrarSettings } from './registrar-settings.js';
import type { SipFault, StunBehaviour } from './sip-fault.js';
import type { SipLedger } from './sip-record.js';

export interface RegistrarNodeOptions {
  readonly host: string;
  readonly address: string;
  /** Without one there is no TLS. */
  readonly certificate: Credential | undefined;
  readonly trust: FlowTrust | undefined;
  readonly lookup: LookupFunction;
  readonly settings: () => RegistrarSettings;
  readonly stun: () => StunBehaviour;
  readonly ledger: SipLedger;
  readonly clock: Clock;
  /** Takes every request that no fault has dealt with; it must be answered by `answer`. */
  readonly onRequest: (request: SipRequest, flow: Flow, node: RegistrarNode) => void;
}

/** The SIP side of one node of a stand-in Unified CM: its listeners, how they fail, and the way of its own requests. */
export class RegistrarNode implements FlowSink {
  readonly #options: RegistrarNodeOptions;
  readonly #listeners: NodeListeners;
  readonly #back: BackConnections;
  readonly #transactions: Transactions;
  readonly #memory = new AnswerMemory();
  readonly #flows = new Map<number, Flow>();
  #ports: SipPorts = { port: 0, tlsPort: 0 };
  #fault: SipFault | undefined;

  constructor(options: RegistrarNodeOptions) {
    this.#options = options;
    const { address, certificate, ledger, lookup, trust, clock, settings } = options;
    this.#listeners = new NodeListeners(address, certificate, this, () => ledger.addConnection());
    this.#transactions = new Transactions(clock);
    const udp = (to: string, port: number) => this.#listeners.udpTo(to, port);
    const timeoutMs = () => settings().requestTimeoutMs;
    this.#back = new BackConnections({ localAddress: address, lookup, trust, timeoutMs, clock, udp }, this);
  }

  get host(): string {
    return this.#options.host;
  }

  /** Where a device's requests inside a call come to. */
  contactOf(user: string): string {
    return `<sip:${user}@${this.host}:${this.#ports.port};transport=tcp>`;
  }

  async start(ports: SipPorts): Promise<SipPorts> {
    this.#ports = await this.#listeners.open(ports);
    return this.#ports;
  }

  async stop(): Promise<void> {
    this.#transactions.stop();
    this.#back.cut();
    await this.#listeners.close();
  }

  async setFault(fault: SipFault | undefined): Promise<void> {
    this.#fault = fault;
    if (fault?.type === 'refuse') {
      this.#back.cut();
      await this.#listeners.close();
    } else if (!this.#listeners.isOpen) await this.start(this.#ports);
    else if (fault?.type === 'reset') this.#listeners.cut();
  }

  /** The way of requests: `preferred` while it is open and connections are reused, else where the request says. */
  outlet(preferred?: number): Outlet {
    return {
      request: (request, branch, listener) => {
        const timeoutMs = this.#options.settings().requestTimeoutMs;
        this.#flowFor(request, preferred).then(
          (flow) => this.#transactions.send({ flow, request, timeoutMs, branch }, listener),
          () => listener(undefined),
        );
      },
      cancel: (branch) => this.#transactions.cancel(branch),
      acknowledge: (request) => {
        this.#flowFor(request, preferred).then(
          (flow) => flow.send(writeMessage(withVia(request, flow))),
          () => undefined,
        );
      },
    };
  }

  /** Answers a request and writes both down when the answer is final. */
  answer(request: SipRequest, flow: Flow, status: number, options: AnswerOptions = {}): void {
    const server = { name: 'Server', value: this.#options.settings().server };
    const fields = status === 100 ? [] : [...(options.fields ?? []), server];
    const bytes = writeMessage(answerTo(request, flow, status, { ...options, fields }));
    if (flow.protocol === 'UDP') this.#memory.answered(request, bytes);
    flow.send(bytes);
    if (status >= 200) this.#record(request, status);
  }

  /** Writes down what nobody scripted. */
  unscripted(flow: Flow, reason: string): void {
    const { ledger, clock, host } = this.#options;
    const time = new Date(clock.nowMs()).toISOString();
    ledger.addUnscripted({ time, node: host, from: `${flow.remoteAddress}:${flow.remotePort}`, reason });
  }

  onMessage(message: SipMessage, flow: Flow): void {
    const fault = this.#fault;
    if (fault?.type === 'reset') flow.reset();
    else if (fault?.type === 'slow') this.#later(fault.delayMs, () => this.#receive(message, flow));
    else if (fault?.type === 'hang') this.#ignore(message);
    else this.#receive(message, flow);
  }

  onStun(bytes: Buffer, flow: Flow): void {
    const packet = parseStun(bytes);
    const fault = this.#fault;
    if (packet?.type !== 'request') this.unscripted(flow, 'a STUN packet that is no Binding request');
    else if (fault?.type === 'reset') flow.reset();
    else if (fault?.type === 'slow') this.#later(fault.delayMs, () => this.#answerStun(packet, flow));
    else this.#answerStun(packet, flow);
  }

  #answerStun({ transactionId }: StunPacket, flow: Flow): void {
    const answers = this.#fault?.type !== 'hang' && this.#options.stun() === 'answers';
    this.#options.ledger.addStun(answers);
    if (answers) flow.send(stunSuccess(transactionId, flow.remoteAddress, flow.remotePort));
  }

  onGarbage(reason: string, flow: Flow): void {
    this.unscripted(flow, reason);
  }

  onClosed(flow: Flow): void {
    this.#flows.delete(flow.id);
    this.#transactions.flowClosed(flow);
  }

  #receive(message: SipMessage, flow: Flow): void {
    if (flow.protocol !== 'UDP') this.#flows.set(flow.id, flow);
    if (message.type === 'response') {
      if (!this.#transactions.take(message))
        this.unscripted(flow, `a stray answer ${message.status} ${message.reason}`);
    } else if (this.#isNew(message, flow)) this.#serve(message, flow);
  }

  /** Over UDP a request may come again; then it gets the same answer. */
  #isNew(request: SipRequest, flow: Flow): boolean {
    if (flow.protocol !== 'UDP') return true;
    const seen = this.#memory.seen(request);
    if (seen?.answer !== undefined) flow.send(seen.answer);
    return seen === undefined;
  }

  #serve(request: SipRequest, flow: Flow): void {
    const fault = this.#fault;
    if (fault?.type === 'status' && request.method !== 'ACK') {
      const retry = fault.retryAfterSeconds;
      const fields = retry === undefined ? [] : [{ name: 'Retry-After', value: String(retry) }];
      this.answer(request, flow, fault.status, { fields, toTag: 'fault' });
    } else if (cseqOf(request).method !== request.method) {
      this.unscripted(flow, `a ${request.method} whose CSeq says "${fieldOf(request, 'CSeq') ?? ''}"`);
      this.answer(request, flow, 400);
    } else {
      if (request.method === 'ACK') this.#record(request, undefined);
      this.#options.onRequest(request, flow, this);
    }
  }

  async #flowFor(request: SipRequest, preferred: number | undefined): Promise<Flow> {
    const known = preferred === undefined ? undefined : this.#flows.get(preferred);
    if (this.#options.settings().backConnections === 'reuse' && known?.isOpen === true) return known;
    const hop = nextHopOf(request);
    if (hop === undefined) throw new TypeError('the request names no next hop');
    return await this.#back.to(hop);
  }

  #ignore(message: SipMessage): void {
    if (message.type === 'request') this.#record(message, undefined);
  }

  #record(request: SipRequest, status: number | undefined): void {
    const { ledger, clock, host } = this.#options;
    const from = readUri(uriIn(fieldOf(request, 'From') ?? ''))?.user ?? '';
    const { method, uri } = request;
    ledger.addExchange({ time: new Date(clock.nowMs()).toISOString(), node: host, method, uri, from, status });
  }

  #later(delayMs: number, task: () => void): void {
    this.#options.clock.after(delayMs, task, { idle: true });
  }
}
