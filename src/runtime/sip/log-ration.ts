import type { Clock } from '../../platform/clock.js';
import { newBoundedMap } from '../store/bounded-map.js';

interface Spell {
  readonly sinceMs: number;
  told: number;
  untold: number;
}

const spellMs = 60_000;
/** Lines of one source in a spell. */
const mostLines = 10;
const mostSources = 10_000;

/** Keeps whoever is refused again and again from filling the log: the first lines of a source in a minute are told, the others counted. */
export class LogRation {
  readonly #clock: Clock;
  readonly #spells = newBoundedMap<Spell>(mostSources);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many lines of a source were left out before this one; undefined when it is to be left out too. */
  take(source: string): number | undefined {
    const nowMs = this.#clock.monotonicMs();
    const known = this.#spells.get(source);
    if (known === undefined || nowMs - known.sinceMs >= spellMs) {
      this.#spells.set(source, { sinceMs: nowMs, told: 1, untold: 0 });
      return known?.untold ?? 0;
    }
    if (known.told < mostLines) {
      known.told += 1;
      return 0;
    }
    known.untold += 1;
    return undefined;
  }
}
