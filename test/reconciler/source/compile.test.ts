import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isRecord } from '../../../src/model/json.js';
import { problemDefinitions } from '../../../src/model/problem-codes.js';
import type { Problem } from '../../../src/model/problem.js';
import { readYaml } from '../../../src/model/yaml/document.js';
import { clusterText, compileFiles } from './memory-tree.js';

// Each document of a table is a case: files, the problems they have, and the clusters that are valid all the same. What a
// problem of the table does not say is not compared; `$cluster` in a file stands for a valid Cluster document named emea.
const directory = join(import.meta.dirname, 'testdata');

interface Case {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly problems: readonly Readonly<Record<string, unknown>>[];
  readonly clusters?: readonly string[];
  readonly refused?: readonly string[];
}

function isCase(value: unknown): value is Case {
  return (
    isRecord(value) && typeof value['name'] === 'string' && isRecord(value['files']) && Array.isArray(value['problems'])
  );
}

function casesOf(file: string): readonly Case[] {
  return readYaml(readFileSync(join(directory, file), 'utf8')).map(({ value, faults, start }) => {
    assert.deepEqual(faults, [], file);
    assert.ok(isCase(value), `${file} at ${start}`);
    return value;
  });
}

function shownAs(problem: Problem, wanted: Readonly<Record<string, unknown>>): unknown {
  const { file, line, column, endLine, endColumn, related = [] } = problem;
  const all: Readonly<Record<string, unknown>> = {
    ...problem,
    at: `${file}:${line}:${column}`,
    to: `${endLine ?? 0}:${endColumn ?? 0}`,
    related: related.map((place) => `${place.path}:${place.line}:${place.column}`),
  };
  return Object.fromEntries(Object.keys(wanted).map((key) => [key, all[key] ?? null]));
}

function filesOf({ files }: Case): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(files).map(([path, text]) => [path, text.replace('$cluster\n', clusterText('emea'))]),
  );
}

for (const table of readdirSync(directory).filter((name) => name.endsWith('.yaml'))) {
  for (const one of casesOf(table)) {
    test(`${table.replace('.yaml', '')}: ${one.name}`, async () => {
      const { problems, clusters, refused } = await compileFiles(filesOf(one));
      const places = problems.map(({ file, line, column, code }) => `${file}:${line}:${column} ${code}`).join('\n');
      assert.equal(problems.length, one.problems.length, places);
      assert.deepEqual(
        problems.map((problem, index) => shownAs(problem, one.problems[index] ?? {})),
        one.problems,
        places,
      );
      for (const { message, mend } of problems) assert.ok(message !== '' && mend !== '', places);
      if (one.clusters !== undefined) assert.deepEqual([...clusters.keys()], one.clusters);
      if (one.refused !== undefined) assert.deepEqual(refused, one.refused);
    });
  }
}

/** What only many bytes, steps or bytes that are no text can bring; other tests do. */
const beyondTables = new Set([
  'file.symlink',
  'file.submodule',
  'file.path',
  'file.too-large',
  'file.too-many',
  'file.not-utf8',
  'yaml.too-many-aliases',
  'yaml.too-long',
  'base.too-deep',
]);

test('every code that a short text can have stands in a table', () => {
  const tables = readdirSync(directory).filter((name) => name.endsWith('.yaml'));
  const shown = new Set(tables.flatMap(casesOf).flatMap(({ problems }) => problems.map(({ code }) => code)));
  const codes = Object.keys(problemDefinitions).filter((code) => !beyondTables.has(code));
  assert.deepEqual(
    codes.filter((code) => !shown.has(code)),
    [],
  );
});
