import { silentLog } from '../../../src/platform/log.js';
import type { Clock } from '../../../src/platform/clock.js';
import { defaultMessageLimits } from '../../../src/runtime/sip/message/message-limits.js';
import { parseSipMessage } from '../../../src/runtime/sip/message/parse-sip-message.js';
import { ProxyEngine } from '../../../src/runtime/sip/proxy/proxy-engine.js';
import type { ProxyRole, RouteDecision } from '../../../src/runtime/sip/proxy/proxy-role.js';
import { takeOwnRoutes, topRoute } from '../../../src/runtime/sip/proxy/route-set.js';
import type { Hop } from '../../../src/runtime/sip/hop.js';
import { type MemoryHop, wire, type WireOptions } from '../memory-network.js';

export interface ChainOptions {
  readonly client?: WireOptions;
  readonly link?: WireOptions;
  readonly server?: WireOptions;
  readonly cores?: number;
}

interface Core {
  readonly name: string;
  readonly engine: ProxyEngine;
  /** The link's end at the edge, and at the core. */
  readonly linkAtEdge: MemoryHop;
  readonly linkAtCore: MemoryHop;
  /** Where the UC server talks with this core. */
  readonly server: MemoryHop;
}

const flow = 'flow1';

/** client - edge - one or more cores - UC server, with the smallest roles that route both ways. */
export class ProxyChain {
  /** The client's end of its connection, and the edge's. */
  readonly client: MemoryHop;
  readonly clientAtEdge: MemoryHop;
  readonly edge: ProxyEngine;
  readonly cores: readonly Core[];
  readonly #clock: Clock;

  constructor(clock: Clock, options: ChainOptions = {}) {
    this.#clock = clock;
    [this.client, this.clientAtEdge] = wire(clock, { ends: ends('192.0.2.1', '192.0.2.10'), ...options.client });
    this.edge = this.#engine(this.#edgeRole());
    join(this.edge, this.clientAtEdge);
    this.cores = Array.from({ length: options.cores ?? 1 }, (_, index) => this.#core(index + 1, options));
  }

  get engines(): readonly ProxyEngine[] {
    return [this.edge, ...this.cores.map(({ engine }) => engine)];
  }

  /** Transactions and calls anywhere in the chain. */
  get open(): readonly number[] {
    return this.engines.flatMap((engine) => {
      const { serverTransactions, clientTransactions } = engine.stats();
      return [serverTransactions, clientTransactions, engine.dialogs.size, engine.dialogs.stats().settingUp];
    });
  }

  #core(index: number, options: ChainOptions): Core {
    const name = `core${index}.example.com`;
    const [linkAtEdge, linkAtCore] = wire(this.#clock, {
      ends: ends('192.0.2.20', `10.0.0.${index}`),
      ...options.link,
    });
    const [server, serverAtCore] = wire(this.#clock, { ends: ends('10.0.1.1', `10.0.0.${index}`), ...options.server });
    const engine = this.#engine(coreRole(name, linkAtCore, serverAtCore));
    join(this.edge, linkAtEdge);
    join(engine, linkAtCore);
    join(engine, serverAtCore);
    return { name, engine, linkAtEdge, linkAtCore, server };
  }

  #engine(role: ProxyRole): ProxyEngine {
    return new ProxyEngine(role, { clock: this.#clock, log: silentLog });
  }

  #edgeRole(): ProxyRole {
    return {
      sentBy: () => 'edge.example.com:5061',
      route: (request, from): RouteDecision => {
        takeOwnRoutes(request, ({ host }) => host === 'edge.example.com');
        const recordRoute = `<sip:${flow}@edge.example.com;lr>`;
        if (from !== this.clientAtEdge)
          return { type: 'forward', candidates: [{ hop: this.clientAtEdge, label: 'client' }], recordRoute };
        const pinned = topRoute(request)?.host;
        const wanted = this.cores.filter(({ name }) => pinned === undefined || pinned === name);
        return {
          type: 'forward',
          candidates: wanted.map(({ linkAtEdge, name }) => ({ hop: linkAtEdge, label: name })),
          recordRoute,
        };
      },
    };
  }
}

function coreRole(name: string, link: Hop, server: Hop): ProxyRole {
  return {
    sentBy: () => name,
    route: (request, from): RouteDecision => {
      takeOwnRoutes(request, ({ host }) => host === name);
      const hop = from === link ? server : link;
      return { type: 'forward', candidates: [{ hop, label: 'next' }], recordRoute: `<sip:${name};lr>` };
    },
  };
}

function join(engine: ProxyEngine, hop: MemoryHop): void {
  hop.onBytes = (bytes) => engine.receive(parseSipMessage(bytes, defaultMessageLimits), hop);
}

function ends(near: string, far: string): readonly [readonly [string, number], readonly [string, number]] {
  return [
    [near, 5060],
    [far, 5060],
  ];
}
