import { closeSync, constants, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { FairleadError } from '../../errors.js';
import type { WalkedEntry } from './directory-walk.js';

const sharedBytes = 1_048_576;
/** Larger files have a buffer of their own. */
const largestShared = 65_536;

/** Reads small files into few large buffers: one for each would cost more than reading it. */
export class ContentReader {
  readonly #root: string;
  #shared = Buffer.alloc(0);
  #used = 0;

  constructor(root: string) {
    this.#root = root;
  }

  /**
   * Reads a walked file as it is now.
   * @throws FairleadError `source.unreachable`
   */
  read(entry: WalkedEntry): Buffer {
    const path = join(this.#root, entry.path);
    try {
      return this.#readRegular(path, entry.bytes);
    } catch (error) {
      const mend = 'Check the file and its rights.';
      throw new FairleadError('source.unreachable', `could not read ${path}`, { cause: error, mend });
    }
  }

  #readRegular(path: string, expectedBytes: number): Buffer {
    // Between listing and reading, a file may have become a link or a pipe: neither is followed nor waited for.
    const descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      return this.#readShared(descriptor, expectedBytes) ?? readFileSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  }

  /** Undefined for a file that is large, or larger than it was: a read that leaves room has come to its end. */
  #readShared(descriptor: number, expectedBytes: number): Buffer | undefined {
    const room = expectedBytes + 1;
    if (room > largestShared) return undefined;
    if (this.#used + room > this.#shared.length) [this.#shared, this.#used] = [Buffer.allocUnsafeSlow(sharedBytes), 0];
    const bytes = readSync(descriptor, this.#shared, this.#used, room, 0);
    if (bytes === room) return undefined;
    const content = this.#shared.subarray(this.#used, this.#used + bytes);
    this.#used += bytes;
    return content;
  }
}
