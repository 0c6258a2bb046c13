import type { TestContext } from 'node:test';
import { createSecureContext } from 'node:tls';
import { readFileSync } from 'node:fs';
import { OperationLog } from '../../../src/lab/client/operation-log.js';
import { LabPhone } from '../../../src/lab/sip/phone/lab-phone.js';
import type { PhoneOptions } from '../../../src/lab/sip/phone/phone-options.js';
import { LabRegistrar } from '../../../src/lab/sip/registrar/lab-registrar.js';
import { systemClock as clock } from '../../../src/platform/clock.js';
import { silentLog as log } from '../../../src/platform/log.js';
import { type Meter, newMeter } from '../../../src/platform/meter.js';
import type { HoldPort } from '../../../src/runtime/hold-port.js';
import { newGrantDesk } from '../../../src/runtime/grants/grant-desk.js';
import { newSignallingLinks, type SignallingService } from '../../../src/runtime/link/signalling/signalling-links.js';
import type { CoreNodeConfig, EdgeNodeConfig } from '../../../src/runtime/node-config.js';
import { newCoreSip } from '../../../src/runtime/sip/core/core-sip.js';
import { newEdgeSip } from '../../../src/runtime/sip/edge/edge-sip.js';
import type { SipPart } from '../../../src/runtime/sip/sip-part.js';
import { readStatementSigner, readStatementVerifier } from '../../../src/runtime/statement-keys.js';
import { SharedStore } from '../../../src/runtime/store/shared/shared-store.js';
import { type Documents, snapshotOf } from '../access/access-kit.js';
import { DrainSwitch } from '../maintenance/drain-switch.js';
import { certificateNameOf, Mesh } from '../link/signalling/mesh.js';

const loopback = '127.0.0.1';
const listen = { host: loopback, port: 0 } as const;
export const domain = 'lab.example';
export const ucHost = certificateNameOf('cucm');
const noSecrets = {
  reveal: () => {
    throw new Error('there are no secrets');
  },
};

/** The SIP side of one node, in this process, on real sockets. */
export interface SipNode {
  readonly name: string;
  readonly links: SignallingService;
  readonly sip: SipPart;
  readonly drain: DrainSwitch;
  /** What it knows of who is behind; a test may add names. */
  readonly heldBack: Set<string>;
  readonly meter: Meter;
  /** Closes every socket at once, as a crash does. */
  stop(): Promise<void>;
}

type NodeParts = Pick<SipNode, 'drain' | 'heldBack' | 'meter'>;

/** Standing of the cluster that a test decides. */
class HeldBack implements HoldPort {
  readonly names = new Set<string>();

  constructor(private readonly node: string) {}

  get isHeld(): boolean {
    return this.names.has(this.node);
  }

  isHeldBack(node: string): boolean {
    return this.names.has(node);
  }
}

export interface SceneOptions {
  readonly edges?: number;
  readonly cores?: number;
  /** Beside Domain and UnifiedCM. */
  readonly documents?: readonly Documents[];
  /** In place of the lab's registrar. */
  readonly registrarPort?: number;
  readonly expiresSeconds?: number;
  /** How cores and the lab's registrar speak; TCP unless it says otherwise. */
  readonly sipProtocol?: 'tcp' | 'udp' | 'tls';
  /** Of the store that the cores share. */
  readonly storeUrl?: string;
}

const common = {
  cluster: 'lab',
  stateDir: '/nowhere',
  logLevel: 'silent',
  catchUpSeconds: 60,
  admin: { listen, tls: { certFile: '', keyFile: '' }, identities: [] },
} as const;

/** Edges and cores with their links, one UC node behind them, and the users who signed in. */
export class SipScene {
  readonly registrar: LabRegistrar | undefined;
  readonly edges: SipNode[] = [];
  readonly cores: SipNode[] = [];
  readonly operations = new OperationLog();
  readonly #mesh: Mesh;
  readonly #options: SceneOptions;
  readonly #registrarPort: number;
  readonly #desks = new Map<string, ReturnType<typeof newGrantDesk>>();
  readonly #trust;

  private constructor(mesh: Mesh, options: SceneOptions, registrar: LabRegistrar | undefined) {
    this.#mesh = mesh;
    this.#options = options;
    this.registrar = registrar;
    this.#registrarPort = options.registrarPort ?? registrar?.ports.port ?? 0;
    this.#trust = {
      secureContext: createSecureContext({ ca: readFileSync(mesh.certificates.authority.certFile) }),
      sessions: new Map<string, Buffer>(),
    };
  }

  static async of(t: TestContext, options: SceneOptions = {}): Promise<SipScene> {
    const { edges = 1, cores = 1 } = options;
    const names = (role: string, count: number) => Array.from({ length: count }, (_, index) => `${role}${index + 1}`);
    const mesh = await Mesh.of(t, ...names('edge', edges), ...names('core', cores), 'cucm');
    const registrar = options.registrarPort === undefined ? await startRegistrar(options, mesh) : undefined;
    if (registrar !== undefined) mesh.onEnd(() => registrar.stop());
    const scene = new SipScene(mesh, options, registrar);
    for (const name of names('edge', edges)) await scene.startEdge(name, names('core', cores));
    const coreNames = names('core', cores);
    // The one whose name sorts first dials the others, which listen by then.
    for (const name of coreNames.toReversed()) await scene.startCore(name, coreNames);
    scene.cores.reverse();
    await scene.linked();
    return scene;
  }

  /** File with the certificate of the authority that every node and client trusts. */
  get caFile(): string {
    return this.#mesh.certificates.authority.certFile;
  }

  get edge(): SipNode {
    return this.edges[0] ?? missing('an edge');
  }

  get core(): SipNode {
    return this.cores[0] ?? missing('a core');
  }

  async startEdge(name: string, cores: readonly string[], port = 0): Promise<SipNode> {
    const { certificates } = this.#mesh;
    const certificate = certificates.signalling(name);
    const peers = cores.map((core) => ({ name: core, certificateName: certificateNameOf(core) }));
    const signalling = { listen: { host: loopback, port }, tls: this.#mesh.tlsOf(name), cores: peers };
    const sip = { tls: listen, tcp: listen, certificate };
    const config: EdgeNodeConfig = {
      ...common,
      ...{ name, role: 'edge', signalling, sip },
      access: { listen, tls: certificate, publicName: certificateNameOf(name) },
      link: { listen, hostKeyFile: '', cores: [] },
      tokens: { verificationKeysFile: certificates.tokenVerificationKeys },
    };
    const meter = newMeter();
    const links = newSignallingLinks({ ...config, signalling }, { clock, log, meter, softwareVersion: 'test' });
    const keys = readStatementVerifier(certificates.tokenVerificationKeys);
    const drain = new DrainSwitch();
    const standings = new HeldBack(name);
    const node = await this.#run(
      name,
      links,
      await newEdgeSip(config, sip, { clock, log, meter, links, keys, drain, standings }),
      { drain, heldBack: standings.names, meter },
    );
    this.edges.push(node);
    return node;
  }

  /** `cores` are the names of all. */
  async startCore(name: string, cores: readonly string[] = this.cores.map((core) => core.name)): Promise<SipNode> {
    const { certificates } = this.#mesh;
    const edges = this.edges.map((edge) => this.#dialled(edge));
    const tls = this.#mesh.tlsOf(name);
    const peers = this.#peersOf(name, cores);
    const signalling = { listen, tls, edges, cores: peers };
    const advertisedHost = this.#options.sipProtocol === 'tls' ? certificateNameOf(name) : loopback;
    const sip = { advertisedHost, tcp: listen, udp: listen, tls: listen, certificate: certificates.signalling(name) };
    const tokens = {
      signingKeyFile: certificates.tokenSigningKey(name),
      verificationKeysFile: certificates.tokenVerificationKeys,
    };
    const config: CoreNodeConfig = {
      ...common,
      ...{ name, role: 'core', signalling, sip, tokens, link: { clientKeyFile: '', edges: [] } },
      hosts: { [ucHost]: loopback },
    };
    const meter = newMeter();
    const links = newSignallingLinks({ ...config, signalling }, { clock, log, meter, softwareVersion: 'test' });
    const keys = readStatementVerifier(tokens.verificationKeysFile);
    const grants = newGrantDesk(readStatementSigner(tokens.signingKeyFile), clock);
    this.#desks.set(name, grants);
    const drain = new DrainSwitch();
    const standings = new HeldBack(name);
    const shared = new SharedStore({ clock, log, meter, cluster: common.cluster, node: name, grants, keys });
    const coreSip = await newCoreSip(config, sip, { clock, log, meter, links, keys, grants, drain, standings, shared });
    await this.#share(shared);
    const node = await this.#run(name, links, coreSip, { drain, heldBack: standings.names, meter }, () =>
      shared.stop(),
    );
    this.cores.push(node);
    return node;
  }

  /** A user signs in over HTTPS through a core, which grants the devices. */
  signIn(devices: readonly string[], core = this.core.name): void {
    const subject = Buffer.from(devices.join().padEnd(16).slice(0, 16)).toString('base64url');
    this.#desks.get(core)?.issue(subject, devices, clock.nowMs() + 3_600_000);
  }

  revoke(devices: readonly string[], core = this.core.name): void {
    this.#desks.get(core)?.revoke(Buffer.from(devices.join().padEnd(16).slice(0, 16)).toString('base64url'));
  }

  /** Puts other documents in force on every node, without a pause. */
  async apply(documents: readonly Documents[]): Promise<void> {
    await this.applyTo([...this.edges, ...this.cores], documents);
  }

  async applyTo(nodes: readonly SipNode[], documents: readonly Documents[]): Promise<void> {
    for (const { sip } of nodes) await this.#activate(sip, documents);
  }

  #peersOf(name: string, cores: readonly string[]) {
    return cores
      .filter((core) => core !== name)
      .map((core) => {
        const started = this.cores.find((node) => node.name === core);
        // Who is not there yet dials by itself.
        return started === undefined
          ? { name: core, certificateName: certificateNameOf(core), host: loopback, port: 1 }
          : this.#dialled(started);
      });
  }

  /** Waits until every node sees every peer, and the states have been told. */
  async linked(): Promise<void> {
    await until(() =>
      [...this.edges, ...this.cores].every(({ links }) =>
        links.links().every(({ isUp, peerState }) => isUp && peerState !== undefined),
      ),
    );
  }

  /** A phone outside that knows the edges in their order. */
  phone(device: string, options: Partial<PhoneOptions> = {}): LabPhone {
    const [first, ...others] = this.edges.map(({ name, sip }) => {
      const host = certificateNameOf(name);
      const port = sip.ports().sipTls ?? 0;
      const flow = { protocol: 'TLS', host, port, address: loopback } as const;
      return { flow, route: `<sip:${host}:${port};transport=tls;lr>` };
    });
    const phone = new LabPhone({
      ...{ device, user: device.toLowerCase(), registrar: ucHost, clock, log: this.operations, trust: this.#trust },
      targets: [first ?? missing('an edge'), ...others],
      timing: { comeBackJitterMs: 5, retryMs: 50, longestRetryMs: 200 },
      ...options,
    });
    this.#mesh.onEnd(() => {
      phone.kill();
      return Promise.resolve();
    });
    return phone;
  }

  /** A phone that signed in and is registered. */
  async registered(device: string, options: Partial<PhoneOptions> = {}): Promise<LabPhone> {
    this.signIn([device]);
    const phone = this.phone(device, options);
    phone.start();
    await phone.registered();
    return phone;
  }

  #dialled({ name, links }: SipNode) {
    return { name, certificateName: certificateNameOf(name), host: loopback, port: links.port() ?? 1 };
  }

  async #share(shared: SharedStore): Promise<void> {
    const { storeUrl } = this.#options;
    const cluster = { kind: 'Cluster', name: common.cluster, spec: { sharedStore: { url: storeUrl ?? '' } } } as const;
    const snapshot = storeUrl === undefined ? snapshotOf() : snapshotOf(cluster);
    (await shared.prepare(snapshot, noSecrets)).activate();
    await shared.start();
  }

  async #run(
    name: string,
    links: SignallingService,
    sip: SipPart,
    parts: NodeParts,
    stopOthers: () => Promise<void> = () => Promise.resolve(),
  ): Promise<SipNode> {
    await links.start();
    await sip.start();
    await this.#activate(sip, this.#options.documents ?? []);
    let stopping: Promise<void> | undefined;
    const stop = () =>
      (stopping ??= stopOthers()
        .then(() => sip.stop())
        .then(() => links.stop()));
    this.#mesh.onEnd(stop);
    return { name, links, sip, ...parts, stop };
  }

  async #activate(sip: SipPart, documents: readonly Documents[]): Promise<void> {
    const all = [...this.#documents(), ...documents];
    const prepared = await sip.prepare(snapshotOf(...all), noSecrets, new AbortController().signal);
    prepared.activate();
  }

  #documents(): readonly Documents[] {
    const { sipProtocol = 'tcp' } = this.#options;
    const sipTlsPort = this.registrar?.ports.tlsPort;
    const unifiedCm = {
      publisher: ucHost,
      sipPort: this.#registrarPort,
      sipProtocol,
      ...(sipProtocol === 'tls' && { sipTlsPort, tls: { ca: caOf(this.#mesh) } }),
      credentials: { username: 'reader', passwordRef: { env: 'NONE' } },
    };
    return [
      { kind: 'Domain', name: domain, spec: { sip: true, xmpp: false } },
      { kind: 'UnifiedCM', name: 'emea', spec: unifiedCm },
    ];
  }
}

function caOf({ certificates }: Mesh): string {
  return readFileSync(certificates.authority.certFile, 'utf8');
}

async function startRegistrar({ expiresSeconds = 120 }: SceneOptions, mesh: Mesh): Promise<LabRegistrar> {
  const { certFile, keyFile } = mesh.certificates.server('cucm');
  const certificate = { certificate: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
  const registrar = new LabRegistrar({
    nodes: [{ host: ucHost, address: loopback, certificate }],
    ports: { port: 0, tlsPort: 0 },
    ca: caOf(mesh),
    hosts: Object.fromEntries(['core1', 'core2', 'core3'].map((core) => [certificateNameOf(core), loopback])),
    settings: { expiresSeconds },
    clock,
  });
  await registrar.start();
  return registrar;
}

function missing(what: string): never {
  throw new Error(`there is no such node: ${what}`);
}

/** Waits until something holds; fails after 20 seconds. */
export async function until(holds: () => boolean | Promise<boolean>, what = 'it'): Promise<void> {
  const endMs = clock.monotonicMs() + 20_000;
  while (!(await holds())) {
    if (clock.monotonicMs() > endMs) throw new Error(`${what} did not hold within 20 s: ${holds.toString()}`);
    await clock.sleep(5);
  }
}
