import type { Document, YAMLError } from 'yaml';
import type { Json } from '../json.js';
import { compose } from './compose.js';
import { faultAt, faultOf, type YamlFault } from './fault.js';
import { type YamlLimits, yamlLimits } from './limits.js';
import { valueOfDocument } from './value.js';

/** One document of a YAML text. */
export interface YamlDocument {
  /** What it says; only a sketch of it when there are faults. */
  readonly value: Json;
  /** Offset of its first value in the text. */
  readonly start: number;
  readonly faults: readonly YamlFault[];
}

const mostFaultsPerDocument = 20;

function syntaxFaults(document: Document, text: string): readonly YamlFault[] {
  const exhausted = document.errors.find(({ code }) => code === 'RESOURCE_EXHAUSTION');
  const errors = exhausted === undefined ? [...document.errors, ...document.warnings] : [exhausted];
  const apart = errors.filter((error, index) => !isEcho(error, errors[index - 1]));
  const faults = apart.slice(0, mostFaultsPerDocument).map((error) => faultOf(error, text));
  return [...faults, ...versionFaults(document, text)];
}

/** One mistake often brings several errors at one place; the first one tells it. */
function isEcho({ pos }: YAMLError, before: YAMLError | undefined): boolean {
  return before !== undefined && pos[0] >= before.pos[0] && pos[0] <= before.pos[1];
}

/** `%YAML 1.1` would turn `yes` into true and `017` into 15. */
function versionFaults({ directives, range }: Document, text: string): readonly YamlFault[] {
  const version = directives?.yaml.version ?? '1.2';
  if (version === '1.2') return [];
  const [start = 0, end = start] = range ?? [];
  const message = `The document asks for YAML ${version}`;
  return [faultAt(text, start, end, { code: 'yaml.syntax', message, allowed: 'YAML 1.2' })];
}

function readDocument(document: Document, text: string, limits: YamlLimits): YamlDocument {
  const syntax = syntaxFaults(document, text);
  const { value, faults } = valueOfDocument(document, text, limits);
  // What follows a syntax error is guesswork, so nothing more is said of such a document.
  const all = syntax.length > 0 ? syntax : faults.slice(0, mostFaultsPerDocument);
  const start = document.contents?.range?.[0] ?? document.range?.[0] ?? 0;
  return { value, start, faults: all };
}

/**
 * Reads every document of a YAML text that has content, in linear time and within limits; never throws for what the text
 * holds. A byte-order mark is to be removed before.
 */
export function readYaml(text: string, limits: YamlLimits = yamlLimits): readonly YamlDocument[] {
  const { documents, faults } = compose(text, limits);
  const read = documents.map((document) => readDocument(document, text, limits));
  const [first] = faults;
  return first === undefined ? read : [...read, { value: null, start: first.start, faults }];
}
