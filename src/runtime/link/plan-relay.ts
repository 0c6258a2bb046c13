import type { PeerPlans, RunName } from '../link-port.js';
import type { PlanQuestion } from './control-message.js';
import type { Link } from './link.js';
import { anyTrue } from './plan-questions.js';

/** From peer to peer of a peer: two cores of a cluster know each other only through an edge. */
const hops = 1;

/** Asks the other nodes about a plan, and answers them: from its own knowledge, and for what it can reach itself. */
export class PlanRelay implements PeerPlans {
  readonly #links: () => readonly Link[];
  readonly #isConfirmed: (run: RunName) => boolean;
  readonly #relayedQuestionMs: number;

  constructor(links: () => readonly Link[], isConfirmed: (run: RunName) => boolean, relayedQuestionMs: number) {
    this.#links = links;
    this.#isConfirmed = isConfirmed;
    this.#relayedQuestionMs = relayedQuestionMs;
  }

  anyConfirmed(run: RunName, timeoutMs: number): Promise<boolean> {
    return anyTrue(this.#links().map((link) => link.ask(run, hops, timeoutMs)));
  }

  /** A question is never passed back to its asker, and each passing costs a hop: it cannot go round. */
  answer(question: PlanQuestion, asker: Link): Promise<boolean> {
    if (this.#isConfirmed(question)) return Promise.resolve(true);
    if (question.hops === 0) return Promise.resolve(false);
    const others = this.#links().filter((link) => link !== asker);
    return anyTrue(others.map((link) => link.ask(question, question.hops - 1, this.#relayedQuestionMs)));
  }
}
