import type { LinkStatus, TrafficCounts } from '../admin/contract.js';
import type { Clock } from '../platform/clock.js';
import type { FilePart } from '../platform/file-reload.js';
import type { Log } from '../platform/log.js';
import type { Meter } from '../platform/meter.js';
import { newCoreAccess } from './access/core/core-access.js';
import { newEdgeAccess } from './access/edge/edge-access.js';
import { newGrantDesk } from './grants/grant-desk.js';
import type { PeerPlans } from './link-port.js';
import { newCoreLinks } from './link/core-links.js';
import { newEdgeLinks } from './link/edge-links.js';
import type { CoreNodeConfig, EdgeNodeConfig, NodeConfig, NodeEndpoints } from './node-config.js';
import type { Participant } from './participant.js';
import type { Prober } from './prober.js';
import type { Service } from './service.js';
import { readStatementSigner, readStatementVerifier } from './statement-keys.js';

export interface RoleDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly meter: Meter;
  readonly version: string;
  /** What peers are told of a plan. */
  readonly isConfirmed: (planId: string) => boolean;
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
  /** What it read from files. */
  readonly files: readonly FilePart[];
  counts(): TrafficCounts;
  /** The ports of the role, once started. */
  ports(): Pick<NodeEndpoints, 'access' | 'link'>;
  /** What keeps the role from serving whatever its configuration is. */
  obstacle(): string | undefined;
}

function newEdge(config: EdgeNodeConfig, deps: RoleDeps): Role {
  const { log, version: softwareVersion } = deps;
  const linkDeps = { ...deps, softwareVersion, nodeName: config.name, log: log.child({ part: 'links' }) };
  const links = newEdgeLinks(config.link, linkDeps);
  const keys = readStatementVerifier(config.tokens.verificationKeysFile);
  const access = newEdgeAccess(config, { ...deps, log: log.child({ part: 'access' }), links, keys });
  return {
    links,
    participants: [access],
    files: [keys, ...access.files],
    counts: () => access.counts(),
    ports: () => ({ access: access.port(), link: links.port() }),
    obstacle: () => (links.up().length > 0 ? undefined : 'no link to a core is up'),
  };
}

function newCore(config: CoreNodeConfig, deps: RoleDeps): Role {
  const { log, version: softwareVersion } = deps;
  const keys = readStatementVerifier(config.tokens.verificationKeysFile);
  const signer = readStatementSigner(config.tokens.signingKeyFile);
  const grants = newGrantDesk(signer, deps.clock);
  const access = newCoreAccess(config, { ...deps, log: log.child({ part: 'access' }), keys, signer, grants });
  const linkDeps = { ...deps, softwareVersion, nodeName: config.name, log: log.child({ part: 'links' }) };
  const links = newCoreLinks(config.link, { ...linkDeps, onChannel: access.accept });
  return {
    links,
    participants: [access],
    files: [keys, signer],
    counts: () => access.counts(),
    ports: () => ({}),
    obstacle: () => undefined,
  };
}

/** Makes what an edge or a core has; nothing listens or dials yet. @throws FairleadError `node.config` */
export function newRole(config: NodeConfig, deps: RoleDeps): Role {
  return config.role === 'edge' ? newEdge(config, deps) : newCore(config, deps);
}
