import { snapshotDigest } from '../model/digest.js';
import { isRecord } from '../model/json.js';
import type { CommitInfo } from '../model/plan.js';
import { keyOf, newSnapshot } from '../model/snapshot.js';
import type { Declaration, ResourceKey, SourceRef } from '../model/snapshot.js';
import { checkResource } from '../model/validate.js';
import type { CrashHook } from './crash-hook.js';
import type { Decision } from './rollout/rollout-journal.js';
import { readState, writeState } from './state-file.js';

/** A declaration and the commit it comes from. */
export interface Revision {
  readonly commit: CommitInfo;
  readonly declaration: Declaration;
}

interface Proposal extends Revision {
  readonly planId: string;
}

interface Saved {
  readonly applied?: Revision;
  readonly proposed?: Proposal;
}

function isCommit(value: unknown): value is CommitInfo {
  return isRecord(value) && ['id', 'author', 'subject', 'time'].every((name) => typeof value[name] === 'string');
}

function isSourceRef(value: unknown): value is SourceRef {
  return (
    isRecord(value) &&
    typeof value['path'] === 'string' &&
    typeof value['line'] === 'number' &&
    typeof value['column'] === 'number'
  );
}

function readRevision(value: unknown): Revision | undefined {
  if (!isRecord(value)) return undefined;
  const { commit, cluster, items } = value;
  if (!isCommit(commit) || typeof cluster !== 'string' || !Array.isArray(items)) return undefined;
  const sources = new Map<ResourceKey, SourceRef>();
  const resources = items.filter(isRecord).flatMap(({ resource, source }) => {
    const found = checkResource(resource).resource;
    if (found !== undefined && isSourceRef(source)) sources.set(keyOf(found), source);
    return found ?? [];
  });
  if (resources.length !== items.length) return undefined;
  return { commit, declaration: { ...newSnapshot(commit.id, resources), cluster, sources } };
}

function readProposal(value: unknown): Proposal | undefined {
  const revision = readRevision(value);
  if (revision === undefined || !isRecord(value) || typeof value['planId'] !== 'string') return undefined;
  return { ...revision, planId: value['planId'] };
}

function readSaved(value: unknown): Saved {
  if (!isRecord(value)) return {};
  const applied = readRevision(value['applied']);
  const proposed = readProposal(value['proposed']);
  return { ...(applied && { applied }), ...(proposed && { proposed }) };
}

function written({ commit, declaration }: Revision): object {
  const items = [...declaration.resources].map(([key, resource]) => ({
    resource,
    source: declaration.sources.get(key),
  }));
  return { commit, cluster: declaration.cluster, items };
}

/**
 * The revision of a cluster that was confirmed last. It is kept as a whole, without secrets, so that it can be put back while Git holds
 * something that is invalid or has failed, also after a restart.
 */
export class LastGood {
  readonly #path: string;
  readonly #crash: CrashHook;
  #saved: Saved;

  private constructor(path: string, crash: CrashHook, saved: Saved) {
    this.#path = path;
    this.#crash = crash;
    this.#saved = saved;
  }

  /** A file that cannot be read is as good as none. */
  static async open(path: string, crash: CrashHook): Promise<LastGood> {
    return new LastGood(path, crash, readSaved(await readState(path)));
  }

  get(): Revision | undefined {
    return this.#saved.applied;
  }

  /** Notes what a plan leads to, before it is applied. @throws FairleadError `state.storage` */
  async propose(planId: string, revision: Revision): Promise<void> {
    await this.#save({ ...this.#saved, proposed: { ...revision, planId } });
  }

  /** Takes over what was proposed when it was decided so. @throws FairleadError `state.storage` */
  async settle(planId: string, decision: Decision): Promise<void> {
    const { proposed, applied } = this.#saved;
    if (proposed?.planId !== planId) return;
    const next = decision === 'confirm' ? proposed : applied;
    await this.#save(next === undefined ? {} : { applied: next });
  }

  /** Notes a revision that every node runs already; the same content again changes nothing. @throws FairleadError `state.storage` */
  async accept(revision: Revision): Promise<void> {
    const before = this.#saved.applied?.declaration;
    if (before !== undefined && snapshotDigest(before) === snapshotDigest(revision.declaration)) return;
    await this.#save({ applied: revision });
  }

  async #save(saved: Saved): Promise<void> {
    const { applied, proposed } = saved;
    const document = {
      ...(applied && { applied: written(applied) }),
      ...(proposed && { proposed: { ...written(proposed), planId: proposed.planId } }),
    };
    await writeState(this.#path, document, this.#crash);
    this.#saved = saved;
  }
}
