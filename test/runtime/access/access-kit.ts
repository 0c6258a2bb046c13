import type { IncomingHttpHeaders } from 'node:http';
import { duplexPair, type Duplex, type Readable } from 'node:stream';
import { after } from 'node:test';
import { Agent } from 'undici';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LinkStatus } from '../../../src/admin/contract.js';
import { FairleadError } from '../../../src/errors.js';
import type { LabCertificatePaths } from '../../../src/lab/certificates/certificate-paths.js';
import { writeLabCertificates } from '../../../src/lab/certificates/lab-certificates.js';
import { LabUnifiedCm } from '../../../src/lab/uc-server/lab-unified-cm.js';
import { loopbackUcNodes } from '../../../src/lab/uc-server/loopback-uc-nodes.js';
import type { AuthoredResource } from '../../../src/model/normalize.js';
import { normalize } from '../../../src/model/normalize.js';
import { newSnapshot, type Snapshot } from '../../../src/model/snapshot.js';
import { type Clock, systemClock } from '../../../src/platform/clock.js';
import { silentLog } from '../../../src/platform/log.js';
import { type Meter, newMeter } from '../../../src/platform/meter.js';
import { newStaticHosts, staticLookup } from '../../../src/platform/static-hosts.js';
import { type CoreAccess, newCoreAccess } from '../../../src/runtime/access/core/core-access.js';
import { type EdgeAccess, newEdgeAccess } from '../../../src/runtime/access/edge/edge-access.js';
import { newGrantDesk } from '../../../src/runtime/grants/grant-desk.js';
import { newMemoryTrafficStore } from '../../../src/runtime/store/memory-traffic-store.js';
import type { TrafficStore } from '../../../src/runtime/store/traffic-store.js';
import { readStatementSigner, readStatementVerifier } from '../../../src/runtime/statement-keys.js';
import { encodeDomain, encodeTarget } from '../../../src/runtime/access/path-segment.js';
import type { CoreLink, CoreLinks, Standings } from '../../../src/runtime/link-port.js';
import type { CoreNodeConfig, EdgeNodeConfig } from '../../../src/runtime/node-config.js';
import { DrainSwitch, DrainSwitches } from '../maintenance/drain-switch.js';
import type { Participant, Prepared } from '../../../src/runtime/participant.js';
import { newStanding } from '../new-standing.js';

export const domain = 'lab.example';
export const edgeName = 'edge1.lab.example';
export const ucHosts = ['cucm-1.lab.example', 'cucm-2.lab.example'] as const;
export const [publisher, subscriber] = ucHosts;
export const user = { userName: 'ada', password: 'engine' };

/** Links without a wire: channels are pairs of streams in memory, and can be cut. */
export class MemoryLinks implements CoreLinks {
  readonly #cores = new Map<string, CoreAccess>();
  readonly #down = new Set<string>();
  readonly #channels = new Map<Duplex, string>();
  opened = 0;

  add(name: string, core: CoreAccess): void {
    this.#cores.set(name, core);
  }

  up(): readonly CoreLink[] {
    return [...this.#cores.keys()]
      .filter((core) => !this.#down.has(core))
      .map((core) => ({ core, openChannel: () => this.#open(core) }));
  }

  status(): readonly LinkStatus[] {
    return [...this.#cores.keys()].map((peer) => ({
      peer,
      service: 'tunnel' as const,
      state: this.#down.has(peer) ? 'down' : 'up',
      since: '2026-01-01T00:00:00.000Z',
    }));
  }

  /** Takes a link down and cuts its channels. */
  cut(core: string): void {
    this.#down.add(core);
    for (const [channel, name] of this.#channels) if (name === core) channel.destroy(new Error('the link was cut'));
  }

  restore(core: string): void {
    this.#down.delete(core);
  }

  #open(name: string): Promise<Duplex> {
    const core = this.#cores.get(name);
    if (core === undefined || this.#down.has(name)) throw new FairleadError('link.down', `no link to ${name}`);
    const [ours, theirs] = duplexPair();
    this.opened += 1;
    for (const [end, other] of [
      [ours, theirs],
      [theirs, ours],
    ] as const) {
      this.#channels.set(end, name);
      end.once('close', () => {
        this.#channels.delete(end);
        other.destroy();
      });
      end.on('error', () => undefined);
    }
    core.accept(theirs, 'edge1');
    return Promise.resolve(ours);
  }
}

const coreNames = ['core1', 'core2'];

/** Certificates and keys for a test file, removed when its tests are done. */
export async function labCertificates(): Promise<LabCertificatePaths> {
  const directory = mkdtempSync(join(tmpdir(), 'fairlead-access-'));
  after(() => rmSync(directory, { recursive: true, force: true }));
  const servers = [edgeName, ...ucHosts].map((name) => ({ name, hosts: [{ type: 'dns', value: name } as const] }));
  return await writeLabCertificates(directory, { servers, clients: [], cores: coreNames, nodes: [] }, systemClock);
}

export async function labUnifiedCm(paths: LabCertificatePaths): Promise<LabUnifiedCm> {
  const cluster = new LabUnifiedCm({
    nodes: await loopbackUcNodes(ucHosts, paths),
    users: [user, { userName: 'grace', password: 'hopper' }, { userName: 'Åsa', password: 'blå:fisk' }],
    domain,
    port: 0,
    clock: systemClock,
  });
  await cluster.start();
  return cluster;
}

const common = {
  cluster: 'lab',
  stateDir: '/nowhere',
  logLevel: 'silent',
  catchUpSeconds: 60,
  admin: { listen: { host: '127.0.0.1', port: 0 }, tls: { certFile: '', keyFile: '' }, identities: [] },
} as const;

function edgeConfig(paths: LabCertificatePaths): EdgeNodeConfig {
  return {
    ...common,
    name: 'edge1',
    role: 'edge',
    access: { listen: { host: '127.0.0.1', port: 0 }, tls: paths.server(edgeName), publicName: edgeName },
    link: { listen: { host: '127.0.0.1', port: 0 }, hostKeyFile: '', cores: [] },
    tokens: { verificationKeysFile: paths.tokenVerificationKeys },
  };
}

function coreConfig(paths: LabCertificatePaths, name: string, hosts: Readonly<Record<string, string>>): CoreNodeConfig {
  return {
    ...common,
    name,
    role: 'core',
    hosts,
    link: { clientKeyFile: '', edges: [] },
    tokens: { signingKeyFile: paths.tokenSigningKey(name), verificationKeysFile: paths.tokenVerificationKeys },
  };
}

export interface Documents {
  readonly kind: AuthoredResource['kind'];
  readonly name?: string;
  readonly spec: object;
}

export function snapshotOf(...documents: readonly Documents[]): Snapshot {
  return newSnapshot(
    'test',
    documents.map(({ kind, name = 'default', spec }) => normalize({ kind, metadata: { name }, spec })),
  );
}

/** A client outside that trusts the lab's CA and finds the edge under its name. */
function newOutsider(paths: LabCertificatePaths): Agent {
  return new Agent({
    connect: {
      ca: readFileSync(paths.authority.certFile, 'utf8'),
      lookup: staticLookup(newStaticHosts({ [edgeName]: '127.0.0.1' })),
    },
  });
}

export interface Estate {
  readonly edge: EdgeAccess;
  readonly cores: ReadonlyMap<string, CoreAccess>;
  readonly outsider: Agent;
  /** The metrics of a node in the exposition format. */
  metrics(node: string): Promise<string>;
  readonly ca: string;
  /** `https://` and the edge as clients reach it. */
  readonly origin: string;
  /** Prepares and activates on every node, and releases what served before. */
  apply(snapshot: Snapshot): Promise<void>;
  stop(): Promise<void>;
}

export interface LinkedEstate extends Estate {
  readonly drains: DrainSwitches;
  readonly links: MemoryLinks;
}

export interface EstateOptions {
  readonly paths: LabCertificatePaths;
  readonly clock?: Clock;
  readonly cores?: readonly string[];
  readonly hosts?: Readonly<Record<string, string>>;
  /** Of every core; each has its own otherwise. */
  readonly traffic?: TrafficStore;
}

const noSecrets = {
  reveal: () => {
    throw new FairleadError('secret.unresolved', 'access needs no secret');
  },
};

async function prepareOn(participant: Participant, snapshot: Snapshot): Promise<Prepared> {
  return await participant.prepare(snapshot, noSecrets, new AbortController().signal);
}

/** The meters of an estate's nodes by name. */
class Meters {
  readonly #meters = new Map<string, Meter>();

  of(node: string): Meter {
    const meter = this.#meters.get(node) ?? newMeter();
    this.#meters.set(node, meter);
    return meter;
  }
}

export interface CoreOptions {
  readonly clock?: Clock;
  readonly hosts?: Readonly<Record<string, string>>;
  readonly meter?: Meter;
  readonly standings?: Standings;
  readonly drain?: DrainSwitch;
  readonly sipCore?: () => string | undefined;
  readonly traffic?: TrafficStore | undefined;
}

export function newCore(paths: LabCertificatePaths, name: string, options: CoreOptions): CoreAccess {
  const { clock = systemClock, hosts = {}, meter = newMeter(), standings = newStanding(name) } = options;
  const { drain = new DrainSwitch(), sipCore = () => name } = options;
  const config = coreConfig(paths, name, hosts);
  const signer = readStatementSigner(config.tokens.signingKeyFile);
  const keys = readStatementVerifier(config.tokens.verificationKeysFile);
  const isHeld = () => standings.isHeldBack(name);
  const grants = newGrantDesk(signer, clock);
  const { traffic = newMemoryTrafficStore(clock) } = options;
  return newCoreAccess(config, { clock, log: silentLog, meter, signer, keys, grants, isHeld, drain, sipCore, traffic });
}

/** Starts the cores and one edge on the links to them; the edge listens on loopback. */
export async function startEdgeOn(
  links: CoreLinks,
  cores: ReadonlyMap<string, CoreAccess>,
  { paths, clock = systemClock }: Pick<EstateOptions, 'paths' | 'clock'>,
  meters = new Meters(),
  standings: Standings = newStanding('edge1'),
  drains = new DrainSwitches(),
): Promise<Estate> {
  for (const core of cores.values()) await core.start();
  const config = edgeConfig(paths);
  const keys = readStatementVerifier(config.tokens.verificationKeysFile);
  const edge = newEdgeAccess(config, {
    ...{ clock, log: silentLog, meter: meters.of('edge1'), links, keys },
    sipPort: () => 5061,
    isHeld: () => standings.isHeldBack('edge1'),
    isHeldBack: (core) => standings.isHeldBack(core),
    isCoreDraining: (core) => drains.of(core).isDraining(),
    drain: drains.of('edge1'),
  });
  await edge.start();
  const outsider = newOutsider(paths);
  let before: readonly Prepared[] = [];
  return {
    edge,
    cores,
    outsider,
    metrics: (node) => meters.of(node).expose(),
    ca: readFileSync(paths.authority.certFile, 'utf8'),
    origin: `https://${edgeName}:${edge.port()}`,
    async apply(snapshot) {
      const prepared = await Promise.all([edge, ...cores.values()].map((node) => prepareOn(node, snapshot)));
      for (const part of prepared) part.activate();
      await Promise.all(before.map((part) => part.release()));
      before = prepared;
    },
    async stop() {
      await outsider.destroy();
      await edge.stop();
      await Promise.all([...cores.values()].map((core) => core.stop()));
      await Promise.all(before.map((part) => part.release()));
    },
  };
}

/** One edge and some cores in this process, linked in memory. */
export async function startEstate(options: EstateOptions): Promise<LinkedEstate> {
  const { paths, clock = systemClock, cores: names = ['core1'], hosts = {}, traffic } = options;
  const links = new MemoryLinks();
  const meters = new Meters();
  const drains = new DrainSwitches();
  const serving = () => names.find((name) => !drains.of(name).isDraining());
  const cores = new Map(
    names.map((name) => {
      const drain = drains.of(name);
      const sipCore = () => (drain.isDraining() ? serving() : name);
      return [name, newCore(paths, name, { clock, hosts, meter: meters.of(name), drain, sipCore, traffic })] as const;
    }),
  );
  for (const [name, core] of cores) links.add(name, core);
  return {
    ...(await startEdgeOn(links, cores, { paths, clock }, meters, newStanding('edge1'), drains)),
    links,
    drains,
  };
}

/** A snapshot that serves the lab's domain from its Unified CM. */
export function servingDocuments(cluster: LabUnifiedCm, ca: string): readonly Documents[] {
  return [
    { kind: 'Domain', name: domain, spec: { xmpp: true } },
    {
      kind: 'UnifiedCM',
      name: 'lab',
      spec: {
        publisher,
        nodes: [
          { host: publisher, role: 'publisher' },
          { host: subscriber, role: 'subscriber' },
        ],
        udsPort: cluster.port,
        credentials: { username: 'reader', passwordRef: { env: 'FAIRLEAD_SECRET_READER' } },
        tls: { ca },
      },
    },
    ...ucHosts.map(
      (host): Documents => ({
        kind: 'AllowRule',
        name: `uds-${host}`,
        spec: {
          url: `https://${host}:${cluster.port}/cucm-uds`,
          match: 'prefix',
          methods: ['GET', 'PUT', 'POST', 'HEAD'],
        },
      }),
    ),
    { kind: 'HttpTransport', spec: { connectionRate: { mode: 'off' } } },
  ];
}

export interface Asking {
  readonly method?: string;
  /** Name and password, in Basic credentials. */
  readonly as?: { readonly userName: string; readonly password: string };
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer | Readable;
}

export interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The token that the answer sets. */
  readonly token: string | undefined;
}

export function basic({ userName, password }: { readonly userName: string; readonly password: string }): string {
  return `Basic ${Buffer.from(`${userName}:${password}`).toString('base64')}`;
}

function tokenIn(headers: IncomingHttpHeaders): string | undefined {
  const fields = [headers['set-cookie'] ?? []].flat();
  return fields.map((field) => /^X-Auth=([^;]+)/.exec(field)?.[1]).find((token) => token !== undefined);
}

/** One request of a client outside, with its whole answer. */
export async function ask(estate: Estate, path: string, asking: Asking = {}): Promise<Answered> {
  const { method = 'GET', as, token, headers = {}, body = null } = asking;
  const answer = await estate.outsider.request({
    origin: estate.origin,
    path,
    method,
    body,
    headers: {
      ...(as === undefined ? {} : { authorization: basic(as) }),
      ...(token === undefined ? {} : { cookie: `X-Auth=${token}` }),
      ...headers,
    },
  });
  const text = await answer.body.text();
  return { status: answer.statusCode, headers: answer.headers, text, token: tokenIn(answer.headers) };
}

export const configPath = `/${encodeDomain(domain)}/get_edge_config?service_name=_cisco-uds&service_name=_cuplogin`;

/** The path of an internal URL at the edge. */
export function through(url: string): string {
  const { protocol, hostname, port, pathname, search } = new URL(url);
  const scheme = protocol === 'https:' ? 'https' : 'http';
  return `/${encodeTarget({ domain, scheme, host: hostname, port: Number(port) })}${pathname}${search}`;
}
