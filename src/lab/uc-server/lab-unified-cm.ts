import { FairleadError } from '../../errors.js';
import type { Clock } from '../../platform/clock.js';
import type { Credential } from '../certificates/authority.js';
import { LabRegistrar, type LabRegistrarOptions } from '../sip/registrar/lab-registrar.js';
import type { UcControl, UcRecord } from './uc-control.js';
import type { UcFault } from './uc-fault.js';
import { type NewUcUser, type UcModel, type UcUser, findUser, newUcUser, withUser } from './uc-model.js';
import { UcNode } from './uc-node.js';
import { type UcRequest, UcRequestLog } from './uc-request-log.js';

export interface LabUcNode {
  readonly host: string;
  /** A loopback address of its own, because all nodes of a cluster listen on one port. */
  readonly address: string;
  readonly certificate: Credential;
  readonly wrongCertificate: Credential;
}

export interface LabUnifiedCmOptions {
  /** The first is the publisher. */
  readonly nodes: readonly LabUcNode[];
  readonly users: readonly NewUcUser[];
  /** Domain of the users' addresses. */
  readonly domain: string;
  /** Port of every node; 0 takes one that is free on all their addresses. */
  readonly port: number;
  /** Its SIP side; left out, nothing listens for SIP. */
  readonly sip?: Omit<LabRegistrarOptions, 'nodes' | 'clock'>;
  readonly clock: Clock;
}

const release = { version: '14.0.1', schemaVersion: '14.0.0' } as const;
const portAttempts = 10;

/** A stand-in Unified CM cluster (lab: not a real Unified CM): its nodes, its users, and what reached it. */
export class LabUnifiedCm implements UcControl {
  readonly sip: LabRegistrar;
  readonly #nodes: readonly UcNode[];
  readonly #log = new UcRequestLog();
  readonly #options: LabUnifiedCmOptions;
  #model: UcModel;

  constructor(options: LabUnifiedCmOptions) {
    this.#options = options;
    const users = options.users.map((user) => newUcUser(user, options.domain));
    this.#model = {
      ...release,
      port: options.port,
      nodes: options.nodes.map(({ host }) => ({ host, listed: true })),
      users: new Map(users.map((user) => [user.userName.toLowerCase(), user])),
    };
    const shared = { model: () => this.#model, log: this.#log, clock: options.clock };
    const { nodes, clock, sip = { ports: { port: 0, tlsPort: 0 } } } = options;
    this.sip = new LabRegistrar({ ...sip, nodes, clock });
    this.#nodes = options.nodes.map((node) => new UcNode({ ...node, ...shared }));
  }

  /** The UDS port of every node, once started. */
  get port(): number {
    return this.#model.port;
  }

  /** Addresses by host name, as the `hosts` of a node's configuration wants them. */
  get hosts(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.#options.nodes.map(({ host, address }) => [host, address]));
  }

  async start(): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#listen();
        return;
      } catch (error) {
        await this.stop();
        const anyPort = this.#options.port === 0 || this.#options.sip?.ports.port === 0;
        if (!anyPort || attempt === portAttempts) throw error;
      }
    }
  }

  async #listen(): Promise<void> {
    let port = this.#options.port;
    for (const node of this.#nodes) port = await node.start(port);
    this.#model = { ...this.#model, port };
    if (this.#options.sip !== undefined) await this.sip.start();
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#nodes.map((node) => node.stop()), this.sip.stop()]);
  }

  async setFault(host: string, fault?: UcFault): Promise<void> {
    await this.#node(host).setFault(fault);
  }

  setLatency(host: string, latencyMs: number): Promise<void> {
    return this.#now(() => this.#node(host).setLatency(latencyMs));
  }

  setPassword(userName: string, password: string): Promise<void> {
    return this.#now(() => this.#replaceUser({ ...this.#user(userName), password }));
  }

  setEnabled(userName: string, enabled: boolean): Promise<void> {
    return this.#now(() => this.#replaceUser({ ...this.#user(userName), enabled }));
  }

  putUser(user: NewUcUser): Promise<void> {
    return this.#now(() => this.#replaceUser(newUcUser(user, this.#options.domain)));
  }

  setListed(host: string, listed: boolean): Promise<void> {
    return this.#now(() => {
      this.#node(host);
      const nodes = this.#model.nodes.map((node) => (node.host === host ? { host, listed } : node));
      this.#model = { ...this.#model, nodes };
    });
  }

  record(): Promise<UcRecord> {
    const { counts, requests, unscripted } = this.#log;
    return Promise.resolve({ counts, requests, unscripted });
  }

  forgetRecord(): Promise<void> {
    return this.#now(() => this.#log.forget());
  }

  /** @throws FairleadError `lab.unexpected` naming every call that the stand-in does not know. */
  assertNoUnscriptedCalls(): void {
    refuseUnscripted(this.#log.unscripted);
  }

  #replaceUser(user: UcUser): void {
    this.#model = withUser(this.#model, user);
  }

  #user(userName: string): UcUser {
    const user = findUser(this.#model, userName);
    if (user === undefined) throw new FairleadError('node.not-found', `the stand-in has no user "${userName}"`);
    return user;
  }

  #node(host: string): UcNode {
    const node = this.#nodes.find((one) => one.host === host);
    if (node === undefined) throw new FairleadError('node.not-found', `the stand-in has no node "${host}"`);
    return node;
  }

  /** Does it before the promise is given, so that in one process the very next request sees it. */
  #now(task: () => void): Promise<void> {
    return new Promise((resolve) => {
      task();
      resolve();
    });
  }
}

/** @throws FairleadError `lab.unexpected` naming every call that the stand-in does not know. */
export function refuseUnscripted(calls: readonly UcRequest[]): void {
  if (calls.length === 0) return;
  const details = calls.map(({ host, method, target }) => ({ place: host, message: `${method} ${target}` }));
  throw new FairleadError('lab.unexpected', `the stand-in does not know ${calls.length} of the calls it got`, {
    details,
  });
}
