import type { Clock } from '../../platform/clock.js';

const windowMs = 60_000;
const mostGuesses = 20;
const mostAddresses = 1_024;

interface Guesses {
  readonly sinceMs: number;
  readonly seen: Set<string>;
}

/**
 * Counts the different wrong tokens that an address presents in a minute. A client that repeats one wrong token does not
 * guess, so a badly configured monitor never shuts out the reconciler beside it.
 */
export class GuessLimit {
  readonly #guesses = new Map<string, Guesses>();

  constructor(private readonly clock: Clock) {}

  /** Milliseconds until tokens from this address are looked at again; 0 when they are now. */
  blockedForMs(address: string): number {
    const guesses = this.#of(address);
    if (guesses === undefined || guesses.seen.size < mostGuesses) return 0;
    return guesses.sinceMs + windowMs - this.clock.monotonicMs();
  }

  /** Notes a wrong token by its hash. */
  note(address: string, hash: Buffer): void {
    const guesses = this.#of(address) ?? { sinceMs: this.clock.monotonicMs(), seen: new Set() };
    if (guesses.seen.size < mostGuesses) guesses.seen.add(hash.toString('base64'));
    this.#guesses.delete(address);
    this.#guesses.set(address, guesses);
    const [oldest] = this.#guesses.keys();
    if (this.#guesses.size > mostAddresses && oldest !== undefined) this.#guesses.delete(oldest);
  }

  #of(address: string): Guesses | undefined {
    const guesses = this.#guesses.get(address);
    if (guesses === undefined || this.clock.monotonicMs() - guesses.sinceMs < windowMs) return guesses;
    this.#guesses.delete(address);
    return undefined;
  }
}
