import type { Clock } from '../../../platform/clock.js';
import type { Log } from '../../../platform/log.js';
import type { GuardedSink } from './guarded-sink.js';
import type { ConnectionSweep } from './connection-sweep.js';
import type { TransportMetrics } from './transport-metrics.js';
import type { TransportSettings } from './transport-settings.js';
import type { WriteBatch } from './write-batch.js';

/** What every connection of a node shares. */
export interface TransportContext {
  readonly clock: Clock;
  readonly log: Log;
  readonly sink: GuardedSink;
  readonly sweep: ConnectionSweep;
  readonly batch: WriteBatch;
  readonly metrics: TransportMetrics;
  /** Those in force at this moment. */
  readonly settings: () => TransportSettings;
}
