import { FairleadError } from '../../errors.js';

/** The first three are of HTTPS, the others of SIP; `connect` is there only when it failed. */
export type Action =
  | 'sign-in'
  | 'refresh'
  | 'fetch'
  | 'connect'
  | 'register'
  | 're-register'
  | 'unregister'
  | 'stun'
  | 'call';

/** `refused` is 401 or 403, `limited` 429, `unavailable` 503, `failed` any other status, `error` no usable answer. */
export type Outcome = 'ok' | 'refused' | 'limited' | 'unavailable' | 'failed' | 'error';

/** One request of a client and what became of it; a retry is an operation of its own. */
export interface Operation {
  readonly client: string;
  readonly action: Action;
  /** The path at the edge; of SIP, whom the request is for. */
  readonly target: string;
  readonly edge: string;
  /** 1 for the first try. */
  readonly attempt: number;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly outcome: Outcome;
  readonly status?: number;
  readonly retryAfterSeconds?: number;
  /** Why there is no usable answer. */
  readonly error?: string;
}

/** Takes every operation of its clients. */
export interface OperationSink {
  add(operation: Operation): void;
}

export interface OperationSummary {
  readonly operations: number;
  readonly byOutcome: Readonly<Record<Outcome, number>>;
}

const noOutcomes = { ok: 0, refused: 0, limited: 0, unavailable: 0, failed: 0, error: 0 } as const;

/** Every operation in the order they ended; it drops nothing, and refuses to go on when it is full. */
export class OperationLog implements OperationSink {
  readonly #operations: Operation[] = [];
  readonly #capacity: number;

  constructor(capacity = 1_000_000) {
    this.#capacity = capacity;
  }

  /** @throws FairleadError `lab.unexpected` when the log is full. */
  add(operation: Operation): void {
    if (this.#operations.length >= this.#capacity) {
      throw new FairleadError('lab.unexpected', `the operation log is full at ${this.#capacity} operations`);
    }
    this.#operations.push(operation);
  }

  get operations(): readonly Operation[] {
    return this.#operations;
  }

  /** All that did not end with `ok`. */
  get failures(): readonly Operation[] {
    return this.#operations.filter(({ outcome }) => outcome !== 'ok');
  }

  summary(): OperationSummary {
    const byOutcome: Record<Outcome, number> = { ...noOutcomes };
    for (const { outcome } of this.#operations) byOutcome[outcome] += 1;
    return { operations: this.#operations.length, byOutcome };
  }
}

/** What a status means to a client. */
export function outcomeOf(status: number): Outcome {
  if (status >= 200 && status < 300) return 'ok';
  if (status === 401 || status === 403) return 'refused';
  if (status === 429) return 'limited';
  return status === 503 ? 'unavailable' : 'failed';
}
