import type { CommitInfo } from '../../model/plan.js';
import type { DriverEvent } from '../driver/driver.js';
import type { PassOutcome } from '../pass-outcome.js';
import type { Reading } from './source-reader.js';

/** A pass that ended, and what follows. */
export interface EndedPass {
  readonly outcome: PassOutcome;
  /** The revision that is in force as far as this program confirmed it. */
  readonly lastGood: CommitInfo | undefined;
  readonly durationMs: number;
  /** Until the next pass, unless something says so earlier. */
  readonly delayMs: number;
  /** Passes in a row that are to be tried again. */
  readonly failures: number;
}

/** Is told what the loop does; never throws. */
export interface LoopListener {
  onReading(reading: Reading): void;
  onReadingFailed(error: Error): void;
  onPassBegun(cluster: string): void;
  onPassEnded(cluster: string, pass: EndedPass): void;
  onNodeEvent(cluster: string, event: DriverEvent): void;
  /** The cluster is no longer declared; its nodes are left alone. */
  onClusterGone(cluster: string): void;
}
