import { isDeepStrictEqual } from 'node:util';
import type { PeerState, SignallingSettings } from '../../signalling-port.js';
import type { AliveFrame, HelloFrame } from './control-frame.js';
import { untoldState } from './told-state.js';

/** What one end of a connection knows of the other. */
export class PeerView {
  #settings: SignallingSettings = { stunKeepalive: false };
  #state = untoldState;
  #heard: { readonly sentMs: number; readonly atMs: number } | undefined;
  #roundTripMs: number | undefined;
  #told: { readonly own: SignallingSettings; readonly state: PeerState } | undefined;

  greet({ settings, state }: HelloFrame): void {
    this.#settings = settings;
    this.#state = state;
    this.#told = undefined;
  }

  /** Tells whether anything but the time it took is new. */
  hear({ state, sentMs, echo }: AliveFrame, nowMs: number): boolean {
    const isNew = !isDeepStrictEqual(state, this.#state);
    if (isNew) this.#state = state;
    this.#told = undefined;
    this.#heard = { sentMs, atMs: nowMs };
    if (echo !== undefined) this.#roundTripMs = Math.max(0, nowMs - echo.sentMs - echo.heldMs);
    return isNew;
  }

  /** Tells whether what is agreed changed by it. */
  settle(settings: SignallingSettings, own: SignallingSettings): boolean {
    const before = this.state(own).stunAgreed;
    this.#settings = settings;
    this.#told = undefined;
    return before !== this.state(own).stunAgreed;
  }

  /** What goes back with our next sign of life. */
  echo(nowMs: number): Pick<AliveFrame, 'echo'> {
    const heard = this.#heard;
    return heard === undefined ? {} : { echo: { sentMs: heard.sentMs, heldMs: nowMs - heard.atMs } };
  }

  /** The same object until something changes: it is asked for with every message. */
  state(own: SignallingSettings): PeerState {
    const told = this.#told;
    if (told?.own === own) return told.state;
    const roundTripMs = this.#roundTripMs;
    const state = {
      ...this.#state,
      stunAgreed: own.stunKeepalive && this.#settings.stunKeepalive,
      ...(roundTripMs !== undefined && { roundTripMs }),
    };
    this.#told = { own, state };
    return state;
  }
}
