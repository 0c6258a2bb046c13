import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adminPaths } from '../../src/admin/contract.js';
import { exitCodes } from '../../src/reconciler/exit-codes.js';
import { subjectOf } from '../../src/runtime/access/user-id.js';
import { codeOf, pageAt, projectFiles, readProjectFile } from './markdown.js';

const page = pageAt('docs/operations.md');
const source = ['src/runtime', 'src/reconciler', 'src/platform', 'src/cli']
  .flatMap((folder) => projectFiles(folder, '.ts'))
  .map(readProjectFile)
  .join('\n');

function namesIn(text: string, pattern: RegExp): ReadonlySet<string> {
  return new Set([...text.matchAll(pattern)].map(([, name = '']) => name));
}

/** The rows of the table below a heading, by their cells. */
function rowsBelow(heading: string): readonly (readonly string[])[] {
  const section = page.text.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('| '));
  return rows.slice(1).map((line) => line.split(/ ?(?<!\\)\| ?/).slice(1, -1));
}

const metrics = namesIn(source, /'(fairlead_[a-z_]+)'/g);

test('the page tells of every metric there is, and of no other', () => {
  const told = new Set(rowsBelow('Metrics').flatMap(([cell = '']) => [...namesIn(cell, /`(fairlead_[a-z_]+)/g)]));
  assert.ok(metrics.size > 10);
  assert.deepEqual([...told].toSorted(), [...metrics].toSorted());
});

test('the alerts watch the metrics that the page says they do', () => {
  const rules = readProjectFile('examples/prometheus/fairlead.rules.yaml');
  const watched = [...namesIn(rules, /\b(fairlead_[a-z_]+)/g)].map((name) => name.replace(/_bucket$/, ''));
  const bold = namesIn(page.text, /\*\*`(fairlead_[a-z_]+)/g);
  assert.deepEqual(
    watched.filter((name) => !metrics.has(name)),
    [],
  );
  assert.deepEqual(
    [...bold].filter((name) => !watched.includes(name)),
    [],
  );
});

test('every log event that the page names is one that a program writes', () => {
  const events = rowsBelow('Log').flatMap(([cell = '']) => [...namesIn(cell, /`([^`]+)`/g)]);
  assert.ok(events.length > 15);
  assert.deepEqual(
    events.filter((event) => !source.includes(`'${event}'`)),
    [],
  );
});

test('the page names every path of the admin interface', () => {
  const code = codeOf(page).join('\n');
  assert.deepEqual(
    Object.values(adminPaths).filter((path) => !code.includes(path)),
    [],
  );
});

test('the page names every exit code of a plan or an apply', () => {
  const told = new Set(rowsBelow('Day two').map(([, code = '']) => Number(code)));
  const { stale, usage } = exitCodes;
  const ofOutcomes = Object.values(exitCodes).filter((code) => code !== stale && code !== usage);
  assert.deepEqual([...told].toSorted(), ofOutcomes.toSorted());
  assert.match(page.text, new RegExp(`Exit code ${stale} says`));
});

test('the pseudonym that the page works out is that of the user', () => {
  assert.ok(page.text.includes(`gives \`${subjectOf('emea', 'ada')}\` for the user \`ada\``));
});
