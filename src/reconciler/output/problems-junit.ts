import type { Problem } from '../../model/problem.js';
import { problemCounts } from './problems-text.js';
import { visibleLines } from '../../model/visible.js';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
};

/** What `visibleLines` leaves are characters that XML 1.0 allows. */
function xml(text: string): string {
  return visibleLines(text).replaceAll(/[&<>"\n]/g, (character) => entities[character] ?? '');
}

function outcomeOf({ code, severity, message, mend, found, allowed }: Problem): string {
  const body = [message, `found: ${found}`, `allowed: ${allowed}`, `mend: ${mend}`].join('\n');
  if (severity === 'warning') return `<system-out>${xml(body)}</system-out>`;
  return `<failure type="${xml(code)}" message="${xml(message)}">${xml(body)}</failure>`;
}

function caseOf(problem: Problem): string {
  const { file, line, column, code, pointer, resource } = problem;
  const name = `${code} at ${line}:${column} ${resource ?? ''}${pointer}`;
  return `    <testcase classname="${xml(file)}" name="${xml(name)}">${outcomeOf(problem)}</testcase>\n`;
}

const passed = '    <testcase classname="fairlead" name="the repository is valid"/>\n';

/** Problems as a JUnit report: an error is a failed case, a warning a passed one with output; none at all is one passed case. */
export function junitProblems(problems: readonly Problem[]): string {
  const totals = `tests="${Math.max(1, problems.length)}" failures="${problemCounts(problems).errors}"`;
  const cases = problems.length === 0 ? passed : problems.map(caseOf).join('');
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="fairlead" ${totals}>
  <testsuite name="fairlead validate" ${totals}>
${cases}  </testsuite>
</testsuites>
`;
}
