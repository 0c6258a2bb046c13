import type { UdsResource } from './uds-answer.js';

/** One request as a node of the stand-in saw it; it never holds a password. */
export interface UcRequest {
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly host: string;
  readonly method: string;
  readonly target: string;
  /** Undefined for an unscripted call. */
  readonly resource: UdsResource | undefined;
  /** The user the call names. */
  readonly userName: string | undefined;
  /** It carried an `Authorization` header. */
  readonly credentials: boolean;
  /** Undefined when it was not answered. */
  readonly status: number | undefined;
}

/** Counts of all requests since the log was last forgotten; unlike the entries they have no limit. */
export interface UcCounts {
  readonly requests: number;
  /** Calls of something that the stand-in does not know. */
  readonly unscripted: number;
  /** Calls that carried credentials: what reached the directory as a login. */
  readonly withCredentials: number;
  readonly byResource: Readonly<Record<UdsResource, number>>;
  /** Connections taken; one without a request is what a client leaves that does not trust the certificate. */
  readonly connections: number;
}

const longestLog = 10_000;
const none = { version: 0, servers: 0, clusterUser: 0, user: 0, devices: 0 } as const;
const noCounts: UcCounts = { requests: 0, unscripted: 0, withCredentials: 0, byResource: none, connections: 0 };

/** What reached the stand-in: the newest 10,000 requests, every unscripted one, and counts of all. */
export class UcRequestLog {
  #requests: UcRequest[] = [];
  #unscripted: UcRequest[] = [];
  #counts = noCounts;

  add(request: UcRequest): void {
    this.#requests.push(request);
    if (this.#requests.length > 2 * longestLog) this.#requests = this.#requests.slice(-longestLog);
    if (request.resource === undefined && this.#unscripted.length < longestLog) this.#unscripted.push(request);
    const { requests, unscripted, withCredentials, byResource } = this.#counts;
    this.#counts = {
      ...this.#counts,
      requests: requests + 1,
      unscripted: unscripted + Number(request.resource === undefined),
      withCredentials: withCredentials + Number(request.credentials),
      byResource:
        request.resource === undefined
          ? byResource
          : { ...byResource, [request.resource]: byResource[request.resource] + 1 },
    };
  }

  addConnection(): void {
    this.#counts = { ...this.#counts, connections: this.#counts.connections + 1 };
  }

  get counts(): UcCounts {
    return this.#counts;
  }

  /** Oldest first. */
  get requests(): readonly UcRequest[] {
    return this.#requests.slice(-longestLog);
  }

  /** Oldest first. */
  get unscripted(): readonly UcRequest[] {
    return this.#unscripted;
  }

  forget(): void {
    this.#requests = [];
    this.#unscripted = [];
    this.#counts = noCounts;
  }
}
