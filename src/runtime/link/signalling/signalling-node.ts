import type { NodeRole } from '../../../model/plan.js';
import type { Clock } from '../../../platform/clock.js';
import type { Log } from '../../../platform/log.js';
import type { OwnState, SignallingSettings } from '../../signalling-port.js';
import type { FrameCounts } from './frame-counts.js';
import type { SignallingLimits } from './signalling-limits.js';

/** What all signalling connections of one node share. */
export interface SignallingNode {
  readonly name: string;
  readonly role: NodeRole;
  readonly softwareVersion: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits: SignallingLimits;
  readonly counts: FrameCounts;
  /** What the node says of itself now. */
  state(): OwnState;
  settings(): SignallingSettings;
}
