import assert from 'node:assert/strict';
import type { LabClient } from '../../src/lab/client/lab-client.js';
import { OperationLog, type Operation, type Outcome } from '../../src/lab/client/operation-log.js';
import type { Estate } from '../../src/lab/estate/estate.js';
import type { NewUcUser } from '../../src/lab/uc-server/uc-model.js';
import { systemClock } from '../../src/platform/clock.js';

const pauseMs = 100;
/** Of so many operations of a client, one presents its credentials anew. */
const signInEvery = 4;

/** So many that none of them comes near the limit of authorizations. */
export const trafficUsers: readonly NewUcUser[] = Array.from({ length: 30 }, (_, index) => ({
  userName: `user-${index + 1}`,
  password: `password-${index + 1}`,
}));

/** Users with good credentials who sign in and fetch all the time, whatever happens to the nodes. */
export class Traffic {
  readonly #log = new OperationLog();
  readonly #clients: readonly LabClient[];
  readonly #stop = new AbortController();
  #judged = 0;
  #work: Promise<void> = Promise.resolve();

  constructor(estate: Estate) {
    const transport = estate.newTransport(4);
    this.#clients = trafficUsers.map(({ userName, password }) =>
      estate.newClient({ name: userName, userName, password, transport, log: this.#log }),
    );
  }

  /** Everybody signs in once, and goes on from then on. */
  async start(): Promise<void> {
    for (const client of this.#clients) {
      const { operation } = await client.signIn();
      assert.equal(operation.status, 200, operation.error);
    }
    this.#work = this.#run();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#work;
  }

  /** Everything that went otherwise than well since it was asked last, unless it is of an outcome that may be. */
  wrongs(allowed: readonly Outcome[]): readonly Operation[] {
    const since = this.#log.operations.slice(this.#judged);
    this.#judged += since.length;
    return since.filter(({ outcome }) => outcome !== 'ok' && !allowed.includes(outcome));
  }

  async #run(): Promise<void> {
    for (let turn = 0; !this.#stop.signal.aborted; turn += 1) {
      const client = this.#clients[turn % this.#clients.length];
      if (turn % signInEvery === 0) await client?.signIn();
      else await client?.fetchUds('version', { present: 'token' });
      await systemClock.sleep(pauseMs, this.#stop.signal).catch(() => undefined);
    }
  }
}
