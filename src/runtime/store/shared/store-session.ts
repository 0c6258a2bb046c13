import type { Clock, Timer } from '../../../platform/clock.js';
import type { Log } from '../../../platform/log.js';
import { openStoreClient, type StoreClient } from './store-client.js';
import type { StoreAddress } from './store-address.js';
import type { StoreScript } from './store-script.js';
import { within } from './within.js';

/** One question to the store. */
export interface StoreRequest<Answer> {
  /** Rejects when the answer is not there within the patience of the request; then, too, the store counts as away. */
  readonly inTime: Promise<Answer>;
  /** The answer whenever it comes; rejects once it is known that none will. */
  readonly late: Promise<Answer>;
}

/** What to ask the store. */
export interface StoreQuestion<Answer> {
  readonly script: StoreScript;
  readonly keys: readonly string[];
  readonly parts: readonly (string | number)[];
  /** Undefined for an answer that makes no sense, which is a failure of the store as any other. */
  readonly read: (answer: unknown) => Answer | undefined;
}

export interface StoreSessionDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** How long an answer is waited for while somebody waits for it. */
  readonly patienceMs: number;
  /** Told each time the store can be used (again). */
  readonly onUp: () => void;
  /** Told each time a question failed. */
  readonly onFailure: () => void;
}

const probeEveryMs = 500;
/** A store that fails again within this time is asked less and less often, as one that refuses what the probe does not try. */
const trialMs = 10_000;
const longestProbeDelayMs = 30_000;
/** After this long without an answer the connection is taken for dead. */
const deadAfterMs = 2000;

/**
 * The use of one store. While the store is away (no connection, no answer in time, an answer that says it cannot write)
 * nobody asks it anything but a probe, twice a second, and everybody else is told so at once.
 */
export class StoreSession {
  readonly #deps: StoreSessionDeps;
  readonly #client: StoreClient;
  readonly #place: string;
  readonly #probeKey: string;
  #isUp = false;
  #isClosed = false;
  #timer: Timer | undefined;
  #lastError: string | undefined;
  #awayFor: string | undefined;
  #upSinceMs = Number.NEGATIVE_INFINITY;
  /** Failures on trial, one after another. */
  #relapses = 0;

  constructor(address: StoreAddress, probeKey: string, deps: StoreSessionDeps) {
    this.#deps = deps;
    this.#place = `${address.host}:${address.port}`;
    this.#probeKey = probeKey;
    this.#client = openStoreClient(address, {
      onConnected: () => this.#probeIn(0),
      onError: ({ message }) => void (this.#lastError = message),
    });
    this.#probeIn(probeEveryMs);
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** Asks, unless the store is away. */
  ask<Answer>(
    { script, keys, parts, read }: StoreQuestion<Answer>,
    withinMs = this.#deps.patienceMs,
  ): StoreRequest<Answer> | undefined {
    return this.#request(() => this.#client.run(script, keys, parts), read, withinMs);
  }

  /** As `ask`, with a plain command and more patience: nobody waits for the answer. */
  send<Answer>(
    command: readonly [string, ...(string | number)[]],
    read: (answer: unknown) => Answer | undefined,
  ): Promise<Answer> | undefined {
    return this.#request(() => this.#client.send(...command), read, deadAfterMs)?.inTime;
  }

  close(): void {
    this.#isClosed = true;
    this.#isUp = false;
    this.#timer?.cancel();
    this.#client.close();
  }

  #request<Answer>(
    begin: () => Promise<unknown>,
    read: (answer: unknown) => Answer | undefined,
    withinMs: number,
  ): StoreRequest<Answer> | undefined {
    if (!this.#isUp) return undefined;
    const late = begin().then((answer) => read(answer) ?? senseless());
    return { late, inTime: this.#inTime(late, withinMs) };
  }

  async #inTime<Answer>(late: Promise<Answer>, withinMs: number): Promise<Answer> {
    try {
      return await within(this.#deps.clock, late, withinMs);
    } catch (error) {
      this.#fail(messageOf(error));
      throw error;
    }
  }

  #fail(reason: string): void {
    if (this.#isClosed) return;
    this.#deps.onFailure();
    if (!this.#isUp) return;
    const isOnTrial = this.#deps.clock.monotonicMs() - this.#upSinceMs < trialMs;
    this.#relapses = isOnTrial ? this.#relapses + 1 : 0;
    this.#isUp = false;
    this.#tellAway(reason);
    this.#probeIn(Math.min(probeEveryMs * 2 ** this.#relapses, longestProbeDelayMs));
  }

  #tellAway(reason: string): void {
    const isNews = this.#awayFor !== reason;
    this.#awayFor = reason;
    const { log } = this.#deps;
    if (isNews) log.warn({ store: this.#place, reason }, 'the shared store is away; this core counts by itself');
  }

  #probeIn(delayMs: number): void {
    if (this.#isClosed || this.#isUp) return;
    this.#timer?.cancel();
    this.#timer = this.#deps.clock.after(delayMs, () => void this.#probe(), { idle: true });
  }

  /** A probe writes, as a full store or a replica still answers what only reads. */
  async #probe(): Promise<void> {
    const { clock, patienceMs } = this.#deps;
    const reply = this.#client.send('SET', this.#probeKey, 1, 'PX', deadAfterMs);
    try {
      await within(clock, reply, patienceMs);
      this.#comeUp();
    } catch (error) {
      this.#tellAway(this.#lastError ?? messageOf(error));
      const settled = reply.then(
        () => true,
        () => true,
      );
      const isAnswered = await within(clock, settled, deadAfterMs).catch(() => false);
      if (!isAnswered) this.#client.reconnect();
      this.#probeIn(probeEveryMs);
    }
  }

  #comeUp(): void {
    if (this.#isClosed || this.#isUp) return;
    this.#timer?.cancel();
    this.#isUp = true;
    this.#lastError = undefined;
    const { clock, log, onUp } = this.#deps;
    this.#upSinceMs = clock.monotonicMs();
    if (this.#relapses === 0) {
      this.#awayFor = undefined;
      log.info({ store: this.#place }, 'the shared store is in use');
    }
    onUp();
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'no reason given';
}

function senseless(): never {
  throw new Error('an answer that makes no sense');
}
