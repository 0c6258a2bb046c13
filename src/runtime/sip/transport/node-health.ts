import type { StunKeepalive } from '../../../model/generated/kinds.js';
import type { Clock } from '../../../platform/clock.js';
import type { Log } from '../../../platform/log.js';
import type { Hop } from '../hop.js';
import { parseStun } from '../stun/stun-message.js';
import { type NodeCondition, unknownCondition } from './node-condition.js';
import { NodeWatch, type NodeWatchDeps } from './node-watch.js';
import type { ServerConnections } from './server-connections.js';
import { serverKey, type SipServer } from './sip-server.js';

export interface NodeHealthDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly servers: ServerConnections;
  readonly settings: StunKeepalive;
}

/** Told when a server's state or its standing to STUN is another than before. */
export type ConditionListener = (server: SipServer, condition: NodeCondition) => void;

/**
 * Knows which SIP servers can be used, from their connections, from STUN keepalives on them, and from the answers to
 * SIP requests. A server that is merely idle, or knows no STUN, is never down.
 */
export class NodeHealth {
  readonly #log: Log;
  readonly #deps: NodeWatchDeps;
  readonly #watches = new Map<string, NodeWatch>();
  readonly #listeners = new Set<ConditionListener>();
  readonly #leave: () => void;
  #settings: StunKeepalive;

  constructor({ clock, log, servers, settings }: NodeHealthDeps) {
    this.#log = log;
    this.#settings = settings;
    this.#deps = {
      clock,
      servers,
      settings: () => this.#settings,
      onChange: (server, condition, before) => this.#tell(server, condition, before),
    };
    this.#leave = servers.observe({
      onConnected: (server) => this.#watchOf(server)?.connected(),
      onUnreachable: (server, reason) => this.#watchOf(server)?.unreachable(reason),
      onLost: (server, reason, isFailure) => this.#watchOf(server)?.lost(reason, isFailure),
    });
  }

  /** Watches these servers and no others; what is known of those that stay is kept. */
  watch(servers: readonly SipServer[]): void {
    const wanted = new Map(servers.map((server) => [serverKey(server), server]));
    for (const [key, watch] of this.#watches) {
      if (wanted.has(key)) continue;
      this.#watches.delete(key);
      watch.stop();
    }
    for (const [key, server] of wanted) {
      if (this.#watches.has(key)) continue;
      const watch = new NodeWatch(server, this.#deps);
      this.#watches.set(key, watch);
      watch.look();
    }
  }

  /** Intervals and time-outs from now on. */
  apply(settings: StunKeepalive): void {
    this.#settings = settings;
    for (const watch of this.#watches.values()) watch.settingsChanged();
  }

  /** `unknown` for a server that is not watched. */
  conditionOf(server: SipServer): NodeCondition {
    return this.#watchOf(server)?.condition ?? unknownCondition;
  }

  /** The answer takes the listener away again. */
  onChange(listener: ConditionListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** To be asked first for STUN that arrived: true when it was an answer to a keepalive, which nobody else needs to see. */
  takesStun(bytes: Buffer, hop: Hop): boolean {
    const message = parseStun(bytes);
    // An error is an answer, too: somebody is there and understands.
    if (message?.class !== 'success' && message?.class !== 'error') return false;
    for (const watch of this.#watches.values()) if (watch.takesStun(hop, message.transactionId)) return true;
    return false;
  }

  /** Any response of a server, whatever it says. */
  sipAnswered(server: SipServer): void {
    this.#watchOf(server)?.sipAnswered();
  }

  /** A request to a server ended without any response. */
  sipUnanswered(server: SipServer): void {
    this.#watchOf(server)?.sipUnanswered();
  }

  stop(): void {
    this.#leave();
    for (const watch of this.#watches.values()) watch.stop();
    this.#watches.clear();
  }

  #watchOf(server: SipServer): NodeWatch | undefined {
    return this.#watches.get(serverKey(server));
  }

  #tell(server: SipServer, condition: NodeCondition, before: NodeCondition): void {
    if (condition.state === before.state && condition.stun === before.stun) return;
    const { host, port, protocol } = server;
    const { state, stun, reason } = condition;
    this.#log[state === 'down' || stun === 'silent' ? 'warn' : 'info'](
      { host, port, protocol, state, stun, reason },
      'what is known of a SIP server changed',
    );
    for (const listener of this.#listeners) {
      try {
        listener(server, condition);
      } catch (error) {
        this.#log.error({ host, err: error }, 'a listener to SIP servers met a fault');
      }
    }
  }
}
