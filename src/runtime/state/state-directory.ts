import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FairleadError } from '../../errors.js';
import { documentOf } from '../../model/snapshot.js';
import { removeDurably } from '../../platform/durable-file.js';
import type { Laggard } from '../link-port.js';
import type { EndedPlan } from '../receipts.js';
import type { ConfirmedRevision, PendingRevision } from '../revision.js';
import type { SecretValues } from '../secret-store.js';
import { type FoundState, recover } from './recovery.js';
import { writeState } from './state-file.js';
import { stateFiles, type StoredConfirmed, type StoredPending } from './stored-state.js';

async function makePrivate(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    await chmod(path, 0o700);
  } catch (error) {
    throw new FairleadError('node.storage', `could not make the state directory ${path}`, { cause: error });
  }
}

/**
 * The files that a node's configuration survives in. Each is replaced as a whole, so that a crash leaves the old content
 * or the new one. Every method rejects with FairleadError `node.storage` when the disk refuses.
 */
export class StateDirectory {
  #storedFingerprints: readonly string[] | undefined;
  #saved: ConfirmedRevision | undefined;

  /** `writtenBy` is the version of the program; it is kept beside every snapshot. */
  constructor(
    private readonly path: string,
    private readonly writtenBy: string,
  ) {}

  /** Makes the directory when it is missing, closes it to others (mode 0700), and reads what is in it. */
  async open(): Promise<FoundState> {
    await makePrivate(this.path);
    const found = await recover(this.path);
    this.#saved = found.confirmed;
    this.#storedFingerprints = found.fingerprints;
    return found;
  }

  /** Writes the values that some revisions need, and forgets all others. */
  async saveSecrets(...needed: readonly SecretValues[]): Promise<void> {
    const secrets = new Map(needed.flatMap((values) => [...values]));
    const fingerprints = [...secrets.keys()].toSorted();
    if (fingerprints.join() === this.#storedFingerprints?.join()) return;
    const values = [...secrets].map(([fingerprint, secret]) => [fingerprint, secret.reveal()] as const);
    await writeState(this.#at('secrets'), { secrets: Object.fromEntries(values) });
    this.#storedFingerprints = fingerprints;
  }

  /** Makes the node take up a pending revision after a restart; on failure there is none. */
  async savePending({ run, confirmWithinMs, snapshot }: PendingRevision): Promise<void> {
    const { writtenBy } = this;
    const stored: StoredPending = { writtenBy, run, confirmWithinMs, snapshot: documentOf(snapshot) };
    try {
      await writeState(this.#at('pending'), stored);
    } catch (error) {
      await this.removePending().catch(() => undefined);
      throw error;
    }
  }

  async removePending(): Promise<void> {
    await removeDurably(this.#at('pending'));
  }

  /** Makes a revision what the node starts from, and keeps the one before in case it cannot be read; on failure that one stays. */
  async saveConfirmed(next: ConfirmedRevision): Promise<void> {
    const before = this.#saved;
    if (before !== undefined) await this.#writeConfirmed('previous', before);
    try {
      await this.#writeConfirmed('confirmed', next);
    } catch (error) {
      // The rename may have been done when only the directory could not be synced.
      const undone =
        before === undefined ? removeDurably(this.#at('confirmed')) : this.#writeConfirmed('confirmed', before);
      await undone.catch(() => undefined);
      throw error;
    }
    this.#saved = next;
  }

  /** Oldest first. */
  async saveReceipts(ended: readonly EndedPlan[]): Promise<void> {
    await writeState(this.#at('receipts'), { ended });
  }

  async saveLaggards(laggards: readonly Laggard[]): Promise<void> {
    await writeState(this.#at('laggards'), { laggards });
  }

  #at(file: keyof typeof stateFiles): string {
    return join(this.path, stateFiles[file]);
  }

  async #writeConfirmed(file: 'confirmed' | 'previous', revision: ConfirmedRevision): Promise<void> {
    const { run, snapshot, edits } = revision;
    const stored: StoredConfirmed = {
      writtenBy: this.writtenBy,
      snapshot: documentOf(snapshot),
      edits,
      ...(run && { run }),
    };
    await writeState(this.#at(file), stored);
  }
}
