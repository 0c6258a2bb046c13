import assert from 'node:assert/strict';
import type { LabClient } from '../../src/lab/client/lab-client.js';
import { OperationLog } from '../../src/lab/client/operation-log.js';
import type { Estate } from '../../src/lab/estate/estate.js';
import type { NewUcUser } from '../../src/lab/uc-server/uc-model.js';
import { systemClock } from '../../src/platform/clock.js';
import { until } from './rig.js';

/** Long enough that two processors are not busy with the clients alone. */
const pauseMs = 100;

interface Worker {
  readonly client: LabClient;
  readonly userName: string;
}

/** Clients that fetch with their tokens one request after the other, and refresh now and then, until they are stopped. */
export class Crowd {
  /** What happened since they had signed in. */
  readonly log = new OperationLog();
  readonly #workers: readonly Worker[];
  readonly #stop = new AbortController();
  #work: Promise<unknown> = Promise.resolve();

  private constructor(estate: Estate, users: readonly NewUcUser[]) {
    const transport = estate.newTransport(users.length);
    this.#workers = users.map(({ userName, password }) => ({
      userName,
      client: estate.newClient({ name: userName, userName, password, transport, log: this.log }),
    }));
  }

  /** @throws AssertionError unless every one of them is let in */
  static async signIn(estate: Estate, users: readonly NewUcUser[]): Promise<Crowd> {
    const crowd = new Crowd(estate, users);
    for (const { client } of crowd.#workers) {
      const { operation } = await client.signIn();
      assert.equal(operation.status, 200, operation.error);
    }
    return crowd;
  }

  start(): void {
    this.#work = Promise.all(this.#workers.map((worker) => this.#run(worker)));
  }

  /** Resolves when as many more operations have ended as there are clients. */
  async worked(): Promise<void> {
    const goal = this.log.operations.length + this.#workers.length;
    await until('the clients go on', () => Promise.resolve(this.log.operations.length >= goal ? true : undefined));
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#work;
  }

  async #run({ client, userName }: Worker): Promise<void> {
    for (let round = 1; !this.#stop.signal.aborted; round += 1) {
      if (round % 10 === 0) await client.refresh('both');
      else await client.fetchUds(`user/${userName}/devices`);
      await systemClock.sleep(pauseMs);
    }
  }
}
