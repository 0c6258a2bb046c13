import { isUtf8 } from 'node:buffer';
import { type Json, isRecord } from '../../model/json.js';
import { nearest } from '../../model/nearest.js';
import type { ProblemCode } from '../../model/problem-codes.js';
import { readYaml } from '../../model/yaml/document.js';
import type { YamlFault } from '../../model/yaml/fault.js';
import { positionsIn, type TextPosition } from '../../model/yaml/lines.js';

/** Something that keeps a file from being read. */
export interface FileFault {
  readonly code: ProblemCode;
  readonly start: TextPosition;
  readonly end: TextPosition;
  readonly pointer: string;
  readonly message: string;
  readonly found: string;
  readonly allowed: string;
}

/** One document of a file. */
export interface SourceDocument {
  /** Among the documents of the file, from 0. */
  readonly index: number;
  /** Where it begins. */
  readonly start: TextPosition;
  /** What it says; only a sketch of it when it is not sound. */
  readonly value: Json;
  /** It was read without a fault. */
  readonly sound: boolean;
}

/** What the content of a file says, whatever its path: equal contents give equal files. */
export interface SourceFile {
  readonly documents: readonly SourceDocument[];
  readonly faults: readonly FileFault[];
}

const byteOrderMark = /^\ufeff/;

function placed(faults: readonly YamlFault[], positionOf: (offset: number) => TextPosition): readonly FileFault[] {
  return faults.map(({ start, end, ...fault }) => ({ ...fault, start: positionOf(start), end: positionOf(end) }));
}

/** The text of a file without its byte-order mark; undefined when it is not UTF-8. */
export function textOf(content: Uint8Array): string | undefined {
  return isUtf8(content)
    ? Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString('utf8').replace(byteOrderMark, '')
    : undefined;
}

function notUtf8(content: Uint8Array): SourceFile {
  const text = Buffer.from(content).toString('utf8');
  const encoded = Buffer.from(text);
  // Decoding puts U+FFFD where a byte is wrong, so encoding again differs there first.
  const wrong = content.findIndex((byte, index) => byte !== encoded[index]);
  const at = Math.max(0, wrong);
  const start = positionsIn(text)(encoded.toString('utf8', 0, at).length);
  const found = `byte 0x${(content[at] ?? 0).toString(16).padStart(2, '0')} at offset ${at}`;
  const message = 'the file is not valid UTF-8';
  const fault: FileFault = { code: 'file.not-utf8', start, end: start, pointer: '', message, found, allowed: 'UTF-8' };
  return { documents: [], faults: [fault] };
}

/** Reads the content of a file; never throws for what it holds. */
export function readSourceFile(content: Uint8Array): SourceFile {
  const text = textOf(content);
  if (text === undefined) return notUtf8(content);
  const positionOf = positionsIn(text);
  const documents = readYaml(text);
  return {
    documents: documents.map(({ value, start, faults }, index) => {
      return { index, start: positionOf(start), value, sound: faults.length === 0 };
    }),
    faults: documents.flatMap(({ faults }) => placed(faults, positionOf)),
  };
}

function textAt(value: Json, ...path: readonly string[]): string | undefined {
  let at: unknown = value;
  for (const key of path) at = isRecord(at) ? at[key] : undefined;
  return typeof at === 'string' ? at : undefined;
}

/** The kind that a document names, whether there is such a kind or not. */
export function kindOf({ value }: SourceDocument): string | undefined {
  return textAt(value, 'kind');
}

/** The name that a document gives its resource. */
export function nameOf({ value }: SourceDocument): string | undefined {
  return textAt(value, 'metadata', 'name');
}

/** Tells whether a document is meant for us by its apiVersion, misspelt as it may be; `absent` when it names none. */
export function isOurs({ value }: SourceDocument, absent: boolean): boolean {
  const version = textAt(value, 'apiVersion');
  if (version === undefined) return absent;
  return /fairlead/i.test(version) || nearest(version, ['fairlead.dev/v1']) !== undefined;
}
