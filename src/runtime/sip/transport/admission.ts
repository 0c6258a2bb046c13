import type { Clock } from '../../../platform/clock.js';
import { newConnectionRates, sourceOf } from '../../store/connection-rate.js';
import type { TransportSettings } from './transport-settings.js';

/** Why a connection is not let in. */
export type AdmissionRefusal = 'rate' | 'source' | 'maximum';

export type Admission =
  | {
      readonly isAdmitted: true;
      readonly isBeyondRate: boolean /** Once, when the connection is gone. */;
      leave(): void;
    }
  | { readonly isAdmitted: false; readonly limit: AdmissionRefusal };

/** Counts the accepted connections of a node against its limits; all listeners share one. */
export class AdmissionDesk {
  readonly #bySource = new Map<string, number>();
  readonly #rates;
  #count = 0;

  constructor(clock: Clock) {
    this.#rates = newConnectionRates(clock);
  }

  get count(): number {
    return this.#count;
  }

  admit(address: string, settings: TransportSettings): Admission {
    if (this.#count >= settings.maximumConnections) return { isAdmitted: false, limit: 'maximum' };
    const source = sourceOf(address);
    const held = this.#bySource.get(source) ?? 0;
    if (held >= settings.maximumConnectionsPerSource) return { isAdmitted: false, limit: 'source' };
    const isBeyondRate = this.#rates.count(address, settings.connectionRate) === 'beyond';
    if (isBeyondRate && settings.connectionRate.mode === 'enforce') return { isAdmitted: false, limit: 'rate' };
    this.#count += 1;
    this.#bySource.set(source, held + 1);
    return { isAdmitted: true, isBeyondRate, leave: () => this.#leave(source) };
  }

  #leave(source: string): void {
    this.#count -= 1;
    const held = this.#bySource.get(source) ?? 0;
    if (held <= 1) this.#bySource.delete(source);
    else this.#bySource.set(source, held - 1);
  }
}
