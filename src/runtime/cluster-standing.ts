import { asFairleadError } from '../errors.js';
import type { Clock, Timer } from '../platform/clock.js';
import type { Log } from '../platform/log.js';
import { type Laggard, type Standings, type StandingWord, mostLaggards, mostOrder } from './link-port.js';
import type { DrainPort } from './maintenance/drain-port.js';
import type { PlanRun } from './revision.js';
import type { Service } from './service.js';

export interface ClusterStandingParts {
  readonly node: string;
  /** How long a node that is behind waits to be brought forward before it serves what it has; 0: it does not wait. */
  readonly catchUpSeconds: number;
  /** What was known when the node stopped. */
  readonly laggards: readonly Laggard[];
  /** The run that made the confirmed snapshot. */
  readonly confirmed: PlanRun | undefined;
  readonly drain: Pick<DrainPort, 'isDraining' | 'onChange'>;
  readonly save: (laggards: readonly Laggard[]) => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Who of the cluster missed which confirmed run, this node included. While it is behind, it is held back from serving until
 * a later run is confirmed on it, or its patience ends; then it serves what it has until it is brought forward.
 */
export class ClusterStanding implements Standings, Service {
  readonly name = 'standing';
  readonly #laggards = new Map<string, Laggard>();
  readonly #settled = new Map<string, number>();
  readonly #draining = new Set<string>();
  readonly #listeners = new Set<() => void>();
  #order = 0;
  #hasGivenUp = false;
  #timer: Timer | undefined;
  #saving: Promise<void> = Promise.resolve();

  constructor(private readonly parts: ClusterStandingParts) {
    this.#merge(parts.laggards);
    if (parts.confirmed !== undefined) this.#take(parts.confirmed);
    parts.drain.onChange(() => this.#changed());
  }

  /** Order of the newest run that was confirmed on this node; 0 when there was none. */
  get order(): number {
    return this.#order;
  }

  /** The newest run that this node missed and has not made up for. */
  get missed(): Laggard | undefined {
    const own = this.#laggards.get(this.parts.node);
    return own !== undefined && own.order > this.#order ? own : undefined;
  }

  /** Whether clients are to be refused. */
  get isHeld(): boolean {
    return this.missed !== undefined && !this.#hasGivenUp;
  }

  /** Why clients are refused. */
  get obstacle(): string | undefined {
    return this.missed !== undefined && this.isHeld ? textOf(this.missed) : undefined;
  }

  /** That this node serves although it is behind. */
  get finding(): string | undefined {
    const { missed, parts } = this;
    if (missed === undefined || this.isHeld) return undefined;
    return `serves an older configuration: ${textOf(missed)}, and it was not brought forward in ${parts.catchUpSeconds} s`;
  }

  start(): Promise<void> {
    this.#changed();
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = undefined;
    await this.#saving;
  }

  word(): StandingWord {
    return {
      settledOrder: this.#hasGivenUp ? mostOrder : this.#order,
      laggards: [...this.#laggards.values()],
      ...(this.parts.drain.isDraining() && { isDraining: true }),
    };
  }

  hear(peer: string, { settledOrder, laggards, isDraining = false }: StandingWord): void {
    const isNew = this.#settled.get(peer) !== settledOrder;
    this.#settled.set(peer, settledOrder);
    // Nobody else is told of it: each node says it of itself.
    if (isDraining) this.#draining.add(peer);
    else this.#draining.delete(peer);
    const isNews = this.#merge(laggards);
    if (isNews) this.#save();
    if (isNew || isNews) this.#changed();
  }

  isHeldBack(node: string): boolean {
    if (node === this.parts.node) return this.isHeld;
    const laggard = this.#laggards.get(node);
    return laggard !== undefined && laggard.order > (this.#settled.get(node) ?? 0);
  }

  isDraining(peer: string): boolean {
    return this.#draining.has(peer);
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A run was confirmed on this node. */
  confirmed(run: PlanRun): void {
    if (this.#take(run)) this.#save();
    this.#changed();
  }

  #take({ planId, order = 0, leftBehind = [] }: PlanRun): boolean {
    this.#order = Math.max(this.#order, order);
    return this.#merge(leftBehind.map((node) => ({ node, order, planId })));
  }

  /** Of more laggards than are kept, those of the newest runs stay. */
  #merge(laggards: readonly Laggard[]): boolean {
    const news = laggards.filter(({ node, order }) => order > (this.#laggards.get(node)?.order ?? 0));
    for (const laggard of news) this.#laggards.set(laggard.node, laggard);
    const excess = [...this.#laggards.values()].toSorted((a, b) => b.order - a.order).slice(mostLaggards);
    for (const { node } of excess) this.#laggards.delete(node);
    return news.length > 0;
  }

  #save(): void {
    const laggards = [...this.#laggards.values()];
    this.#saving = this.#saving
      .then(() => this.parts.save(laggards))
      .catch((error: unknown) =>
        this.parts.log.error({ error: asFairleadError(error).message }, 'who is behind could not be written'),
      );
  }

  #changed(): void {
    this.#hold();
    for (const listener of this.#listeners) listener();
  }

  /** One patience per time behind: further runs that are missed meanwhile begin no new one. */
  #hold(): void {
    const { missed } = this;
    if (missed === undefined) this.#release();
    else if (!this.#hasGivenUp && this.#timer === undefined) this.#wait(missed);
  }

  #wait({ order, planId }: Laggard): void {
    const { clock, log, catchUpSeconds } = this.parts;
    log.warn({ order, planId }, 'this node is behind its cluster: clients are refused until it is brought forward');
    if (catchUpSeconds === 0) this.#giveUp();
    else this.#timer = clock.after(catchUpSeconds * 1000, () => this.#giveUp());
  }

  #giveUp(): void {
    this.#hasGivenUp = true;
    this.parts.log.error({}, `this node ${this.finding ?? 'serves'}`);
    this.#changed();
  }

  #release(): void {
    if (this.#timer === undefined && !this.#hasGivenUp) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#hasGivenUp = false;
    this.parts.log.info({ order: this.#order }, 'this node has caught up with its cluster');
  }
}

function textOf({ planId, order }: Laggard): string {
  return `behind: the cluster confirmed plan ${planId} (order ${order}) without this node`;
}
