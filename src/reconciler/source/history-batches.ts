import type { CommitInfo } from '../../model/plan.js';

/** Which commits are looked at. */
export interface HistoryQuestion {
  readonly commit: string;
  /** Commits that this one has are left out. */
  readonly since: string | undefined;
}

type Answer = ReadonlyMap<string, CommitInfo>;

interface Batch {
  readonly paths: Set<string>;
  readonly answer: Promise<Answer>;
}

/** Answers a question when its turn comes, and takes the paths no sooner. */
type AnswerInTurn = (question: HistoryQuestion, takePaths: () => readonly string[]) => Promise<Answer>;

/** Puts the questions about one commit that wait for the same turn into one: a run of git costs more than what it finds. */
export class HistoryBatches {
  readonly #answer: AnswerInTurn;
  readonly #waiting = new Map<string, Batch>();

  /** `answer` must not take the paths before it returns. */
  constructor(answer: AnswerInTurn) {
    this.#answer = answer;
  }

  /** The answer may hold paths that others asked for. */
  ask(paths: readonly string[], question: HistoryQuestion): Promise<Answer> {
    const key = `${question.commit} ${question.since ?? ''}`;
    const batch = this.#waiting.get(key) ?? this.#begin(key, question);
    for (const path of paths) batch.paths.add(path);
    return batch.answer;
  }

  #begin(key: string, question: HistoryQuestion): Batch {
    const paths = new Set<string>();
    const takePaths = () => {
      this.#waiting.delete(key);
      return [...paths];
    };
    const batch = { paths, answer: this.#answer(question, takePaths) };
    this.#waiting.set(key, batch);
    return batch;
  }
}
