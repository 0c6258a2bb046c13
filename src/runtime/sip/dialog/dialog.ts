import type { Hop } from '../hop.js';
import type { HopWatcher } from '../transaction/hop-watch.js';
import { WheelEntry } from '../transaction/timer-wheel.js';
import type { DialogSide, SideName } from './dialog-side.js';

/** How a call that was up came to its end. */
export type DialogEnd = 'bye' | 'gone' | 'expired' | 'dropped';

/** Where a dialog says that its time or its path is over. */
export interface DialogHome {
  onExpired(dialog: Dialog): void;
  onPathLost(dialog: Dialog, lost: SideName): void;
}

/** One call between two parties, from the 2xx of its INVITE to its end (RFC 3261 section 12). */
export class Dialog extends WheelEntry implements HopWatcher {
  readonly callId: string;
  readonly caller: DialogSide;
  readonly callee: DialogSide;
  readonly startedMs: number;
  readonly #home: DialogHome;

  constructor(callId: string, caller: DialogSide, callee: DialogSide, startedMs: number, home: DialogHome) {
    super();
    this.callId = callId;
    this.caller = caller;
    this.callee = callee;
    this.startedMs = startedMs;
    this.#home = home;
  }

  /** The party that sent an in-dialog request with these tags; undefined when it belongs to another dialog. */
  sender(fromTag: string, toTag: string): SideName | undefined {
    if (fromTag === this.caller.tag && toTag === this.callee.tag) return 'caller';
    return fromTag === this.callee.tag && toTag === this.caller.tag ? 'callee' : undefined;
  }

  onDue(): void {
    this.#home.onExpired(this);
  }

  onHopLost(hop: Hop): void {
    this.#home.onPathLost(this, hop === this.caller.hop ? 'caller' : 'callee');
  }
}
