import { asFairleadError } from '../../errors.js';
import type { Clock } from '../../platform/clock.js';
import { afterPass, mostProblems, newClusterStatus, withEvents } from './cluster-status.js';
import type { DriverEvent } from '../driver/driver.js';
import type { EndedPass, LoopListener } from '../loop/loop-listener.js';
import type { Reading } from '../loop/source-reader.js';
import { emptinessOf } from '../source/source.js';
import { reasonView } from './status-view.js';
import type { ClusterStatus, ReconcilerStatus } from './status.js';

/** What the loop did and found, as the status shows it; everything in it is bounded. */
export class StatusBoard implements LoopListener {
  readonly #clock: Clock;
  readonly #startedAt: string;
  readonly #clusters = new Map<string, ClusterStatus>();
  #source: ReconcilerStatus['source'] = { problems: [] };

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startedAt = this.#now();
  }

  status(): ReconcilerStatus {
    const clusters = [...this.#clusters.values()].toSorted((a, b) => (a.cluster < b.cluster ? -1 : 1));
    return { version: 1, startedAt: this.#startedAt, source: this.#source, clusters };
  }

  /** Whether the source was read and every cluster of it was passed over at least once. */
  isReady(): boolean {
    const passed = [...this.#clusters.values()].every(({ outcome }) => outcome !== undefined);
    return passed && this.#source.commit !== undefined;
  }

  onReading({ reading, failure = emptinessOf(reading) }: Reading): void {
    const { commit, result } = reading;
    const problems = result.problems.filter(({ cluster }) => cluster === undefined).slice(0, mostProblems);
    const reason = failure === undefined ? {} : { reason: reasonView(failure) };
    this.#source = { commit, readAt: this.#now(), problems, ...reason };
    for (const name of [...result.clusters.keys(), ...result.refused]) {
      const own = result.problems.filter(({ cluster }) => cluster === name).slice(0, mostProblems);
      this.#clusters.set(name, { ...this.#of(name), desired: commit, problems: own });
    }
  }

  onReadingFailed(error: Error): void {
    this.#source = { ...this.#source, reason: reasonView(asFairleadError(error)) };
  }

  onPassBegun(cluster: string): void {
    this.#clusters.set(cluster, { ...this.#of(cluster), isPassing: true });
  }

  onPassEnded(cluster: string, pass: EndedPass): void {
    this.#clusters.set(cluster, afterPass(this.#of(cluster), pass, this.#clock.nowMs()));
  }

  onNodeEvent(cluster: string, { node, reason }: DriverEvent): void {
    const event = { time: this.#now(), type: 'node', message: `${node}: ${reason}` } as const;
    this.#clusters.set(cluster, withEvents(this.#of(cluster), [event]));
  }

  onClusterGone(cluster: string): void {
    this.#clusters.delete(cluster);
  }

  #of(cluster: string): ClusterStatus {
    return this.#clusters.get(cluster) ?? newClusterStatus(cluster);
  }

  #now(): string {
    return new Date(this.#clock.nowMs()).toISOString();
  }
}
