import type { LookupFunction } from 'node:net';
import { isIP } from 'node:net';
import { FairleadError } from '../../../errors.js';
import type { Clock } from '../../../platform/clock.js';
import { type FlowTrust, connectFlow } from '../flow/connect-flow.js';
import type { Flow, FlowSink } from '../flow/flow.js';
import type { NextHop } from './next-hop.js';

export interface BackConnectionsOptions {
  /** Connections start at this address. */
  readonly localAddress: string;
  readonly lookup: LookupFunction;
  readonly trust: FlowTrust | undefined;
  readonly timeoutMs: () => number;
  readonly clock: Clock;
  readonly udp: (address: string, port: number) => Flow;
}

/** Connections that a node opens for its own requests: one for each address, opened anew when it is gone. */
export class BackConnections {
  readonly #options: BackConnectionsOptions;
  readonly #sink: FlowSink;
  readonly #flows = new Map<string, Promise<Flow>>();

  constructor(options: BackConnectionsOptions, sink: FlowSink) {
    this.#options = options;
    this.#sink = sink;
  }

  /** @throws FairleadError `lab.unexpected` when the address does not resolve or does not take the connection. */
  async to(hop: NextHop): Promise<Flow> {
    const key = `${hop.protocol} ${hop.host}:${hop.port}`;
    const known = await this.#flows.get(key)?.catch(() => undefined);
    if (known?.isOpen === true) return known;
    const opening = this.#open(hop);
    this.#flows.set(key, opening);
    try {
      return await opening;
    } catch (error) {
      this.#flows.delete(key);
      throw error;
    }
  }

  cut(): void {
    for (const opening of this.#flows.values()) {
      opening.then(
        (flow) => flow.cut(),
        () => undefined,
      );
    }
    this.#flows.clear();
  }

  async #open({ protocol, host, port }: NextHop): Promise<Flow> {
    const { localAddress, lookup, trust, timeoutMs, clock, udp } = this.#options;
    if (protocol === 'UDP') return udp(await this.#resolve(host), port);
    const target = { protocol, host, port, localAddress, lookup };
    const trusted = trust === undefined ? {} : { trust };
    return await connectFlow({ target, ...trusted, timeoutMs: timeoutMs(), clock }, this.#sink);
  }

  #resolve(host: string): Promise<string> {
    if (isIP(host) !== 0) return Promise.resolve(host);
    return new Promise((resolve, reject) => {
      this.#options.lookup(host, { family: 4 }, (error, address) => {
        if (error === null && typeof address === 'string') resolve(address);
        else reject(new FairleadError('lab.unexpected', `the name ${host} does not resolve`));
      });
    });
  }
}
