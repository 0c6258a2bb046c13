import { randomBytes } from 'node:crypto';

const mostNonces = 20_000;

/** Nonces that were given out and still count: the newest 20,000. */
export class Nonces {
  readonly #given = new Set<string>();

  /** 32 hex digits. */
  give(): string {
    const nonce = randomBytes(16).toString('hex');
    this.#given.add(nonce);
    if (this.#given.size > mostNonces) {
      const [oldest] = this.#given;
      if (oldest !== undefined) this.#given.delete(oldest);
    }
    return nonce;
  }

  has(nonce: string): boolean {
    return this.#given.has(nonce);
  }
}
