import { createSecureContext } from 'node:tls';
import { FairleadError } from '../../../errors.js';
import type { Clock } from '../../../platform/clock.js';
import { newStaticHosts, staticLookup } from '../../../platform/static-hosts.js';
import type { Credential } from '../../certificates/authority.js';
import type { Reply } from '../agent/call-leg.js';
import { newTag } from '../agent/identifiers.js';
import type { Flow } from '../flow/flow.js';
import { type SipRequest, fieldOf } from '../wire/sip-message.js';
import { CallControl } from './call-control.js';
import type { SipPorts } from './node-listeners.js';
import { RegisterDesk } from './register-desk.js';
import { RegistrarNode } from './registrar-node.js';
import { type RegistrarSettings, type SipDevice, defaultRegistrarSettings } from './registrar-settings.js';
import { type Registration, RegistrationTable } from './registration-table.js';
import type { SipControl, UcCall } from './sip-control.js';
import type { SipFault, StunBehaviour } from './sip-fault.js';
import { SipLedger, type SipRecord } from './sip-record.js';

export interface LabRegistrarOptions {
  readonly nodes: readonly {
    readonly host: string;
    readonly address: string;
    readonly certificate?: Credential;
  }[];
  /** Ports of every node; 0 takes free ones of the first, which may be taken on another. */
  readonly ports: SipPorts;
  readonly devices?: readonly SipDevice[];
  /** Addresses of the cores by name, which stand in Path and Contact; others are asked of the system. */
  readonly hosts?: Readonly<Record<string, string>>;
  /** CA that its own TLS connections trust, PEM. */
  readonly ca?: string;
  readonly settings?: Partial<RegistrarSettings>;
  readonly clock: Clock;
}

/** Requests outside any call that are answered and lead to nothing. */
const plainAnswers: ReadonlyMap<string, number> = new Map([
  ['OPTIONS', 200],
  ['SUBSCRIBE', 200],
  ['PUBLISH', 200],
  ['NOTIFY', 200],
  ['MESSAGE', 202],
  ['REFER', 202],
]);

/** The registrar and call control of a stand-in Unified CM cluster (lab: not a real Unified CM). */
export class LabRegistrar implements SipControl {
  readonly #options: LabRegistrarOptions;
  readonly #nodes: ReadonlyMap<string, RegistrarNode>;
  readonly #table = new RegistrationTable();
  readonly #ledger = new SipLedger();
  readonly #devices: Map<string, SipDevice>;
  readonly #desk: RegisterDesk;
  readonly #calls: CallControl;
  #settings: RegistrarSettings;
  #stun: StunBehaviour = 'answers';
  #ports: SipPorts;

  constructor(options: LabRegistrarOptions) {
    this.#options = options;
    this.#ports = options.ports;
    this.#settings = { ...defaultRegistrarSettings, ...options.settings };
    this.#devices = new Map((options.devices ?? []).map((device) => [device.name.toLowerCase(), device]));
    const nowMs = () => options.clock.nowMs();
    const device = (name: string) => this.#devices.get(name.toLowerCase());
    this.#desk = new RegisterDesk({ table: this.#table, settings: () => this.#settings, device, nowMs });
    const find = (target: string) => this.#find(target);
    this.#calls = new CallControl({ clock: options.clock, find, node: (host) => this.#node(host) });
    this.#nodes = new Map(options.nodes.map((node) => [node.host, this.#newNode(node)]));
  }

  /** The ports of every node, once started. */
  get ports(): SipPorts {
    return this.#ports;
  }

  async start(): Promise<void> {
    for (const node of this.#nodes.values()) this.#ports = await node.start(this.#ports);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#nodes.values()].map((node) => node.stop()));
    this.#ports = this.#options.ports;
  }

  async setFault(host: string, fault?: SipFault): Promise<void> {
    await this.#node(host).setFault(fault);
  }

  setStun(behaviour: StunBehaviour): Promise<void> {
    this.#stun = behaviour;
    return Promise.resolve();
  }

  configure(settings: Partial<RegistrarSettings>): Promise<void> {
    this.#settings = { ...this.#settings, ...settings };
    return Promise.resolve();
  }

  putDevice(device: SipDevice): Promise<void> {
    this.#devices.set(device.name.toLowerCase(), device);
    return Promise.resolve();
  }

  registrations(): Promise<readonly Registration[]> {
    return Promise.resolve(this.#table.all(this.#options.clock.nowMs()));
  }

  registered(): Promise<number> {
    return Promise.resolve(this.#table.all(this.#options.clock.nowMs()).length);
  }

  forgetRegistrations(): Promise<void> {
    this.#table.clear();
    return Promise.resolve();
  }

  async call(target: string): Promise<UcCall> {
    return await this.#calls.call(target);
  }

  hangUp(id: string): Promise<void> {
    return new Promise((resolve) => {
      this.#calls.hangUp(id);
      resolve();
    });
  }

  calls(): Promise<readonly UcCall[]> {
    return Promise.resolve(this.#calls.calls());
  }

  async ask(target: string, method: 'OPTIONS' | 'NOTIFY'): Promise<number | undefined> {
    return await this.#calls.ask(target, method);
  }

  record(): Promise<SipRecord> {
    return Promise.resolve(this.#ledger.record());
  }

  forgetRecord(): Promise<void> {
    this.#ledger.forget();
    return Promise.resolve();
  }

  #newNode(node: LabRegistrarOptions['nodes'][number]): RegistrarNode {
    const { ca, hosts = {}, clock } = this.#options;
    return new RegistrarNode({
      host: node.host,
      address: node.address,
      certificate: node.certificate,
      trust: ca === undefined ? undefined : { secureContext: createSecureContext(clientContext(ca, node.certificate)) },
      lookup: staticLookup(newStaticHosts(hosts)),
      settings: () => this.#settings,
      stun: () => this.#stun,
      ledger: this.#ledger,
      clock,
      onRequest: (request, flow, at) => this.#serve(request, flow, at),
    });
  }

  #serve(request: SipRequest, flow: Flow, node: RegistrarNode): void {
    const reply: Reply = (status, content) => node.answer(request, flow, status, content);
    const isInside = /;\s*tag=/i.test(fieldOf(request, 'To') ?? '');
    if (request.method === 'REGISTER') this.#register(request, flow, node);
    else if (this.#calls.take(request, reply) || request.method === 'ACK') return;
    else if (isInside || request.method === 'CANCEL') reply(481);
    else if (request.method === 'INVITE') this.#calls.invite(request, flow, reply, node);
    else this.#answerPlainly(request, flow, node, reply);
  }

  #answerPlainly(request: SipRequest, flow: Flow, node: RegistrarNode, reply: Reply): void {
    const status = plainAnswers.get(request.method);
    if (status === undefined) node.unscripted(flow, `the method ${request.method}`);
    const expires = fieldOf(request, 'Expires');
    reply(status ?? 405, {
      toTag: newTag(),
      fields: expires === undefined ? [] : [{ name: 'Expires', value: expires }],
    });
  }

  #register(request: SipRequest, flow: Flow, node: RegistrarNode): void {
    node.answer(request, flow, 100);
    const { status, fields, registration, isNew } = this.#desk.answer(request, flow, node.host);
    node.answer(request, flow, status, { fields, toTag: newTag() });
    const { notify } = this.#settings;
    if (registration === undefined || notify === 'never' || (notify === 'new-registration' && isNew !== true)) return;
    this.#calls.tell(registration, 'NOTIFY', () => undefined);
  }

  #find(target: string): Registration | undefined {
    const now = this.#options.clock.nowMs();
    const direct = this.#table.find(target, now);
    if (direct !== undefined) return direct;
    const numbered = [...this.#devices.values()].find(({ number }) => number === target);
    return numbered === undefined ? undefined : this.#table.find(numbered.name, now);
  }

  #node(host: string): RegistrarNode {
    const node = this.#nodes.get(host);
    if (node === undefined) throw new FairleadError('node.not-found', `the stand-in has no node "${host}"`);
    return node;
  }
}

function clientContext(ca: string, certificate: Credential | undefined) {
  return certificate === undefined ? { ca } : { ca, cert: certificate.certificate, key: certificate.key };
}

/** @throws FairleadError `lab.unexpected` naming every SIP message that the stand-in does not know. */
export function refuseUnscriptedSip({ unscripted }: Pick<SipRecord, 'unscripted'>): void {
  if (unscripted.length === 0) return;
  const details = unscripted.map(({ node, from, reason }) => ({ place: node, message: `from ${from}: ${reason}` }));
  throw new FairleadError(
    'lab.unexpected',
    `the stand-in does not know ${unscripted.length} of the SIP messages it got`,
    {
      details,
    },
  );
}
