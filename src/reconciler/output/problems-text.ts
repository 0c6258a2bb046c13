import type { Problem } from '../../model/problem.js';
import type { SourceRef } from '../../model/snapshot.js';
import type { Style } from './style.js';
import { shortened, visible } from '../../model/visible.js';

const longestValue = 200;

export interface ProblemCounts {
  readonly errors: number;
  readonly warnings: number;
}

/** How many problems are errors and how many are warnings. */
export function problemCounts(problems: readonly Problem[]): ProblemCounts {
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  return { errors, warnings: problems.length - errors };
}

/** A number with its noun, such as `1 error` or `1,204 errors`. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? noun : plural}`;
}

/** A place as editors and terminals understand it: `path:line:column`. */
export function placeText({ path, line, column }: SourceRef): string {
  return `${visible(path)}:${line}:${column}`;
}

function valueLine(label: string, value: string): readonly string[] {
  return value === '' ? [] : [`  ${label}: ${visible(shortened(value, longestValue))}`];
}

function linesOf(problem: Problem, style: Style): readonly string[] {
  const { file, line, column, severity, code, message, found, allowed, mend, related = [] } = problem;
  const paint = severity === 'error' ? style.red : style.yellow;
  return [
    `${style.bold(placeText({ path: file, line, column }))} ${paint(severity)} ${style.dim(code)}`,
    `  ${visible(message)}`,
    ...valueLine('found', found),
    ...valueLine('allowed', allowed),
    ...related.map((place) => `  see also: ${placeText(place)}`),
    `  ${style.cyan(`mend: ${visible(mend)}`)}`,
    '',
  ];
}

/** Problems for people: a block each, then the count. */
export function textProblems(problems: readonly Problem[], style: Style): string {
  if (problems.length === 0) return `${style.green('no problems')}\n`;
  const { errors, warnings } = problemCounts(problems);
  const total = style.bold(`${counted(errors, 'error')}, ${counted(warnings, 'warning')}`);
  return [...problems.flatMap((problem) => linesOf(problem, style)), total, ''].join('\n');
}
