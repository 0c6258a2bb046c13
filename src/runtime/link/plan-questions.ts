import type { Clock } from '../../platform/clock.js';
import type { RunName } from '../link-port.js';
import type { PlanAnswer, PlanQuestion } from './control-message.js';

/** The questions about plans that wait for an answer of one peer; bounded. */
export class PlanQuestions {
  readonly #clock: Clock;
  readonly #limit: number;
  readonly #send: (question: PlanQuestion) => void;
  readonly #pending = new Map<number, (confirmed: boolean) => void>();
  #lastId = 0;

  constructor(clock: Clock, limit: number, send: (question: PlanQuestion) => void) {
    this.#clock = clock;
    this.#limit = limit;
    this.#send = send;
  }

  /** False too when no answer came in time, or too many questions wait already. */
  ask({ planId, order }: RunName, hops: number, timeoutMs: number): Promise<boolean> {
    if (this.#pending.size >= this.#limit) return Promise.resolve(false);
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve) => {
      const timer = this.#clock.after(timeoutMs, () => this.settle({ type: 'plan!', id, confirmed: false }));
      this.#pending.set(id, (confirmed) => {
        timer.cancel();
        resolve(confirmed);
      });
      this.#send({ type: 'plan?', id, planId, ...(order !== undefined && { order }), hops });
    });
  }

  /** An answer that nobody waits for any more is dropped. */
  settle({ id, confirmed }: PlanAnswer): void {
    const resolve = this.#pending.get(id);
    this.#pending.delete(id);
    resolve?.(confirmed);
  }

  abandon(): void {
    for (const id of [...this.#pending.keys()]) this.settle({ type: 'plan!', id, confirmed: false });
  }
}

/** True as soon as one is true, false when all are false. */
export function anyTrue(answers: readonly Promise<boolean>[]): Promise<boolean> {
  return new Promise((resolve, reject) => {
    for (const answer of answers) answer.then((yes) => (yes ? resolve(true) : undefined), reject);
    void Promise.all(answers).then(() => resolve(false), reject);
  });
}
