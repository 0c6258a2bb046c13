/** A message that the stand-in does not know or cannot read. */
export interface UnscriptedSip {
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly node: string;
  readonly from: string;
  readonly reason: string;
}

/** A request that reached a node, and the last answer it got. */
export interface SipExchange {
  readonly time: string;
  readonly node: string;
  readonly method: string;
  readonly uri: string;
  /** Device or line that sent it, as its From says. */
  readonly from: string;
  /** Undefined when it was not answered. */
  readonly status: number | undefined;
}

/** Counts since the record was last forgotten; unlike the lists they have no limit. */
export interface SipCounts {
  readonly requests: number;
  readonly byMethod: Readonly<Record<string, number>>;
  readonly byStatus: Readonly<Record<string, number>>;
  readonly stunRequests: number;
  readonly stunAnswers: number;
  readonly connections: number;
  readonly unscripted: number;
}

/** What reached the SIP side of the stand-in. */
export interface SipRecord {
  readonly counts: SipCounts;
  /** The newest 10,000, oldest first. */
  readonly exchanges: readonly SipExchange[];
  readonly unscripted: readonly UnscriptedSip[];
}

const longestLog = 10_000;
const mostKinds = 100;

function count(counts: Map<string, number>, key: string): void {
  if (counts.size >= mostKinds && !counts.has(key)) return;
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** Writes down what reaches the SIP side, in bounded memory. */
export class SipLedger {
  #exchanges: SipExchange[] = [];
  #unscripted: UnscriptedSip[] = [];
  #requests = 0;
  #unscriptedCount = 0;
  #stunRequests = 0;
  #stunAnswers = 0;
  #connections = 0;
  readonly #byMethod = new Map<string, number>();
  readonly #byStatus = new Map<string, number>();

  addExchange(exchange: SipExchange): void {
    this.#requests += 1;
    this.#exchanges.push(exchange);
    if (this.#exchanges.length > 2 * longestLog) this.#exchanges = this.#exchanges.slice(-longestLog);
    count(this.#byMethod, exchange.method);
    count(this.#byStatus, String(exchange.status ?? 'none'));
  }

  addUnscripted(message: UnscriptedSip): void {
    this.#unscriptedCount += 1;
    if (this.#unscripted.length < longestLog) this.#unscripted.push(message);
  }

  addStun(answered: boolean): void {
    this.#stunRequests += 1;
    if (answered) this.#stunAnswers += 1;
  }

  addConnection(): void {
    this.#connections += 1;
  }

  record(): SipRecord {
    const counts: SipCounts = {
      requests: this.#requests,
      byMethod: Object.fromEntries(this.#byMethod),
      byStatus: Object.fromEntries(this.#byStatus),
      stunRequests: this.#stunRequests,
      stunAnswers: this.#stunAnswers,
      connections: this.#connections,
      unscripted: this.#unscriptedCount,
    };
    return { counts, exchanges: this.#exchanges.slice(-longestLog), unscripted: this.#unscripted };
  }

  forget(): void {
    this.#exchanges = [];
    this.#unscripted = [];
    [this.#requests, this.#unscriptedCount, this.#stunRequests] = [0, 0, 0];
    [this.#stunAnswers, this.#connections] = [0, 0];
    this.#byMethod.clear();
    this.#byStatus.clear();
  }
}
