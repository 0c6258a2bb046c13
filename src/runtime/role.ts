import type { LinkStatus, TrafficCounts } from '../admin/contract.js';
import type { Clock } from '../platform/clock.js';
import type { FilePart } from '../platform/file-reload.js';
import type { Log } from '../platform/log.js';
import type { Meter } from '../platform/meter.js';
import { newCoreAccess } from './access/core/core-access.js';
import { newEdgeAccess } from './access/edge/edge-access.js';
import type { ClusterStanding } from './cluster-standing.js';
import { type GrantDesk, newGrantDesk } from './grants/grant-desk.js';
import type { PeerPlans, RunName } from './link-port.js';
import { newCoreLinks } from './link/core-links.js';
import { newEdgeLinks } from './link/edge-links.js';
import { newSignallingLinks, type SignallingService } from './link/signalling/signalling-links.js';
import type { SignallingNodeConfig } from './link/signalling/signalling-peers.js';
import type { DrainPort } from './maintenance/drain-port.js';
import type { CoreNodeConfig, EdgeNodeConfig, NodeConfig, NodeEndpoints } from './node-config.js';
import type { Participant } from './participant.js';
import type { Prober } from './prober.js';
import type { Service } from './service.js';
import type { SignallingLink } from './signalling-port.js';
import { newCoreSip } from './sip/core/core-sip.js';
import { newEdgeSip } from './sip/edge/edge-sip.js';
import type { SipPart } from './sip/sip-part.js';
import { SharedStore } from './store/shared/shared-store.js';
import { readStatementSigner, readStatementVerifier, type StatementVerifier } from './statement-keys.js';

export interface RoleDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly meter: Meter;
  readonly version: string;
  /** What peers are told of a plan. */
  readonly isConfirmed: (run: RunName) => boolean;
  readonly standings: ClusterStanding;
  readonly drain: DrainPort;
}

/** Both ends of the links, as a node sees its own. */
interface Links extends PeerPlans, Service {
  status(): readonly LinkStatus[];
  onChange(listener: (link: LinkStatus) => void): void;
}

/** The parts of a node that its role decides. */
export interface Role {
  readonly links: Links;
  readonly participants: readonly (Participant & Service & Prober)[];
  /** Links and listeners beside the participants. */
  readonly services: readonly Service[];
  /** Of all links. */
  linkStatus(): readonly LinkStatus[];
  onLinkChange(listener: (link: LinkStatus) => void): void;
  /** What it read from files. */
  readonly files: readonly FilePart[];
  counts(): TrafficCounts;
  /** The ports of the role, once started. */
  ports(): Omit<NodeEndpoints, 'role' | 'pid' | 'admin'>;
  /** What keeps the role from serving whatever its configuration is. */
  obstacle(): string | undefined;
}

/** The SIP part of a node with its links, where the node is configured for it. */
interface Signalling {
  readonly links: SignallingService;
  readonly sip: SipPart;
}

function countsOf(access: TrafficCounts, sip: SipPart | undefined): TrafficCounts {
  if (sip === undefined) return access;
  const { current: registrations, peak: registrationsPeak } = sip.registrations();
  const calls = sip.calls();
  const excludedCalls = sip.excludedCalls();
  const { current: clusterRegistrations, peak: clusterRegistrationsPeak } = sip.clusterRegistrations();
  const registered = { registrations, registrationsPeak, clusterRegistrations, clusterRegistrationsPeak };
  return { ...access, sessions: access.sessions + calls, ...registered, calls, excludedCalls };
}

function newLinks(
  config: SignallingNodeConfig,
  { version: softwareVersion, log, ...deps }: RoleDeps,
): SignallingService {
  return newSignallingLinks(config, { ...deps, softwareVersion, log: log.child({ part: 'signalling' }) });
}

async function newEdgeSignalling(
  config: EdgeNodeConfig,
  deps: RoleDeps,
  keys: StatementVerifier,
): Promise<Signalling | undefined> {
  const { sip, signalling } = config;
  if (sip === undefined || signalling === undefined) return undefined;
  const links = newLinks({ ...config, signalling }, deps);
  const sipDeps = { ...deps, log: deps.log.child({ part: 'sip' }), links, keys };
  return { links, sip: await newEdgeSip(config, sip, sipDeps) };
}

async function newCoreSignalling(
  config: CoreNodeConfig,
  deps: RoleDeps,
  keys: StatementVerifier,
  grants: GrantDesk,
  shared: SharedStore,
): Promise<Signalling | undefined> {
  const { sip, signalling } = config;
  if (sip === undefined || signalling === undefined) return undefined;
  const links = newLinks({ ...config, signalling }, deps);
  const sipDeps = { ...deps, log: deps.log.child({ part: 'sip' }), links, keys, grants, shared };
  return { links, sip: await newCoreSip(config, sip, sipDeps) };
}

function withSignalling(
  signalling: Signalling | undefined,
  role: Omit<Role, 'services' | 'linkStatus' | 'onLinkChange'>,
): Role {
  const { links } = role;
  return {
    ...role,
    participants: [...role.participants, ...(signalling === undefined ? [] : [signalling.sip])],
    services: signalling === undefined ? [] : [signalling.links],
    files: [...role.files, ...(signalling?.links.files ?? []), ...(signalling?.sip.files ?? [])],
    counts: () => countsOf(role.counts(), signalling?.sip),
    ports: () => ({ ...role.ports(), ...signalling?.sip.ports() }),
    linkStatus: () => [...links.status(), ...(signalling?.links.status() ?? [])],
    onLinkChange(listener) {
      links.onChange(listener);
      signalling?.links.onChange(listener);
    },
  };
}

async function newEdge(config: EdgeNodeConfig, deps: RoleDeps): Promise<Role> {
  const { log, version: softwareVersion } = deps;
  const linkDeps = { ...deps, softwareVersion, nodeName: config.name, log: log.child({ part: 'links' }) };
  const links = newEdgeLinks(config.link, linkDeps);
  const keys = readStatementVerifier(config.tokens.verificationKeysFile);
  const signalling = await newEdgeSignalling(config, deps, keys);
  const access = newEdgeAccess(config, {
    ...{ ...deps, log: log.child({ part: 'access' }), links, keys },
    sipPort: () => signalling?.sip.ports().sipTls,
    isHeld: () => deps.standings.isHeld,
    isHeldBack: (core) => deps.standings.isHeldBack(core),
    isCoreDraining: (core) => deps.standings.isDraining(core),
  });
  return withSignalling(signalling, {
    links,
    participants: [access],
    files: [keys, ...access.files],
    counts: () => access.counts(),
    ports: () => ({ access: access.port(), link: links.port() }),
    obstacle: () => {
      const cores = links.up().map(({ core }) => core);
      if (cores.length === 0) return 'no link to a core is up';
      return cores.every((core) => deps.standings.isHeldBack(core)) ? 'every core that is linked is behind' : undefined;
    },
  });
}

/** Another core that takes registrations. */
function servingPeer(links: SignallingService | undefined): string | undefined {
  const serves = ({ peerRole, isUp, peerState }: SignallingLink) =>
    peerRole === 'core' && isUp && peerState?.draining === false;
  return links?.links().find(serves)?.peer;
}

async function newCore(config: CoreNodeConfig, deps: RoleDeps): Promise<Role> {
  const { log, version: softwareVersion } = deps;
  const keys = readStatementVerifier(config.tokens.verificationKeysFile);
  const signer = readStatementSigner(config.tokens.signingKeyFile);
  const grants = newGrantDesk(signer, deps.clock);
  const { cluster, name: node } = config;
  const shared = new SharedStore({ ...deps, cluster, node, grants, keys, log: deps.log.child({ part: 'store' }) });
  const signalling = await newCoreSignalling(config, deps, keys, grants, shared);
  const access = newCoreAccess(config, {
    ...{ ...deps, log: log.child({ part: 'access' }), keys, signer, grants, traffic: shared.traffic },
    isHeld: () => deps.standings.isHeld,
    sipCore: () => (deps.drain.isDraining() ? servingPeer(signalling?.links) : config.name),
  });
  const linkDeps = { ...deps, softwareVersion, nodeName: config.name, log: log.child({ part: 'links' }) };
  const links = newCoreLinks(config.link, { ...linkDeps, onChannel: access.accept });
  return withSignalling(signalling, {
    links,
    participants: [shared, access],
    files: [keys, signer],
    counts: () => access.counts(),
    ports: () => ({}),
    obstacle: () => undefined,
  });
}

/** Makes what an edge or a core has; nothing listens or dials yet. @throws FairleadError `node.config` */
export async function newRole(config: NodeConfig, deps: RoleDeps): Promise<Role> {
  return config.role === 'edge' ? await newEdge(config, deps) : await newCore(config, deps);
}
