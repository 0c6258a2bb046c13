import { FairleadError } from '../../errors.js';
import { resourceDigest } from '../../model/digest.js';
import { singleOf } from '../../model/snapshot.js';
import type { Snapshot } from '../../model/snapshot.js';
import type { Secret } from '../../platform/secret.js';
import { withCrashPoints } from './crash-points.js';
import type { Driver, DriverEvent } from './driver.js';
import { newDriver } from './new-driver.js';
import type { DriverDeps } from './new-driver.js';

interface Held {
  readonly key: string;
  readonly driver: Driver;
  end(): Promise<void>;
}

/** The driver of one cluster: kept, and its nodes watched, until the declared nodes or their tokens change. */
export class DriverSlot {
  readonly #deps: DriverDeps;
  readonly #onEvent: ((event: DriverEvent) => void) | undefined;
  #held: Held | undefined;

  /** Without `onEvent` the nodes are not watched. */
  constructor(deps: DriverDeps, onEvent?: (event: DriverEvent) => void) {
    this.#deps = deps;
    this.#onEvent = onEvent;
  }

  /** The driver for what a declaration, with its secrets resolved, says of its nodes. @throws FairleadError as `newDriver` does */
  async of(desired: Snapshot, secrets: ReadonlyMap<string, Secret>): Promise<Driver> {
    const cluster = singleOf(desired, 'Cluster');
    if (cluster === undefined) throw new FairleadError('internal', 'the declaration holds no Cluster');
    const key = resourceDigest(cluster);
    if (this.#held?.key === key) return this.#held.driver;
    await this.close();
    const driver = withCrashPoints(await newDriver(cluster, secrets, this.#deps), this.#deps.crash);
    this.#held = this.#hold(key, driver);
    return driver;
  }

  async close(): Promise<void> {
    const held = this.#held;
    this.#held = undefined;
    await held?.end();
  }

  #hold(key: string, driver: Driver): Held {
    const ended = new AbortController();
    const watching = this.#watch(driver, ended.signal);
    const end = async () => {
      ended.abort();
      await watching;
      await driver.close();
    };
    return { key, driver, end };
  }

  async #watch(driver: Driver, signal: AbortSignal): Promise<void> {
    if (this.#onEvent === undefined) return;
    for await (const event of driver.watch(signal)) this.#onEvent(event);
  }
}
