import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import type { Agent } from 'undici';
import { FairleadError } from '../../errors.js';
import type { Clock } from '../../platform/clock.js';
import { newEdgeTransport } from '../client/edge-transport.js';
import { LabClient, type LabClientOptions } from '../client/lab-client.js';
import { OperationLog } from '../client/operation-log.js';
import type { FlowTrust } from '../sip/flow/connect-flow.js';
import type { PhoneOptions } from '../sip/phone/phone-options.js';
import { signInForPhones } from '../sip/phone/phone-sign-in.js';
import type { UcControl } from '../uc-server/uc-control.js';
import type { NewUcUser } from '../uc-server/uc-model.js';
import type { ClusterTerms } from './cluster-documents.js';
import { writeEstate } from './estate-files.js';
import { type EstateLayout, type EstateNode, type EstateSize, newEstateLayout } from './estate-layout.js';
import { type EstatePaths, estatePaths } from './estate-paths.js';
import type { EstateProcess, ProcessEnvironment } from './estate-process.js';
import { type CommandEnd, EstateProgram, type EstateProgramOptions } from './estate-program.js';
import { type EstateUnifiedCm, unifiedCmApart, unifiedCmHere } from './estate-unified-cm.js';
import type { LabRepository } from './lab-repository.js';
import { NodeAdmin } from './node-admin.js';
import { hasEndpointsOf, isListening } from './readiness.js';

export interface EstateOptions extends EstateSize, EstateProgramOptions, Partial<Omit<ClusterTerms, 'ca'>> {
  /** A new or empty directory. */
  readonly directory: string;
  /** Who may sign in; `ada` with the password `engine` unless it says otherwise. */
  readonly users?: readonly NewUcUser[];
  /** Runs the UC servers in a process of their own instead of this one. */
  readonly unifiedCmApart?: boolean;
}

interface EstateParts {
  readonly layout: EstateLayout;
  readonly paths: EstatePaths;
  readonly repository: LabRepository;
  readonly unifiedCm: EstateUnifiedCm;
  readonly ca: string;
  readonly clock: Clock;
  readonly program: EstateProgram;
}

/** What all phones of a user need to register through the edges. */
export type PhoneAdmission = Required<Pick<PhoneOptions, 'registrar' | 'targets' | 'trust'>>;

const clientTimeoutMs = 10_000;

/** A complete installation on loopback: UC servers, edges, cores, repository and reconciler, each node a real process. */
export class Estate {
  readonly layout: EstateLayout;
  readonly paths: EstatePaths;
  readonly repository: LabRepository;
  /** Drives the UC servers. */
  readonly unifiedCm: UcControl;
  readonly reconciler: EstateProcess;
  /** CA certificate of the lab, PEM. */
  readonly ca: string;
  readonly #clock: Clock;
  readonly #trust: FlowTrust;
  readonly #program: EstateProgram;
  readonly #ucServers: EstateUnifiedCm;
  readonly #nodes: ReadonlyMap<string, EstateProcess>;
  readonly #transports: Agent[] = [];
  readonly #admins: NodeAdmin[] = [];
  readonly #onExit = () => this.#killAll();

  constructor(parts: EstateParts) {
    this.layout = parts.layout;
    this.paths = parts.paths;
    this.repository = parts.repository;
    this.#ucServers = parts.unifiedCm;
    this.unifiedCm = parts.unifiedCm.control;
    this.ca = parts.ca;
    this.#clock = parts.clock;
    this.#trust = { secureContext: createSecureContext({ ca: parts.ca }), sessions: new Map() };
    this.#program = parts.program;
    this.#nodes = new Map(this.nodes.map(({ name }) => [name, this.#nodeProcess(name)]));
    const { reconcilerConfig } = this.paths;
    const { reconcilerPort } = this.layout;
    this.reconciler = this.#program.newProcess('reconciler', ['run', '--config', reconcilerConfig], () =>
      isListening(reconcilerPort),
    );
    process.once('exit', this.#onExit);
  }

  /** Edges before cores. */
  get nodes(): readonly EstateNode[] {
    return [...this.layout.edges, ...this.layout.cores];
  }

  /** @throws FairleadError `lab.unexpected` when there is no such node. */
  node(name: string): EstateProcess {
    const found = this.#nodes.get(name);
    if (found === undefined) throw new FairleadError('lab.unexpected', `the estate has no node "${name}"`);
    return found;
  }

  /** Starts UC servers, edges and cores; the reconciler is started by itself, when a test or a story is ready for it. */
  async startNodes(moreEnvironment: (node: string) => ProcessEnvironment = () => ({})): Promise<void> {
    await this.#ucServers.start();
    await Promise.all([...this.#nodes].map(([name, node]) => node.start(moreEnvironment(name))));
  }

  /** Runs a command of the command line to its end. */
  async run(args: readonly string[], moreEnvironment: ProcessEnvironment = {}): Promise<CommandEnd> {
    return await this.#program.run(args, moreEnvironment);
  }

  /** A client outside, with connections of its own unless it is given a transport; `ada` unless the options say otherwise. */
  newClient(options: Partial<LabClientOptions> = {}): LabClient {
    const [first, ...others] = this.layout.edges.map(({ host, accessPort }) => ({ host, port: accessPort }));
    if (first === undefined) throw new FairleadError('lab.unexpected', 'the estate has no edge');
    return new LabClient({
      name: options.userName ?? 'ada',
      domain: this.layout.domain,
      userName: 'ada',
      password: 'engine',
      edges: [first, ...others],
      transport: options.transport ?? this.newTransport(2),
      log: new OperationLog(),
      clock: this.#clock,
      ...options,
    });
  }

  /**
   * Signs a user in, which admits all the user's devices, and gives what their phones have in common.
   * @throws FairleadError `lab.unexpected` when the sign-in fails.
   */
  async admitPhones(options: Partial<LabClientOptions> = {}): Promise<PhoneAdmission> {
    const [registrar] = this.layout.ucHosts;
    if (registrar === undefined) throw new FairleadError('lab.unexpected', 'the estate has no UC node');
    const addresses = Object.fromEntries(this.layout.edges.map(({ host }) => [host, '127.0.0.1']));
    const targets = await signInForPhones(this.newClient(options), addresses);
    return { registrar, targets, trust: this.#trust };
  }

  /** Connections to the edges that several clients may share; closed with the estate. */
  newTransport(connections: number): Agent {
    const hosts = Object.fromEntries(this.layout.edges.map(({ host }) => [host, '127.0.0.1']));
    const transport = newEdgeTransport({ ca: this.ca, hosts, connections, timeoutMs: clientTimeoutMs });
    this.#transports.push(transport);
    return transport;
  }

  /** The admin interface of a node, with the rights of an operator. */
  async admin(name: string): Promise<NodeAdmin> {
    const node = this.nodes.find((one) => one.name === name);
    if (node === undefined) throw new FairleadError('lab.unexpected', `the estate has no node "${name}"`);
    const token = (await readFile(this.paths.operatorToken(name), 'utf8')).trim();
    const admin = new NodeAdmin({ port: node.adminPort, host: node.host, ca: this.ca, token });
    this.#admins.push(admin);
    return admin;
  }

  /** Ends everything that it started; the directory stays. */
  async stop(): Promise<void> {
    for (const transport of this.#transports) await transport.destroy();
    for (const admin of this.#admins) await admin.close();
    await this.reconciler.stop();
    await Promise.all([...this.#nodes.values()].map((node) => node.stop()));
    await this.#ucServers.stop();
    process.off('exit', this.#onExit);
  }

  #killAll(): void {
    this.reconciler.killNow();
    for (const node of this.#nodes.values()) node.killNow();
    this.#ucServers.killNow();
  }

  #nodeProcess(name: string): EstateProcess {
    const endpoints = this.paths.nodeEndpoints(name);
    const args = ['node', '--config', this.paths.nodeConfig(name)];
    return this.#program.newProcess(name, args, (pid) => hasEndpointsOf(endpoints, pid));
  }
}

const defaultUsers: readonly NewUcUser[] = [{ userName: 'ada', password: 'engine' }];

/**
 * Lays out a complete estate in a directory; nothing runs yet.
 * @throws FairleadError when the directory cannot be written, no port is free, or git does not run.
 */
export async function newEstate(options: EstateOptions): Promise<Estate> {
  const { clock, users = defaultUsers } = options;
  const layout = await newEstateLayout(options);
  const paths = estatePaths(options.directory);
  const terms = {
    confirmDeadlineSeconds: options.confirmDeadlineSeconds ?? 30,
    probeTimeoutSeconds: options.probeTimeoutSeconds ?? 5,
    pollIntervalSeconds: options.pollIntervalSeconds ?? 5,
    unreachableNodesTolerated: options.unreachableNodesTolerated ?? 0,
    documents: options.documents ?? [],
  };
  const repository = await writeEstate({ layout, paths, users, terms, clock });
  const program = new EstateProgram(options, paths);
  const unifiedCm =
    options.unifiedCmApart === true
      ? await unifiedCmApart(layout, paths, program)
      : await unifiedCmHere(paths, users, clock);
  const ca = await readFile(paths.certificates.authority.certFile, 'utf8');
  return new Estate({ layout, paths, repository, unifiedCm, ca, clock, program });
}
