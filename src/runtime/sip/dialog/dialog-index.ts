import type { Hop } from '../hop.js';
import type { SipMessage } from '../message/sip-message.js';
import type { HopWatch } from '../transaction/hop-watch.js';
import type { Dialog } from './dialog.js';
import type { DialogSide, SideName } from './dialog-side.js';

/** A call, and one of its parties. */
export interface CallSide {
  readonly dialog: Dialog;
  readonly sender: SideName;
}

/** Confirmed calls, found by what a request says and by the hops they go over. */
export class DialogIndex {
  readonly #hops: HopWatch;
  /** A forked call has several dialogs under its Call-ID. */
  readonly #byCall = new Map<string, readonly Dialog[]>();
  readonly #byHop = new Map<Hop, number>();
  #size = 0;

  constructor(hops: HopWatch) {
    this.#hops = hops;
  }

  get size(): number {
    return this.#size;
  }

  *[Symbol.iterator](): IterableIterator<Dialog> {
    for (const forks of this.#byCall.values()) yield* forks;
  }

  callsOver(hop: Hop): number {
    return this.#byHop.get(hop) ?? 0;
  }

  forksOf(callId: string): readonly Dialog[] {
    return this.#byCall.get(callId) ?? [];
  }

  /** Whether it is one of these calls, still. */
  has(dialog: Dialog): boolean {
    return this.forksOf(dialog.callId).includes(dialog);
  }

  /**
   * The call that an in-dialog request belongs to, and the side that sent it. A call that comes through this node twice
   * has the same tags both times: then the hop tells which one it is, or that the party's old one is gone.
   */
  find(request: SipMessage, from: Hop | undefined): CallSide | undefined {
    const forks = this.#byCall.get(request.callId);
    if (forks === undefined) return undefined;
    const { fromTag, toTag } = request;
    const sides = forks.flatMap((dialog): readonly CallSide[] => {
      const sender = dialog.sender(fromTag, toTag);
      return sender === undefined ? [] : [{ dialog, sender }];
    });
    if (sides.length < 2) return sides[0];
    const hopOf = ({ dialog, sender }: CallSide) => dialog[sender].hop;
    return sides.find((side) => hopOf(side) === from) ?? sides.find((side) => !hopOf(side).isOpen) ?? sides[0];
  }

  add(dialog: Dialog): void {
    this.#byCall.set(dialog.callId, [...this.forksOf(dialog.callId), dialog]);
    this.#size += 1;
    this.#watch(dialog);
  }

  remove(dialog: Dialog): void {
    const left = this.forksOf(dialog.callId).filter((fork) => fork !== dialog);
    if (left.length > 0) this.#byCall.set(dialog.callId, left);
    else this.#byCall.delete(dialog.callId);
    this.#size -= 1;
    this.#unwatch(dialog);
  }

  /** A party that moved to another connection is reached there from now on. */
  move(dialog: Dialog, side: DialogSide, hop: Hop): void {
    if (side.hop === hop) return;
    this.#unwatch(dialog);
    side.hop = hop;
    this.#watch(dialog);
  }

  #watch(dialog: Dialog): void {
    for (const hop of hopsOf(dialog)) {
      this.#byHop.set(hop, this.callsOver(hop) + 1);
      this.#hops.add(hop, dialog);
    }
  }

  #unwatch(dialog: Dialog): void {
    for (const hop of hopsOf(dialog)) {
      const left = this.callsOver(hop) - 1;
      if (left > 0) this.#byHop.set(hop, left);
      else this.#byHop.delete(hop);
      this.#hops.remove(hop, dialog);
    }
  }
}

function hopsOf({ caller, callee }: Dialog): ReadonlySet<Hop> {
  return new Set([caller.hop, callee.hop]);
}
