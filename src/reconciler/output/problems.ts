import type { Problem } from '../../model/problem.js';
import { jsonText } from './json-text.js';
import { githubProblems } from './problems-github.js';
import { junitProblems } from './problems-junit.js';
import { sarifProblems } from './problems-sarif.js';
import { problemCounts, textProblems } from './problems-text.js';
import { plainStyle } from './style.js';
import type { Style } from './style.js';

/** Formats in which the problems of a repository can be printed. */
export const problemFormats = ['text', 'json', 'github', 'sarif', 'junit'] as const;

export type ProblemFormat = (typeof problemFormats)[number];

function jsonProblems(problems: readonly Problem[]): string {
  return jsonText({ version: 1, ...problemCounts(problems), problems });
}

/** Writes problems in a format; none lets a control character of the repository through. */
export function formatProblems(problems: readonly Problem[], format: ProblemFormat, style: Style = plainStyle): string {
  switch (format) {
    case 'text':
      return textProblems(problems, style);
    case 'json':
      return jsonProblems(problems);
    case 'github':
      return githubProblems(problems);
    case 'sarif':
      return sarifProblems(problems);
    case 'junit':
      return junitProblems(problems);
  }
}
