import { silentLog } from '../../../src/platform/log.js';
import type { Hop } from '../../../src/runtime/sip/hop.js';
import { defaultMessageLimits } from '../../../src/runtime/sip/message/message-limits.js';
import { parseSipMessage } from '../../../src/runtime/sip/message/parse-sip-message.js';
import type { SipMessage } from '../../../src/runtime/sip/message/sip-message.js';
import type { DialogWatcher } from '../../../src/runtime/sip/dialog/dialog-table.js';
import { ProxyEngine } from '../../../src/runtime/sip/proxy/proxy-engine.js';
import type {
  Candidate,
  ForwardDecision,
  ProxyRole,
  RouteDecision,
} from '../../../src/runtime/sip/proxy/proxy-role.js';
import { defaultProxySettings, type ProxySettings } from '../../../src/runtime/sip/proxy/proxy-settings.js';
import { FakeClock } from '../../fake-clock.js';
import { type MemoryHop, wire, type WireOptions } from '../memory-network.js';
import { Peer } from '../peer.js';

/** Everything that a message may take on a fair network, well below the first timer. */
const settleMs = 20;

export type TestRole = Partial<ProxyRole>;

export interface SiteOptions {
  readonly role?: TestRole;
  readonly decision?: Partial<ForwardDecision<undefined>>;
  readonly settings?: Partial<ProxySettings>;
  readonly client?: WireOptions;
  readonly server?: WireOptions;
  readonly servers?: number;
  readonly answerWithinMs?: number;
  readonly watcher?: DialogWatcher;
}

/** A proxy between one client and some servers, which are its candidates in order. */
export class ProxySite {
  readonly clock = new FakeClock();
  readonly engine: ProxyEngine;
  readonly client: Peer;
  readonly clientHop: MemoryHop;
  readonly servers: readonly Peer[];
  readonly serverHops: readonly MemoryHop[];
  readonly routed: SipMessage[] = [];

  constructor(options: SiteOptions = {}) {
    this.engine = new ProxyEngine(this.#role(options), {
      clock: this.clock,
      log: silentLog,
      settings: { ...defaultProxySettings, ...options.settings },
      ...(options.watcher && { dialogWatcher: options.watcher }),
    });
    [this.client, this.clientHop] = this.#peer(options.client ?? {});
    const pairs = Array.from({ length: options.servers ?? 1 }, (_, index) =>
      this.#peer({
        ends: [
          [`198.51.100.${index + 1}`, 5060],
          ['192.0.2.9', 5060],
        ],
        ...options.server,
      }),
    );
    this.servers = pairs.map(([peer]) => peer);
    this.serverHops = pairs.map(([, hop]) => hop);
  }

  get server(): Peer {
    return this.servers[0]!;
  }

  settle(): void {
    this.clock.advance(settleMs);
  }

  /** Waits on promises, which the clock does not drive. */
  async turn(): Promise<void> {
    for (let count = 0; count < 5; count += 1) {
      await Promise.resolve();
      this.settle();
    }
  }

  open(): readonly number[] {
    const { serverTransactions, clientTransactions } = this.engine.stats();
    return [serverTransactions, clientTransactions];
  }

  candidates(answerWithinMs?: number): readonly Candidate[] {
    return this.serverHops.map((hop, index) => ({
      hop,
      label: `server ${index + 1}`,
      ...(answerWithinMs !== undefined && { answerWithinMs }),
    }));
  }

  #role({ role, decision, answerWithinMs }: SiteOptions): ProxyRole {
    return {
      sentBy: () => 'proxy.example.com:5060',
      route: (request, from): RouteDecision => {
        this.routed.push(request);
        // A request from a server goes to the client.
        const back = this.serverHops.some((hop) => hop === from || hop.remoteAddress === from.remoteAddress);
        const candidates = back ? [{ hop: this.clientHop, label: 'client' }] : this.candidates(answerWithinMs);
        return { type: 'forward', candidates, ...decision };
      },
      ...role,
    };
  }

  #peer(options: WireOptions): readonly [Peer, MemoryHop] {
    const [outer, inner] = wire(this.clock, options);
    inner.onBytes = (bytes) => this.engine.receive(parseSipMessage(bytes, defaultMessageLimits), inner);
    return [new Peer(outer), inner];
  }
}

/** A hop that can never be opened. */
export function closedHop(): Promise<Hop> {
  return Promise.reject(new Error('connection refused'));
}
