import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessEnvironment } from '../../src/lab/estate/estate-process.js';

/** A step whose interruption must be survivable, as a process came past it. */
export interface CrashPoint {
  /** From 1. */
  readonly number: number;
  readonly name: string;
}

/** Comes before every point, so that a process with this order logs its points and lives. */
const never: CrashPoint = { number: 0, name: 'never' };

function parseLine(line: string): CrashPoint {
  const [, number = '', name = ''] = /^(\d+) (.+)$/.exec(line) ?? [];
  return { number: Number(number), name };
}

/** Tells one process of an estate where to die, and reads which points it passed. */
export class CrashOrder {
  readonly #order: string;
  readonly #log: string;

  constructor(directory: string, process: string) {
    this.#order = join(directory, `${process}.crash-order`);
    this.#log = join(directory, `${process}.crash-log`);
  }

  /** For every start of the process. */
  get environment(): ProcessEnvironment {
    return { FAIRLEAD_CRASH_ORDER: this.#order, FAIRLEAD_CRASH_LOG: this.#log };
  }

  /** From now on the process counts its points, and dies at one of them when it is given one. */
  give(at: CrashPoint = never): void {
    rmSync(this.#log, { force: true });
    writeFileSync(this.#order, String(at.number));
  }

  /** A process that starts from now on does as if nothing was; gives the points that were passed since the order. */
  takeBack(): readonly CrashPoint[] {
    rmSync(this.#order, { force: true });
    return readFileSync(this.#log, 'utf8').trimEnd().split('\n').map(parseLine);
  }
}
