import type { Clock } from '../../platform/clock.js';

/** Where the story is told. */
export interface Stage {
  out(text: string): void;
  readonly colour: boolean;
  readonly clock: Clock;
}

/** How a step of the story ended. */
export interface StepEnd {
  readonly title: string;
  readonly held: boolean;
  readonly seconds: number;
}

const styles = { bold: 1, dim: 2, green: 32, red: 31, cyan: 36 } as const;

/** Tells a story of steps, each of which is checked for real, and remembers how each ended. */
export class Narrator {
  readonly #stage: Stage;
  readonly #ends: StepEnd[] = [];

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  get ends(): readonly StepEnd[] {
    return this.#ends;
  }

  chapter(title: string): void {
    this.#stage.out(`\n${this.style('bold', title)}\n`);
  }

  /** A line of explanation. */
  say(text: string): void {
    this.#stage.out(`  ${this.style('dim', text)}\n`);
  }

  /** Runs one step; what it gives is shown as what was seen, what it throws is why the step did not hold. */
  async step(title: string, run: () => Promise<string>): Promise<boolean> {
    const start = this.#stage.clock.monotonicMs();
    const { held, seen } = await run().then(
      (text) => ({ held: true, seen: text }),
      (error: unknown) => ({ held: false, seen: error instanceof Error ? error.message : String(error) }),
    );
    const seconds = (this.#stage.clock.monotonicMs() - start) / 1000;
    this.#ends.push({ title, held, seconds });
    const mark = held ? this.style('green', 'ok') : this.style('red', 'NOT HELD');
    this.#stage.out(`  ${mark} ${title} ${this.style('dim', `(${seconds.toFixed(2)} s)`)}\n`);
    for (const line of seen.split('\n').filter((one) => one !== '')) this.#stage.out(`     ${line}\n`);
    return held;
  }

  style(name: keyof typeof styles, text: string): string {
    return this.#stage.colour ? `\u001b[${styles[name]}m${text}\u001b[0m` : text;
  }
}
