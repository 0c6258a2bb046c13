import { randomFillSync } from 'node:crypto';

const magicCookie = 'z9hG4bK';
const poolBytes = 4080;
const uniqueBytes = 12;

/** Whether a branch is unique by itself, as RFC 3261 has it, and not one of RFC 2543. */
export function isUniqueBranch(branch: string): boolean {
  return branch.length > magicCookie.length && branch.startsWith(magicCookie);
}

/** Makes branches that nobody can guess, so that only who got a request can answer it, and tags that we know again. */
export class BranchMaker {
  /** What every branch of this engine begins with. */
  readonly prefix: string;
  readonly #tagPrefix: string;
  readonly #pool = Buffer.alloc(poolBytes);
  #used = poolBytes;

  constructor() {
    this.prefix = `${magicCookie}fl${this.#unique().slice(0, 6)}`;
    this.#tagPrefix = `fl${this.#unique().slice(0, 6)}`;
  }

  next(): string {
    return this.prefix + this.#unique();
  }

  /** For the To of an answer of our own. */
  tag(): string {
    return this.#tagPrefix + this.#unique();
  }

  /** Whether a tag comes from an answer of our own, so that its ACK belongs to nobody else. */
  isOwnTag(tag: string): boolean {
    return tag.startsWith(this.#tagPrefix);
  }

  #unique(): string {
    if (this.#used === poolBytes) {
      randomFillSync(this.#pool);
      this.#used = 0;
    }
    const from = this.#used;
    this.#used += uniqueBytes;
    return this.#pool.toString('base64url', from, this.#used);
  }
}
