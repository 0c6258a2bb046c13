import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';
import type { Change } from '../../model/change.js';
import { fieldTraits } from '../../model/kinds.js';
import { fieldPath } from '../../model/value-text.js';
import { resourceYaml } from './resource-yaml.js';

/** Comparing unlike texts costs the square of what differs; beyond this many lines it is only said that they do. */
const mostChangedLines = 2_000;

/** The lines that two texts differ in, as a unified diff with file headers; empty for equal texts. */
export function textDiff(name: string, before: string, after: string): string {
  if (before === after) return '';
  const limits = { context: 3, maxEditLength: mostChangedLines, headerOptions: FILE_HEADERS_ONLY };
  const patch = createTwoFilesPatch(`a/${name}`, `b/${name}`, before, after, '', '', limits);
  return patch ?? `--- a/${name}\n+++ b/${name}\n(more than ${mostChangedLines} lines differ)\n`;
}

/** The secret references whose value changed, which no text shows. */
function rotatedSecrets(change: Change): readonly string[] {
  if (change.action !== 'update') return [];
  const rendered = change.fields.filter(({ pointer }) => fieldTraits(change.after.kind, pointer).rendered);
  return rendered.map(({ pointer }) => `(new value behind ${fieldPath(pointer.replace(/\/[^/]*$/, ''))})\n`);
}

/** A change as a unified diff of canonical YAML; safe to print, and without any secret. */
export function resourceDiff(change: Change): string {
  const before = change.action === 'create' ? '' : resourceYaml(change.before);
  const after = change.action === 'delete' ? '' : resourceYaml(change.after);
  return textDiff(change.key, before, after) + rotatedSecrets(change).join('');
}
