import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Duplex } from 'node:stream';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { systemClock as clock } from '../../../src/platform/clock.js';
import { silentLog as log } from '../../../src/platform/log.js';
import { type SshKeyPair, newSshKeyPair } from '../../../src/platform/ssh-keys.js';
import type { LinkStatus } from '../../../src/admin/contract.js';
import type { CoreLink } from '../../../src/runtime/link-port.js';
import { newStanding } from '../new-standing.js';
import { type CoreLinksDeps, type EdgeConnections, newCoreLinks } from '../../../src/runtime/link/core-links.js';
import { type EdgeLinks, type EdgeLinksDeps, newEdgeLinks } from '../../../src/runtime/link/edge-links.js';

/** Short enough for tests, long enough for a busy machine. */
const limits = { redial: { firstMs: 20, longestMs: 100 }, drainMs: 300 };

export interface NodeKey extends SshKeyPair {
  readonly file: string;
}

type Reporter = Pick<EdgeConnections, 'status' | 'onChange'>;

interface CoreOptions extends Partial<Omit<CoreLinksDeps, 'limits'>> {
  readonly limits?: CoreLinksDeps['limits'];
  /** Dials this port instead of the edge's own. */
  readonly port?: number;
  readonly hostKey?: string;
  readonly clientKey?: NodeKey;
}

/** Edges and cores on loopback with keys of their own; everything is stopped and removed when the test ends. */
export class LinkEstate {
  readonly #directory = mkdtempSync(join(tmpdir(), 'fairlead-link-'));
  readonly #keys = new Map<string, NodeKey>();
  readonly #stops: (() => Promise<unknown>)[] = [];

  constructor(t: TestContext) {
    t.after(async () => {
      await Promise.all(this.#stops.map((stop) => stop()));
      rmSync(this.#directory, { recursive: true });
    });
  }

  key(owner: string): NodeKey {
    const known = this.#keys.get(owner);
    if (known !== undefined) return known;
    const pair = newSshKeyPair(owner);
    const file = join(this.#directory, owner);
    writeFileSync(file, pair.privateKey, { mode: 0o600 });
    const key = { ...pair, file };
    this.#keys.set(owner, key);
    return key;
  }

  async edge(
    nodeName: string,
    cores: readonly string[],
    options: Partial<EdgeLinksDeps> & { readonly port?: number } = {},
  ): Promise<EdgeLinks> {
    const config = {
      listen: { host: '127.0.0.1', port: options.port ?? 0 },
      hostKeyFile: this.key(nodeName).file,
      cores: cores.map((name) => ({ name, publicKey: this.key(name).publicKey })),
    };
    const deps = { clock, log, nodeName, isConfirmed: () => false, standings: newStanding(nodeName), ...options };
    const edge = newEdgeLinks(config, { ...deps, limits: { ...limits, ...options.limits } });
    this.#stops.push(() => edge.stop());
    await edge.start();
    return edge;
  }

  async core(
    nodeName: string,
    edges: Readonly<Record<string, EdgeLinks>>,
    options: CoreOptions = {},
  ): Promise<EdgeConnections> {
    const config = {
      clientKeyFile: (options.clientKey ?? this.key(nodeName)).file,
      edges: Object.entries(edges).map(([name, edge]) => ({
        name,
        host: '127.0.0.1',
        port: options.port ?? edge.port(),
        hostKey: options.hostKey ?? this.key(name).publicKey,
      })),
    };
    const standings = newStanding(nodeName);
    const deps = { clock, log, nodeName, isConfirmed: () => false, standings, onChannel: echo, ...options };
    const core = newCoreLinks(config, { ...deps, limits: { ...limits, ...options.limits } });
    this.#stops.push(() => core.stop());
    await core.start();
    return core;
  }

  /** An edge and a core with their link up. */
  async pair(core: CoreOptions = {}, edge: Partial<EdgeLinksDeps> = {}) {
    const edgeLinks = await this.edge('edge1', ['core1'], edge);
    const coreLinks = await this.core('core1', { edge1: edgeLinks }, core);
    const link = await upLink(edgeLinks, 'core1');
    await statusOf(coreLinks, 'edge1', ({ state }) => state === 'up');
    return { edge: edgeLinks, core: coreLinks, link };
  }
}

/** Sends back what comes, and ends when the other end does. */
export function echo(channel: Duplex): void {
  channel.on('error', () => undefined);
  channel.pipe(channel);
}

/** Waits until the status of a peer is as wanted. */
export function statusOf(
  links: Reporter,
  peer: string,
  isWanted: (status: LinkStatus) => boolean,
): Promise<LinkStatus> {
  return new Promise((resolve) => {
    const look = (status: LinkStatus) => {
      if (status.peer === peer && isWanted(status)) resolve(status);
    };
    links.onChange(look);
    for (const status of links.status()) look(status);
  });
}

/** The link of a core at an edge, once it is up. */
export async function upLink(edge: EdgeLinks, core: string): Promise<CoreLink> {
  await statusOf(edge, core, ({ state }) => state === 'up');
  const link = edge.up().find((one) => one.core === core);
  if (link === undefined) throw new Error(`no link of ${core}`);
  return link;
}

export function openChannel(link: CoreLink): Promise<Duplex> {
  return link.openChannel(new AbortController().signal);
}

/** Everything that comes until the other end ends; our direction stays as it is. */
export function readAll(channel: Duplex): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    channel.on('data', (chunk: Buffer) => chunks.push(chunk));
    channel.once('end', () => resolve(Buffer.concat(chunks)));
    channel.once('error', reject);
  });
}

/** Resolves when a channel is gone, with the error that broke it. */
export function gone(channel: Duplex): Promise<Error | undefined> {
  return new Promise((resolve) => {
    let failure: Error | undefined;
    channel.on('error', (error) => {
      failure = error;
    });
    channel.once('close', () => resolve(failure));
  });
}
