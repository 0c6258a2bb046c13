import type { FlowProtocol } from '../flow/flow.js';

/** A device that is registered. */
export interface Registration {
  readonly device: string;
  /** User part of the address of record: the line. */
  readonly user: string;
  /** The Contact value as it came. */
  readonly contact: string;
  /** Path values, topmost first (RFC 3327). */
  readonly path: readonly string[];
  /** The node that it registered at. */
  readonly node: string;
  readonly protocol: FlowProtocol;
  /** Where its REGISTER came from. */
  readonly remoteAddress: string;
  readonly flow: number;
  readonly callId: string;
  readonly cseq: number;
  /** Wall-clock milliseconds. */
  readonly registeredAtMs: number;
  readonly expiresAtMs: number;
}

/** Who is registered, by device and line; the newest REGISTER of a device wins, wherever it came in. */
export class RegistrationTable {
  readonly #registrations = new Map<string, Registration>();
  /** Key of the newest registration by device name and by line. */
  readonly #keys = new Map<string, string>();

  /** Keeps it in the place of an older one. */
  put(registration: Registration): void {
    const key = keyOf(registration);
    this.#registrations.set(key, registration);
    this.#keys.set(registration.device.toLowerCase(), key).set(registration.user.toLowerCase(), key);
  }

  /** The live registration of a device's line. */
  get(device: string, user: string, nowMs: number): Registration | undefined {
    return live(this.#registrations.get(keyOf({ device, user })), nowMs);
  }

  remove(device: string, user: string): void {
    const key = keyOf({ device, user });
    this.#registrations.delete(key);
    for (const name of [device.toLowerCase(), user.toLowerCase()]) {
      if (this.#keys.get(name) === key) this.#keys.delete(name);
    }
  }

  /** The live registration by device name or line, the newest if there are several. */
  find(target: string, nowMs: number): Registration | undefined {
    const key = this.#keys.get(target.toLowerCase());
    return key === undefined ? undefined : live(this.#registrations.get(key), nowMs);
  }

  /** Everything that has not expired. */
  all(nowMs: number): readonly Registration[] {
    for (const registration of this.#registrations.values()) {
      if (live(registration, nowMs) === undefined) this.remove(registration.device, registration.user);
    }
    return [...this.#registrations.values()];
  }

  clear(): void {
    this.#registrations.clear();
    this.#keys.clear();
  }
}

function keyOf({ device, user }: Pick<Registration, 'device' | 'user'>): string {
  return `${device.toLowerCase()} ${user.toLowerCase()}`;
}

function live(registration: Registration | undefined, nowMs: number): Registration | undefined {
  return registration !== undefined && registration.expiresAtMs > nowMs ? registration : undefined;
}
