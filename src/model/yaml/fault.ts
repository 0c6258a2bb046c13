import type { YAMLError } from 'yaml';
import type { ProblemCode } from '../problem-codes.js';

/** Something that keeps a YAML document from being read; offsets count UTF-16 code units from the start of the text. */
export interface YamlFault {
  readonly code: ProblemCode;
  readonly start: number;
  readonly end: number;
  /** JSON pointer of the nearest value that has one. */
  readonly pointer: string;
  readonly message: string;
  readonly found: string;
  readonly allowed: string;
}

const codes: Readonly<Record<string, ProblemCode>> = {
  BAD_ALIAS: 'yaml.unknown-alias',
  RESOURCE_EXHAUSTION: 'yaml.too-deep',
  TAG_RESOLVE_FAILED: 'yaml.unknown-tag',
};

/** A fault that shows the beginning of what stands between two offsets. */
export function faultAt(
  text: string,
  start: number,
  end: number,
  fault: Pick<YamlFault, 'code' | 'message' | 'allowed'> & Partial<Pick<YamlFault, 'pointer'>>,
): YamlFault {
  const found = text.slice(start, Math.min(end, start + 40)).split('\n', 1)[0] ?? '';
  return { pointer: '', ...fault, start, end, found };
}

/** What the parser says of a text, in our words; its warnings count as errors, since a guess would be applied to nodes. */
export function faultOf({ code, message, pos }: YAMLError, text: string): YamlFault {
  return faultAt(text, pos[0], pos[1], { code: codes[code] ?? 'yaml.syntax', message, allowed: '' });
}
