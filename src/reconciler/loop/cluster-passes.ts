import { asFairleadError } from '../../errors.js';
import { snapshotDigest } from '../../model/digest.js';
import type { SyncPolicySpec } from '../../model/generated/kinds.js';
import { isKind } from '../../model/kinds.js';
import type { CommitInfo } from '../../model/plan.js';
import { emptySnapshot } from '../../model/snapshot.js';
import type { Declaration } from '../../model/snapshot.js';
import type { Clock } from '../../platform/clock.js';
import type { Log } from '../../platform/log.js';
import type { Semaphore } from '../../platform/semaphore.js';
import { driftModeOf } from '../cause.js';
import { openClusterState } from '../cluster-state.js';
import type { ClusterState } from '../cluster-state.js';
import type { CrashHook } from '../crash-hook.js';
import { DriverSlot } from '../driver/driver-slot.js';
import type { DriverEvent } from '../driver/driver.js';
import type { PassOutcome } from '../pass-outcome.js';
import type { SecretResolver } from '../pass.js';
import { policyOf } from '../policy.js';
import { reconcile } from '../reconcile.js';
import type { Source } from '../source/source.js';
import type { Reading, SourceReader } from './source-reader.js';

/** What the passes of all clusters share. */
export interface PassDeps {
  readonly stateDir: string;
  readonly source: Pick<Source, 'commitsOf'>;
  readonly reader: SourceReader;
  readonly resolve: SecretResolver;
  readonly clock: Clock;
  readonly log: Log;
  readonly crash: CrashHook;
  /** How many clusters pass at the same time. */
  readonly permits: Semaphore;
}

/** The passes of one cluster, one at a time, and what they keep in between: state, driver, policy. */
export class ClusterPasses {
  readonly #name: string;
  readonly #deps: PassDeps;
  readonly #onEvent: (event: DriverEvent) => void;
  readonly #stop: AbortSignal;
  #state: ClusterState | undefined;
  #drivers: DriverSlot | undefined;
  #declaration: Declaration | undefined;
  #hurry = new AbortController();

  /** `onEvent` is told what the nodes say by themselves, but not the echo of our own applies. */
  constructor(name: string, deps: PassDeps, onEvent: (event: DriverEvent) => void, stop: AbortSignal) {
    this.#name = name;
    this.#deps = deps;
    this.#onEvent = onEvent;
    this.#stop = stop;
    stop.addEventListener('abort', () => this.#hurry.abort(), { once: true });
  }

  /** Passes once over what the source held after a moment; never rejects. */
  async run(mark: number): Promise<PassOutcome> {
    try {
      this.#state ??= await openClusterState(this.#deps.stateDir, this.#name, this.#deps.crash);
      this.#drivers ??= new DriverSlot({ ...this.#deps, directory: this.#state.directory }, (event) =>
        this.#hear(event),
      );
      const { reading } = await this.#deps.reader.after(mark);
      this.#begin(reading.result.clusters.get(this.#name));
      const pass = { ...this.#deps, cluster: this.#name, reading, intent: 'apply', isAsked: false } as const;
      const own = { state: this.#state, drivers: this.#drivers, stop: this.#stop, hurry: this.#hurry.signal };
      return await this.#deps.permits.run(() => reconcile({ ...pass, ...own }));
    } catch (error) {
      return { state: 'error', error: asFairleadError(error) };
    }
  }

  /** Only what is read from now on is newer than what this pass leads to. */
  #begin(declaration: Declaration | undefined): void {
    this.#declaration = declaration;
    this.#hurry = new AbortController();
    if (this.#stop.aborted) this.#hurry.abort();
  }

  /** Tells whether a reading leads elsewhere than the last pass did, which then does not wait for what fails any longer. */
  show({ reading }: Reading): boolean {
    const newer = reading.result.clusters.get(this.#name);
    if (newer === undefined || this.#declaration === undefined) return true;
    const isNews = snapshotDigest(newer) !== snapshotDigest(this.#declaration);
    if (isNews) this.#hurry.abort();
    return isNews;
  }

  policy(): SyncPolicySpec {
    return policyOf(this.#declaration ?? this.#state?.lastGood.get()?.declaration ?? emptySnapshot);
  }

  lastGood(): CommitInfo | undefined {
    return this.#state?.lastGood.get()?.commit;
  }

  async close(): Promise<void> {
    await this.#drivers?.close();
    await this.#state?.journal.close();
  }

  #hear(event: DriverEvent): void {
    if (!this.#isEcho(event) && !this.#isIgnored(event)) this.#onEvent(event);
  }

  /** Somebody edited what SyncPolicy says to say nothing of. */
  #isIgnored({ edit }: DriverEvent): boolean {
    const kind = edit?.key.split('/')[0] ?? '';
    return isKind(kind) && driftModeOf(this.policy(), kind) === 'ignore';
  }

  /** A plan of ours went the way we decided. */
  #isEcho({ plan }: DriverEvent): boolean {
    const journal = this.#state?.journal;
    if (plan === undefined || journal === undefined) return false;
    const decision = journal.decisionOf(plan.id);
    if (decision === undefined) return journal.open()?.planId === plan.id;
    return plan.state !== (decision === 'confirm' ? 'reverted' : 'confirmed');
  }
}
