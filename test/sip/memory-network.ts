import type { Clock } from '../../src/platform/clock.js';
import type { Hop } from '../../src/runtime/sip/hop.js';

/** What a network does to a datagram: the delays of the copies that arrive, none when it is lost. */
export type Weather = () => readonly number[];

const fair: Weather = () => [1];

export interface WireOptions {
  readonly protocol?: 'UDP' | 'TCP' | 'TLS';
  readonly weather?: Weather;
  /** Address and port of each end, as the other one sees it. */
  readonly ends?: readonly [readonly [string, number], readonly [string, number]];
}

let hopCount = 0;

/** One end of a wire between two peers in memory. */
export class MemoryHop implements Hop {
  readonly id: string;
  readonly protocol: 'UDP' | 'TCP' | 'TLS';
  readonly isReliable: boolean;
  readonly remoteAddress: string;
  readonly remotePort: number;
  other: MemoryHop | undefined;
  onBytes: (bytes: Buffer) => void = () => undefined;
  /** A full send queue. */
  refuses = false;
  /** A far end that died without a word: takes everything and never answers. */
  isSilent = false;
  readonly #clock: Clock;
  readonly #weather: Weather;
  readonly #listeners = new Set<(reason: string) => void>();
  #closedBecause: string | undefined;

  constructor(clock: Clock, options: WireOptions, remote: readonly [string, number]) {
    hopCount += 1;
    this.id = `memory-${hopCount}`;
    this.#clock = clock;
    this.#weather = options.weather ?? fair;
    this.protocol = options.protocol ?? 'TCP';
    this.isReliable = this.protocol !== 'UDP';
    [this.remoteAddress, this.remotePort] = remote;
  }

  get isOpen(): boolean {
    return this.#closedBecause === undefined;
  }

  get listenerCount(): number {
    return this.#listeners.size;
  }

  send(bytes: Buffer): boolean {
    if (!this.isOpen || this.refuses) return false;
    const copy = Buffer.from(bytes);
    for (const delayMs of this.#weather()) this.#clock.after(delayMs, () => this.#deliver(copy));
    return true;
  }

  close(reason: string): void {
    if (!this.isOpen) return;
    this.#closedBecause = reason;
    for (const listener of [...this.#listeners]) listener(reason);
    this.#listeners.clear();
    this.other?.close(reason);
  }

  onClosed(listener: (reason: string) => void): () => void {
    if (this.#closedBecause !== undefined) listener(this.#closedBecause);
    else this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #deliver(bytes: Buffer): void {
    const { other } = this;
    if (!this.isSilent && other?.isOpen === true) other.onBytes(bytes);
  }
}

/** Two ends; what one sends, the other gets after a millisecond or as the weather allows. */
export function wire(clock: Clock, options: WireOptions = {}): readonly [MemoryHop, MemoryHop] {
  const [near, far] = options.ends ?? [
    ['192.0.2.1', 5060],
    ['192.0.2.2', 5060],
  ];
  const a = new MemoryHop(clock, options, far);
  const b = new MemoryHop(clock, options, near);
  a.other = b;
  b.other = a;
  return [a, b];
}
