import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Entry } from '../../src/cli/completion/vocabulary.js';
import { isRecord } from '../../src/model/json.js';
import { programVocabulary } from '../cli/commands.js';
import { allPages, codeOf, readProjectFile } from './markdown.js';

const entries = new Map(programVocabulary().map((entry) => [entry.path, entry]));

function matchesIn(pattern: RegExp): readonly (readonly [place: string, match: string])[] {
  return allPages().flatMap((page) =>
    codeOf(page).flatMap((code) => [...code.matchAll(pattern)].map(([, match = '']) => [page.path, match] as const)),
  );
}

/** The command that words begin with, and the flags behind it. */
function read(words: readonly string[], entry: Entry): readonly [Entry, readonly string[]] {
  const [first, ...rest] = words;
  const below = first === undefined ? undefined : entries.get(`${entry.path} ${first}`.trim());
  return below === undefined ? [entry, words] : read(rest, below);
}

test('every command of the project that a page names is one of package.json', () => {
  const manifest: unknown = JSON.parse(readProjectFile('package.json'));
  assert.ok(isRecord(manifest) && isRecord(manifest['scripts']));
  const { scripts } = manifest;
  const named = matchesIn(/\bnpm (?:run )?(test|bench|demo|(?<=run )[a-z:]+)\b/g);
  assert.ok(named.length > 5);
  assert.deepEqual(
    named.filter(([, name]) => !Object.hasOwn(scripts, name)),
    [],
  );
});

test('every fairlead command that a page names exists, with the flags it is given', () => {
  const named = matchesIn(/(?:^|[\s/])fairlead ([a-z][^\n`|;&#)]*)/g);
  assert.ok(named.length > 15);
  const faults = named.flatMap(([place, text]) => {
    const program = entries.get('');
    assert.ok(program !== undefined);
    const [entry, rest] = read(text.trim().split(/\s+/), program);
    const unknown = rest.filter((word) => word.startsWith('--') && !entry.flags.includes(word));
    return entry.path === '' || unknown.length > 0 ? [`${place}: fairlead ${text}`] : [];
  });
  assert.deepEqual(faults, []);
});
