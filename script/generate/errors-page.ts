import { errorDefinitions } from '../../src/errors.js';
import { problemDefinitions } from '../../src/model/problem-codes.js';

const introduction = `# Errors

<!-- Generated from src/errors.ts and src/model/problem-codes.ts by \`npm run generate\`. Do not edit. -->

Codes are stable: logs, answers (\`application/problem+json\`) and reports carry them, and they are never renamed.

## Errors of programs

When it is worth another try: \`now\` means at once with fresh eyes; \`backoff\` later, and later still; \`on-new-revision\` when Git or the
observed side has moved; \`never\` until somebody changes something.

| code | what it means | what to do | try again |
|---|---|---|---|
`;

const problems = `
## Problems of a repository

\`fairlead validate\` reports all of them at once, each with file, line and column.

| code | what it means | what to do |
|---|---|---|
`;

function row(code: string, ...cells: readonly string[]): string {
  return `| <a id="${code}"></a>\`${code}\` | ${cells.join(' | ')} |\n`;
}

/** The manual of every error code and problem code. */
export function renderErrorsPage(): string {
  const errorRows = Object.entries(errorDefinitions).map(([code, { meaning, mend, retry }]) =>
    row(code, meaning, mend, `\`${retry}\``),
  );
  const problemRows = Object.entries(problemDefinitions).map(([code, { meaning, mend }]) => row(code, meaning, mend));
  return `${introduction}${errorRows.join('')}${problems}${problemRows.join('')}`;
}
