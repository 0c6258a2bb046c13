import type { Problem } from '../../model/problem.js';
import { visibleLines } from '../../model/visible.js';

/** Escapes as the workflow runner undoes it; `%` comes first, so that no escape is escaped again. */
function escapeData(text: string): string {
  return visibleLines(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

function propertiesOf(problem: Problem): string {
  const { file, line, column, endLine, endColumn, code } = problem;
  const properties = { file, line, endLine, col: column, endColumn, title: code };
  return Object.entries(properties)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${escapeProperty(String(value))}`]))
    .join(',');
}

function commandOf(problem: Problem): string {
  return `::${problem.severity} ${propertiesOf(problem)}::${escapeData(`${problem.message}\n${problem.mend}`)}\n`;
}

/** Problems as workflow commands of GitHub Actions, which annotate the lines of a pull request. */
export function githubProblems(problems: readonly Problem[]): string {
  return problems.map(commandOf).join('');
}
