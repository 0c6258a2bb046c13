import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { errorDefinitions } from '../../src/errors.js';
import { allKinds, kindInfo } from '../../src/model/kinds.js';
import { problemDefinitions } from '../../src/model/problem-codes.js';

const root = join(import.meta.dirname, '../..');

function check(directory: string): { readonly status: number | null; readonly stderr: string } {
  const loader = ['--import', 'tsx', 'script/generate.ts', '--check'];
  const { status, stderr } = spawnSync(process.execPath, loader, { cwd: directory, encoding: 'utf8' });
  return { status, stderr };
}

test('what is generated is fresh', () => {
  assert.deepEqual(check(root), { status: 0, stderr: '' });
});

test('a schema that changed makes exactly the files made from it stale', (t) => {
  const copy = mkdtempSync(join(tmpdir(), 'fairlead-generate-'));
  t.after(() => rmSync(copy, { recursive: true, force: true }));
  for (const part of ['schemas', 'script', 'src', 'docs', 'examples', 'package.json', 'tsconfig.json']) {
    cpSync(join(root, part), join(copy, part), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  const file = join(copy, 'schemas/kinds/domain.schema.json');
  writeFileSync(file, readFileSync(file, 'utf8').replace('"default": true', '"default": false'));
  const { status, stderr } = check(copy);
  assert.equal(status, 1);
  assert.deepEqual(
    stderr
      .trim()
      .split('\n')
      .map((line) => line.split(' ')[0]),
    ['src/model/generated/schemas.ts', 'docs/kinds.md'],
  );
});

test('every error code and every problem code stands in the manual, with an anchor of its own', () => {
  const page = readFileSync(join(root, 'docs/errors.md'), 'utf8');
  const anchors = [...page.matchAll(/<a id="([^"]+)">/g)].map(([, code]) => code);
  assert.deepEqual(anchors, [...Object.keys(errorDefinitions), ...Object.keys(problemDefinitions)]);
  assert.equal(new Set(anchors).size, anchors.length, 'no code means two things');
});

test('every kind and every one of its fields stands in the manual', () => {
  const page = readFileSync(join(root, 'docs/kinds.md'), 'utf8');
  for (const kind of allKinds) {
    const [, section = ''] = page.split(`\n## ${kind}\n`);
    const fields = Object.keys(kindInfo(kind).schema.properties?.['spec']?.properties ?? {});
    assert.ok(fields.length > 0);
    for (const field of fields) assert.ok(section.includes(`\n| \`spec.${field}\` |`), `${kind} ${field}`);
  }
});
