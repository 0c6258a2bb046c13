import type { Log } from '../../platform/log.js';
import { byeTowards } from './dialog/dialog-bye.js';
import type { Dialog, DialogEnd } from './dialog/dialog.js';
import type { SideName } from './dialog/dialog-side.js';
import type { DialogWatcher } from './dialog/dialog-table.js';
import type { Hop } from './hop.js';
import type { SipMessage } from './message/sip-message.js';
import type { ClientTransactionUser } from './transaction/client-transaction.js';

/** What a dropped call needs of the engine that dropped it. */
export interface ByeSender {
  send(request: SipMessage, hop: Hop, user: ClientTransactionUser): boolean;
}

const goodbye = 'Q.850;cause=41;text="Path lost"';
const unanswered: ClientTransactionUser = { onResponse: () => undefined, onFailed: () => undefined };

/**
 * Tells the other party when one party's path died, so that its call ends too and does not hang in silence.
 * `outlives` says of a hop that calls survive its loss, because it can be opened again.
 */
export class DroppedCalls implements DialogWatcher {
  readonly #log: Log;
  readonly #outlives: (hop: Hop) => boolean;
  #sender: ByeSender | undefined;

  constructor(log: Log, outlives: (hop: Hop) => boolean) {
    this.#log = log;
    this.#outlives = outlives;
  }

  /** The engine is made after its watcher. */
  sendThrough(sender: ByeSender): void {
    this.#sender = sender;
  }

  outlives(dialog: Dialog, lost: SideName): boolean {
    return this.#outlives(dialog[lost].hop);
  }

  onEnded(dialog: Dialog, end: DialogEnd, lost: SideName | undefined): void {
    if (end !== 'dropped' || lost === undefined) return;
    const left = lost === 'caller' ? 'callee' : 'caller';
    this.#log.info({ callId: dialog.callId, lost }, 'a call was dropped, since the path to a party is gone');
    this.#sayBye(dialog, left, goodbye);
  }

  /** Tells both parties that their call is over; it stays in the table of calls. */
  hangUp(dialog: Dialog, reason: string): void {
    this.#sayBye(dialog, 'caller', reason);
    this.#sayBye(dialog, 'callee', reason);
  }

  #sayBye(dialog: Dialog, side: SideName, reason: string): void {
    const bye = byeTowards(dialog, side, reason);
    if (bye !== undefined) this.#sender?.send(bye, dialog[side].hop, unanswered);
  }
}
