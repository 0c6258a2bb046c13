import type { LookupFunction } from 'node:net';
import { canonicalAddress } from '../../../model/address.js';
import type { Clock, Timer } from '../../../platform/clock.js';
import type { UcNodeState } from '../../signalling-port.js';
import type { Hop } from '../hop.js';
import type { NodeHealth } from '../transport/node-health.js';
import type { ServerConnections } from '../transport/server-connections.js';
import type { UcNode, UcNodes } from './uc-nodes.js';

export interface UcConnectionsParts {
  readonly clock: Clock;
  readonly servers: ServerConnections;
  readonly health: NodeHealth;
  readonly lookup: LookupFunction;
}

const resolveEveryMs = 60_000;
const none: UcNodes = { all: [], find: () => undefined };

/** The UC nodes that this core may speak with: the way to each, how each fares, and which one a hop belongs to. */
export class UcConnections {
  readonly #parts: UcConnectionsParts;
  #nodes: UcNodes = none;
  #byAddress = new Map<string, UcNode>();
  #timer: Timer | undefined;

  constructor(parts: UcConnectionsParts) {
    this.#parts = parts;
    parts.servers.observe({
      onConnected: (server) => {
        const node = this.#nodes.all.find((one) => one.server === server || one.name === server.host);
        const address = parts.servers.established(server)?.remoteAddress;
        if (node !== undefined && address !== undefined) this.#learn(address, node);
      },
      onUnreachable: () => undefined,
      onLost: () => undefined,
    });
  }

  /** Watches these nodes and lets go of others. */
  apply(nodes: UcNodes): void {
    const { servers, health } = this.#parts;
    this.#nodes = nodes;
    const wanted = nodes.all.map(({ server }) => server);
    servers.retain(wanted);
    health.watch(wanted);
    this.#resolve();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#nodes = none;
  }

  /** The open connection with a node, if there is one. */
  established({ server }: UcNode): Hop | undefined {
    return this.#parts.servers.established(server);
  }

  hopTo({ server }: UcNode): Hop | (() => Promise<Hop>) {
    return this.#parts.servers.established(server) ?? (() => this.#parts.servers.open(server));
  }

  /** The node that a hop comes from, by its address; undefined for anybody else. */
  nodeOf({ remoteAddress }: Hop): UcNode | undefined {
    return this.#byAddress.get(remoteAddress);
  }

  /** Those that are not down first, else as they were. */
  inOrder(nodes: readonly UcNode[]): readonly UcNode[] {
    const isDown = ({ server }: UcNode) => Number(this.#parts.health.conditionOf(server).state === 'down');
    return nodes.toSorted((a, b) => isDown(a) - isDown(b));
  }

  /** By the name of the node. */
  states(): Readonly<Record<string, UcNodeState>> {
    const { health } = this.#parts;
    return Object.fromEntries(
      this.#nodes.all.map(({ name, server }) => {
        const { state, stun } = health.conditionOf(server);
        return [name, state === 'up' && stun === 'unsupported' ? 'unsupported' : state];
      }),
    );
  }

  /** How many of the nodes are down. */
  get downCount(): number {
    return Object.values(this.states()).filter((state) => state === 'down').length;
  }

  #learn(address: string, node: UcNode): void {
    this.#byAddress.set(canonicalAddress(address) ?? address, node);
  }

  /** What DNS says now, added to what it said before: servers also open connections from addresses that it names later. */
  #resolve(): void {
    this.#timer?.cancel();
    const { clock, lookup } = this.#parts;
    this.#byAddress = new Map([...this.#byAddress].filter(([, node]) => this.#nodes.find(node.name) !== undefined));
    for (const node of this.#nodes.all) {
      lookup(node.name, { all: true }, (error, addresses) => {
        if (error !== null || typeof addresses === 'string' || this.#nodes.find(node.name) !== node) return;
        for (const { address } of addresses) this.#learn(address, node);
      });
    }
    this.#timer = clock.after(resolveEveryMs, () => this.#resolve(), { idle: true });
  }
}
