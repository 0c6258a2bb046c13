import { randomBytes } from 'node:crypto';
import type { Hop } from '../hop.js';

/** A client's connection. Its id is unguessable, so a URI that holds it is proof of having been given it. */
export interface Flow {
  /** 22 characters base64url. */
  readonly id: string;
  readonly hop: Hop;
  /** Keepalives that were answered with an error, one after another. */
  deadKeepalives: number;
}

/** The clients' connections to an edge. */
export class Flows {
  readonly #byHop = new Map<Hop, Flow>();
  readonly #byId = new Map<string, Flow>();

  get size(): number {
    return this.#byId.size;
  }

  open(hop: Hop): Flow {
    const flow = { id: randomBytes(16).toString('base64url'), hop, deadKeepalives: 0 };
    this.#byHop.set(hop, flow);
    this.#byId.set(flow.id, flow);
    return flow;
  }

  of(hop: Hop): Flow | undefined {
    return this.#byHop.get(hop);
  }

  find(id: string): Flow | undefined {
    return this.#byId.get(id);
  }

  close(hop: Hop): Flow | undefined {
    const flow = this.#byHop.get(hop);
    if (flow === undefined) return undefined;
    this.#byHop.delete(hop);
    this.#byId.delete(flow.id);
    return flow;
  }

  all(): Iterable<Flow> {
    return this.#byId.values();
  }
}
