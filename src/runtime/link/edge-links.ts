import { once } from 'node:events';
import { type Server, type Socket, createServer } from 'node:net';
import type { LinkStatus } from '../../admin/contract.js';
import { FairleadError, asFairleadError } from '../../errors.js';
import { canonicalAddress } from '../../model/address.js';
import type { Clock } from '../../platform/clock.js';
import type { Log } from '../../platform/log.js';
import type { CoreLink, CoreLinks, PeerPlans, RunName, Standings } from '../link-port.js';
import type { EdgeLinkConfig } from '../node-config.js';
import type { Service } from '../service.js';
import { Admission } from './admission.js';
import { EdgeSession, type EdgeSessionListener } from './edge-session.js';
import { LinkBoard, type LinkStatusListener } from './link-board.js';
import { pinsByName, privateLinkKey } from './link-keys.js';
import { type LinkLimits, defaultLinkLimits } from './link-limits.js';
import type { Link, LinkNode } from './link.js';
import { PlanRelay } from './plan-relay.js';
import type { SshServerOptions, ViolationKind } from './ssh-server.js';

export interface EdgeLinksDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly nodeName: string;
  /** Told to the cores, for people. */
  readonly softwareVersion?: string;
  readonly isConfirmed: (run: RunName) => boolean;
  readonly standings: Standings;
  /** Told of each refused sign-in (`authentication`), and of what no core ever does (`protocol`). */
  readonly onViolation?: (kind: ViolationKind, address: string) => void;
  readonly limits?: Partial<LinkLimits>;
}

/** The edge's end of all links. */
export interface EdgeLinks extends CoreLinks, PeerPlans, Service {
  /** The TCP port that cores dial, once started. */
  port(): number;
  onChange(listener: LinkStatusListener): void;
}

class LinkServer implements EdgeLinks {
  readonly name = 'links';
  readonly #config: EdgeLinkConfig;
  readonly #deps: EdgeLinksDeps;
  readonly #node: LinkNode;
  readonly #board: LinkBoard;
  readonly #admission: Admission;
  readonly #plans: PlanRelay;
  readonly #sessions = new Set<EdgeSession>();
  readonly #active = new Map<string, { readonly session: EdgeSession; readonly link: Link; readonly port: CoreLink }>();
  #up: readonly CoreLink[] = [];
  #server: Server | undefined;

  constructor(config: EdgeLinkConfig, deps: EdgeLinksDeps) {
    const { clock, log, nodeName, softwareVersion = 'unknown', isConfirmed, standings } = deps;
    const limits = { ...defaultLinkLimits, ...deps.limits };
    this.#config = config;
    this.#deps = deps;
    this.#board = new LinkBoard(
      config.cores.map(({ name }) => name),
      clock,
      'connecting',
    );
    this.#admission = new Admission(limits.unauthenticated, limits.unauthenticatedPerAddress);
    this.#plans = new PlanRelay(() => this.#links(), isConfirmed, limits.relayedQuestionMs);
    this.#node = {
      clock,
      log,
      limits,
      name: nodeName,
      softwareVersion,
      standings,
      answer: (question, asker) => this.#plans.answer(question, asker),
    };
  }

  async start(): Promise<void> {
    const { hostKeyFile, cores, listen } = this.#config;
    const pins = pinsByName(
      'link.cores',
      cores.map(({ name, publicKey }) => ({ name, key: publicKey })),
    );
    const hostKey = await privateLinkKey('link.hostKeyFile', hostKeyFile);
    const { authenticationAttempts } = this.#node.limits;
    const server = createServer({ noDelay: true }, (socket) =>
      this.#accept(socket, { hostKey, pins, authenticationAttempts }),
    );
    try {
      server.listen(listen.port, listen.host);
      await once(server, 'listening');
    } catch (error) {
      const place = `link.listen ${listen.host}:${listen.port}`;
      throw new FairleadError('node.config', `${place}: ${asFairleadError(error).message}`, { cause: error });
    }
    server.on('error', (error) => this.#deps.log.error({ error: error.message }, 'the link listener failed'));
    this.#server = server;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    const closed = once(server, 'close');
    server.close();
    const reason = 'the edge stops';
    for (const { session } of [...this.#active.values()]) this.#onDown(session, reason);
    await Promise.all([...this.#sessions].map((session) => session.leave(reason)));
    await closed;
  }

  port(): number {
    const address = this.#server?.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  up(): readonly CoreLink[] {
    return this.#up;
  }

  status(): readonly LinkStatus[] {
    return this.#board.status();
  }

  onChange(listener: LinkStatusListener): void {
    this.#board.onChange(listener);
  }

  anyConfirmed(run: RunName, timeoutMs: number): Promise<boolean> {
    return this.#plans.anyConfirmed(run, timeoutMs);
  }

  #links(): readonly Link[] {
    return [...this.#active.values()].map(({ link }) => link);
  }

  #accept(socket: Socket, options: SshServerOptions): void {
    const address = canonicalAddress(socket.remoteAddress ?? '') ?? 'unknown';
    const leave = this.#admission.enter(address);
    if (leave === undefined) {
      socket.destroy();
      return;
    }
    this.#sessions.add(
      new EdgeSession({ socket, address, options, node: this.#node, listener: this.#listener(leave) }),
    );
  }

  #listener(leave: () => void): EdgeSessionListener {
    const { log, onViolation } = this.#deps;
    return {
      onAuthenticated: (session) => {
        leave();
        this.#boundConnectionsOf(session.core);
      },
      onUp: (session, link) => this.#onUp(session, link),
      onLeaving: (session, reason) => this.#onDown(session, reason),
      onViolation: ({ address, core }, kind, what) => {
        log.warn({ address, core, kind, what }, 'link connection refused');
        onViolation?.(kind, address);
      },
      onClosed: (session, reason) => {
        leave();
        this.#sessions.delete(session);
        this.#onDown(session, reason);
      },
    };
  }

  #boundConnectionsOf(core: string): void {
    const serving = this.#active.get(core)?.session;
    const held = [...this.#sessions].filter((session) => session.core === core && session !== serving);
    const excess = held.length - (this.#node.limits.connectionsPerCore - 1);
    for (const session of held.slice(0, Math.max(0, excess)))
      session.close('too many newer connections of the same core');
  }

  #onUp(session: EdgeSession, link: Link): void {
    const { core, address } = session;
    const older = this.#active.get(core);
    const port = { core, openChannel: (signal: AbortSignal) => session.openChannel(signal) };
    this.#active.set(core, { session, link, port });
    this.#refresh();
    this.#deps.log.info({ core, address }, 'link up');
    this.#board.set(core, 'up');
    void older?.session.leave('replaced by a newer connection of the same core');
  }

  #onDown(session: EdgeSession, reason: string): void {
    const { core } = session;
    const active = this.#active.get(core);
    if (active?.session === session) {
      this.#deps.log.warn({ core, reason }, 'link down');
      this.#active.delete(core);
      this.#refresh();
      this.#board.set(core, 'down', reason);
    } else if (active === undefined && !session.hasServed) {
      this.#board.set(core, 'down', reason);
    }
  }

  #refresh(): void {
    const names = [...this.#active.keys()].toSorted();
    this.#up = names.flatMap((name) => this.#active.get(name)?.port ?? []);
  }
}

/**
 * Makes the edge's end of the links: it waits for cores, knows them by their keys alone, and opens channels through them.
 * `start` throws FairleadError `node.config` for a key or an address that is not usable.
 */
export function newEdgeLinks(config: EdgeLinkConfig, deps: EdgeLinksDeps): EdgeLinks {
  return new LinkServer(config, deps);
}
