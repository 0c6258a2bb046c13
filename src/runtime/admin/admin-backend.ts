import type { NodeStatus } from '../../admin/contract.js';
import type { Health } from '../../model/health.js';
import type { ConfigStore } from '../config-store.js';
import type { NodeEvents } from '../node-events.js';
import type { Checkpoint } from '../stage.js';

/** The node as its admin interface sees it. */
export interface AdminBackend {
  readonly store: ConfigStore;
  readonly events: NodeEvents;
  /** Told before an answer about a plan is sent. */
  readonly checkpoint: Checkpoint;
  status(): NodeStatus;
  /** Tries the data path of every part. */
  probe(signal: AbortSignal): Promise<Health>;
  /** Text in the Prometheus exposition format. */
  metrics(): Promise<string>;
}
