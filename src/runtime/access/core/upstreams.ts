import { createSecureContext } from 'node:tls';
import { Agent, type Dispatcher } from 'undici';
import { FairleadError } from '../../../errors.js';
import { type StaticHosts, staticLookup } from '../../../platform/static-hosts.js';

/** Whom to believe that a server is who it says. */
export interface UpstreamTrust {
  readonly verify: boolean;
  /** CA certificates, PEM; undefined for those that Node.js ships. */
  readonly ca: string | undefined;
}

/** Connections to servers under one trust, held for as long as a snapshot may serve. */
export interface Upstream {
  readonly dispatcher: Dispatcher;
  /** Lets them go, once; the last holder's release closes them when their requests have ended. */
  release(): Promise<void>;
}

/** Connections are shared by snapshots with the same trust, and never by different ones: what was verified under another CA is not reused. */
export interface Upstreams {
  /** @throws FairleadError `apply.prepare-failed` when the CA certificates cannot be read; `place` names the resource. */
  hold(trust: UpstreamTrust, place: string): Upstream;
}

const connectionsPerServer = 256;
const connectTimeoutMs = 10_000;
/** Under the idle time-out of every server we know, so that a request does not cross with a close. */
const idleConnectionMs = 4000;

interface Shared {
  readonly agent: Agent;
  holders: number;
}

function newAgent({ verify, ca }: UpstreamTrust, hosts: StaticHosts): Agent {
  const secureContext = createSecureContext({ minVersion: 'TLSv1.2', ...(ca === undefined ? {} : { ca }) });
  return new Agent({
    connections: connectionsPerServer,
    keepAliveTimeout: idleConnectionMs,
    maxHeaderSize: 65_536,
    connect: { secureContext, rejectUnauthorized: verify, timeout: connectTimeoutMs, lookup: staticLookup(hosts) },
  });
}

/** Makes the connections of one core; `hosts` are names that it resolves by itself. */
export function newUpstreams(hosts: StaticHosts): Upstreams {
  const agents = new Map<string, Shared>();

  function sharedFor(key: string, trust: UpstreamTrust, place: string): Shared {
    const before = agents.get(key);
    if (before !== undefined) return before;
    try {
      const shared = { agent: newAgent(trust, hosts), holders: 0 };
      agents.set(key, shared);
      return shared;
    } catch (error) {
      throw new FairleadError('apply.prepare-failed', `${place} tls.ca could not be read`, { cause: error });
    }
  }

  return {
    hold(trust, place) {
      const key = JSON.stringify([trust.verify, trust.ca]);
      const shared = sharedFor(key, trust, place);
      shared.holders += 1;
      let held = true;
      return {
        dispatcher: shared.agent,
        async release() {
          if (!held) return;
          held = false;
          shared.holders -= 1;
          if (shared.holders > 0) return;
          agents.delete(key);
          await shared.agent.close();
        },
      };
    },
  };
}
