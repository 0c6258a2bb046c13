import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FairleadError } from '../../errors.js';
import type { Log } from '../../platform/log.js';
import { lockState, type StateLock } from '../state-lock.js';
import { git, GitFailed } from './git.js';
import { type GitEnvironment, localEnvironment } from './git-environment.js';
import { askRemote, fetchRemote, type RemoteContext } from './git-remote.js';
import { isMirror, makeMirror, removeLeftovers, removeOtherMirrors } from './mirror-files.js';

/** Where a followed ref is. */
export interface MirrorTip {
  /** 40 hex digits of a commit that the mirror holds. */
  readonly commit: string;
  /** Objects were transferred. */
  readonly fetched: boolean;
}

/** The ref of the mirror that keeps what is followed. */
const tipRef = 'refs/fairlead/tip';

function nameOf({ source: { url, ref } }: RemoteContext): string {
  const identity = JSON.stringify([url.text, ref]);
  return `${createHash('sha256').update(identity).digest('hex').slice(0, 16)}.git`;
}

/** A bare copy of one ref of a repository, kept by one process; what a crash tore is made anew. */
export class Mirror {
  readonly directory: string;
  readonly environment: GitEnvironment;
  readonly #context: RemoteContext;
  readonly #lock: StateLock;
  readonly #log: Log;
  /** What the followed ref named when it was last fetched, and the commit behind it. */
  #known: { readonly id: string; readonly commit: string } | undefined;

  private constructor(context: RemoteContext, parent: string, lock: StateLock, log: Log) {
    this.directory = join(parent, nameOf(context));
    this.environment = localEnvironment(context.searchPath, this.directory);
    this.#context = context;
    this.#lock = lock;
    this.#log = log;
  }

  /**
   * Opens the mirror of a source below a directory, without asking the remote.
   * @throws FairleadError `state.locked` when another process uses the directory, `state.storage`
   */
  static async open(context: RemoteContext, parent: string, log: Log): Promise<Mirror> {
    const lock = await lockState(parent);
    const mirror = new Mirror(context, parent, lock, log);
    await removeOtherMirrors(parent, nameOf(context));
    await removeLeftovers(mirror.directory);
    return mirror;
  }

  /**
   * Follows the ref: asks the remote, and fetches when it moved.
   * @throws FairleadError `source.unreachable`, `source.ref-not-found`
   */
  async update(signal: AbortSignal): Promise<MirrorTip> {
    const { ref } = this.#context.source;
    if (ref.type === 'commit') return await this.#updateTo(ref.id, ref.id, signal);
    const { id, name } = await askRemote(this.#context, dirname(this.directory), ref.names, signal);
    return await this.#updateTo(id, name, signal);
  }

  /** The commit that was followed last; undefined when there is none, or it is damaged. */
  async last(signal: AbortSignal): Promise<string | undefined> {
    return (await this.#resolveTip(signal))?.commit;
  }

  /** Throws the copy away; the next update makes it anew. */
  async discard(): Promise<void> {
    this.#log.warn({ directory: this.directory }, 'the mirror is damaged and is made anew');
    this.#known = undefined;
    await rm(this.directory, { recursive: true, force: true });
  }

  async close(): Promise<void> {
    await this.#lock.release();
  }

  async #updateTo(id: string, wanted: string, signal: AbortSignal): Promise<MirrorTip> {
    if (this.#known?.id === id) return { commit: this.#known.commit, fetched: false };
    const held = this.#known ?? (await this.#resolveTip(signal));
    if (held?.id === id) return this.#remember(held, false);
    await this.#fetch(wanted, signal);
    const fetched = await this.#resolveTip(signal);
    if (fetched !== undefined) return this.#remember(fetched, true);
    throw new FairleadError('source.ref-not-found', `${wanted} of ${this.#context.source.url.text} is not a commit`);
  }

  #remember(known: { readonly id: string; readonly commit: string }, fetched: boolean): MirrorTip {
    this.#known = known;
    return { commit: known.commit, fetched };
  }

  async #fetch(wanted: string, signal: AbortSignal): Promise<void> {
    const isNew = !(await isMirror(this.directory));
    try {
      await this.#fetchOnce(wanted, signal);
    } catch (error) {
      signal.throwIfAborted();
      // A damaged copy and a dead network fail alike; only a sound copy is worth keeping.
      if (isNew || (await this.#isSound(signal))) throw error;
      await this.discard();
      await this.#fetchOnce(wanted, signal);
    }
  }

  async #fetchOnce(wanted: string, signal: AbortSignal): Promise<void> {
    if (!(await isMirror(this.directory))) await makeMirror(this.directory, this.environment, signal);
    const { ref } = this.#context.source;
    try {
      await fetchRemote(this.#context, this.directory, [`+${wanted}:${tipRef}`], signal);
    } catch (error) {
      signal.throwIfAborted();
      if (ref.type === 'name') throw error;
      // An old server gives a commit only behind a ref.
      const everything = ['+refs/heads/*:refs/fairlead/heads/*', '+refs/tags/*:refs/fairlead/tags/*'];
      await fetchRemote(this.#context, this.directory, everything, signal);
      await this.#pin(ref.id, signal);
    }
  }

  async #pin(id: string, signal: AbortSignal): Promise<void> {
    try {
      await git(this.directory, ['update-ref', tipRef, id], this.environment, signal);
    } catch (error) {
      signal.throwIfAborted();
      const message = `${this.#context.source.url.text} has no commit ${id}`;
      throw new FairleadError('source.ref-not-found', message, { cause: error });
    }
  }

  async #resolveTip(signal: AbortSignal): Promise<{ readonly id: string; readonly commit: string } | undefined> {
    const args = ['rev-parse', tipRef, `${tipRef}^{commit}`];
    try {
      const output = await git(this.directory, args, this.environment, signal);
      const [id = '', commit = ''] = output.trim().split('\n');
      return { id, commit };
    } catch (error) {
      if (error instanceof GitFailed) return undefined;
      throw error;
    }
  }

  async #isSound(signal: AbortSignal): Promise<boolean> {
    if ((await this.#resolveTip(signal)) === undefined) return false;
    const args = ['fsck', '--connectivity-only', '--no-dangling', '--no-progress'];
    try {
      await git(this.directory, args, this.environment, signal);
      return true;
    } catch (error) {
      if (error instanceof GitFailed) return false;
      throw error;
    }
  }
}
