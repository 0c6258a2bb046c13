import type { Clock } from '../../../platform/clock.js';
import type { Registrations } from '../registration/registrations.js';

export interface OverloadWarningsParts {
  readonly clock: Clock;
  readonly registrations: Registrations;
}

/**
 * The devices that were told to go to another edge and are still here. A client may heed the warning no sooner than at its next
 * refresh; until then it counts as gone, or every other one would be sent away as well.
 */
export class OverloadWarnings {
  readonly #parts: OverloadWarningsParts;
  /** Monotonic milliseconds at which a device is past its next refresh. */
  readonly #leavingUntil = new Map<string, number>();
  #given = 0;

  constructor(parts: OverloadWarningsParts) {
    this.#parts = parts;
  }

  /** Warnings since the start. */
  get given(): number {
    return this.#given;
  }

  /** A device was told; `expiresSeconds` is for how long it is registered here. */
  give(device: string, expiresSeconds: number): void {
    this.#given += 1;
    this.#leavingUntil.set(device, this.#parts.clock.monotonicMs() + expiresSeconds * 1000);
  }

  /** A device that was told refreshes its registration here: it does not heed warnings. */
  stays(device: string): void {
    this.#leavingUntil.delete(device);
  }

  /** Devices registered here that are expected to go. */
  leaving(): number {
    const nowMs = this.#parts.clock.monotonicMs();
    for (const [device, untilMs] of this.#leavingUntil) {
      if (untilMs <= nowMs || this.#parts.registrations.find(device) === undefined) this.#leavingUntil.delete(device);
    }
    return this.#leavingUntil.size;
  }
}
