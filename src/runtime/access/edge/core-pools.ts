import type { Duplex } from 'node:stream';
import type { Socket } from 'node:net';
import { Pool, type buildConnector } from 'undici';
import { FairleadError, asFairleadError } from '../../../errors.js';
import type { Clock } from '../../../platform/clock.js';
import { withTimeLimit } from '../../../platform/time-limit.js';
import type { CoreLinks } from '../../link-port.js';

/** Channels that an edge keeps to one core; further requests wait for one to be free. */
const channelsPerCore = 128;
const channelTimeoutMs = 10_000;
const idleChannelMs = 60_000;

/** The kept-alive HTTP/1.1 connections of an edge to its cores, each inside a channel of a link. */
export interface CorePools {
  /** Made when it is first asked for; it stays when the link goes, and dials through the next one. */
  to(core: string): Pool;
  /** Ends all connections at once. */
  close(): Promise<void>;
}

/** Every request to a core is addressed so; nothing resolves the name. */
export const coreOrigin = 'http://core.fairlead.internal';

/** undici asks for a Socket, and uses what every Duplex has; the rest it looks for before it calls it. */
function servesAsSocket(channel: Duplex): channel is Socket {
  return typeof channel.cork === 'function';
}

export function newCorePools(links: CoreLinks, clock: Clock): CorePools {
  const pools = new Map<string, Pool>();
  const closing = new AbortController();

  async function dial(core: string): Promise<Socket> {
    const link = links.up().find((one) => one.core === core);
    if (link === undefined) throw new FairleadError('link.down', `the link to core ${core} is down`);
    const channel = await withTimeLimit(clock, channelTimeoutMs, closing.signal, (signal) => link.openChannel(signal));
    if (servesAsSocket(channel)) return channel;
    throw new FairleadError('internal', `the link to core ${core} gave something that is no stream`);
  }

  function connectorTo(core: string): buildConnector.connector {
    return (_options, done) => {
      dial(core).then(
        (channel) => done(null, channel),
        (error: unknown) => done(asFairleadError(error, 'link.down'), null),
      );
    };
  }

  return {
    to(core) {
      const before = pools.get(core);
      if (before !== undefined) return before;
      const pool = new Pool(coreOrigin, {
        connect: connectorTo(core),
        connections: channelsPerCore,
        keepAliveTimeout: idleChannelMs,
        keepAliveMaxTimeout: idleChannelMs,
        maxHeaderSize: 131_072,
      });
      pools.set(core, pool);
      return pool;
    },
    close: async () => {
      closing.abort(new FairleadError('link.down', 'the edge stops'));
      await Promise.all([...pools.values()].map((pool) => pool.destroy()));
    },
  };
}
