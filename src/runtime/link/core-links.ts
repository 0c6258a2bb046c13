import type { LinkStatus } from '../../admin/contract.js';
import { asFairleadError } from '../../errors.js';
import type { Clock } from '../../platform/clock.js';
import type { Log } from '../../platform/log.js';
import type { ChannelListener, PeerPlans, RunName, Standings } from '../link-port.js';
import type { CoreLinkConfig } from '../node-config.js';
import type { Service } from '../service.js';
import type { ChannelSocket } from './channel-socket.js';
import type { EdgeAddress } from './edge-dial.js';
import { EdgeDialer } from './edge-dialer.js';
import { LinkBoard, type LinkStatusListener } from './link-board.js';
import { pinsByName, privateLinkKey } from './link-keys.js';
import { type LinkLimits, defaultLinkLimits } from './link-limits.js';
import type { Link, LinkNode } from './link.js';
import { PlanRelay } from './plan-relay.js';

export interface CoreLinksDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly nodeName: string;
  /** Told to the edges, for people. */
  readonly softwareVersion?: string;
  readonly isConfirmed: (run: RunName) => boolean;
  readonly standings: Standings;
  readonly onChannel: ChannelListener;
  readonly limits?: Partial<LinkLimits>;
}

/** The core's end of all links. */
export interface EdgeConnections extends PeerPlans, Service {
  status(): readonly LinkStatus[];
  onChange(listener: LinkStatusListener): void;
}

class LinkClient implements EdgeConnections {
  readonly name = 'links';
  readonly #config: CoreLinkConfig;
  readonly #deps: CoreLinksDeps;
  readonly #node: LinkNode;
  readonly #board: LinkBoard;
  readonly #plans: PlanRelay;
  #dialers: readonly EdgeDialer[] = [];

  constructor(config: CoreLinkConfig, deps: CoreLinksDeps) {
    const { clock, log, nodeName, softwareVersion = 'unknown', isConfirmed, standings } = deps;
    const limits = { ...defaultLinkLimits, ...deps.limits };
    this.#config = config;
    this.#deps = deps;
    this.#board = new LinkBoard(
      config.edges.map(({ name }) => name),
      clock,
      'connecting',
    );
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
    const { clientKeyFile, edges } = this.#config;
    const pins = pinsByName(
      'link.edges',
      edges.map(({ name, hostKey }) => ({ name, key: hostKey })),
    );
    const clientKey = await privateLinkKey('link.clientKeyFile', clientKeyFile);
    this.#dialers = edges.flatMap(({ name, host, port }) => {
      const hostKey = pins.get(name);
      return hostKey === undefined ? [] : this.#dialer({ name, host, port, hostKey }, clientKey);
    });
    for (const dialer of this.#dialers) dialer.start();
  }

  async stop(): Promise<void> {
    const dialers = this.#dialers;
    this.#dialers = [];
    await Promise.all(dialers.map((dialer) => dialer.stop()));
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
    return this.#dialers.flatMap(({ link }) => link ?? []);
  }

  #dialer(edge: EdgeAddress, clientKey: string): EdgeDialer {
    const { log } = this.#deps;
    const onChannel = (channel: ChannelSocket) => this.#serve(channel, edge.name);
    return new EdgeDialer({ edge, clientKey, node: this.#node, board: this.#board, log, onChannel });
  }

  /** An exception here would pass through the SSH parser and end the link. */
  #serve(channel: ChannelSocket, edge: string): void {
    try {
      this.#deps.onChannel(channel, edge);
    } catch (error) {
      this.#deps.log.error({ edge, error: asFairleadError(error).message }, 'a channel could not be served');
      channel.destroy();
    }
  }
}

/**
 * Makes the core's end of the links: it dials every edge, holds it to its key, and hands over the channels that edges open.
 * `start` resolves before any link is up, and throws FairleadError `node.config` for a key that is not usable.
 */
export function newCoreLinks(config: CoreLinkConfig, deps: CoreLinksDeps): EdgeConnections {
  return new LinkClient(config, deps);
}
