import { isRecord } from '../../model/json.js';
import { problemDefinitions } from '../../model/problem-codes.js';
import { compareProblems, type Problem, type ProblemSeverity } from '../../model/problem.js';
import type { SourceRef } from '../../model/snapshot.js';
import { positionsIn, type TextPosition } from '../../model/yaml/lines.js';
import { placesIn } from '../../model/yaml/place.js';
import { segmentsOf } from '../../model/yaml/pointer.js';
import type { Finding } from './finding.js';
import type { PlacedDocument, ReadFile } from './layout.js';
import { type FileFault, textOf } from './source-file.js';
import type { TreeRefusal } from './tree.js';

/** Text of a file by the id of its content; undefined when it was not given. */
export type Texts = ReadonlyMap<string, Uint8Array>;

/** Where a finding is, with the scalar that stands there as it is written. */
interface Place {
  readonly start: TextPosition;
  readonly end: TextPosition;
  readonly written?: string;
}

type Placer = (finding: Finding) => Place;

function placerOf(content: Uint8Array): Placer {
  const text = textOf(content) ?? '';
  const [placeOf, positionOf] = [placesIn(text), positionsIn(text)];
  return ({ document, pointer, at }) => {
    const { start, end, written } = placeOf(document.index, pointer, at);
    return { start: positionOf(start), end: positionOf(end), ...(written === undefined ? {} : { written }) };
  };
}

function placeOfDocument({ document: { start } }: Finding): Place {
  return { start, end: start };
}

function refOf({ file, document: { start } }: PlacedDocument): SourceRef {
  return { path: file.path, ...start };
}

function memberOf(value: unknown, segment: string): unknown {
  if (Array.isArray(value)) return value[Number(segment)];
  return isRecord(value) ? value[segment] : undefined;
}

/** A number or truth value is shown as it is written (`1.10`, not 1.1), and can be put in quotes where text is asked for. */
function asWritten(
  { document, pointer, code, found, allowed }: Finding,
  written: string | undefined,
): Partial<Problem> {
  const value = segmentsOf(pointer).reduce<unknown>(memberOf, document.value);
  const isPlain = (typeof value === 'number' || typeof value === 'boolean') && found === String(value);
  if (!isPlain || written === undefined) return {};
  const wantsText = code === 'schema.type' && allowed === 'text';
  return { found: written, ...(wantsText ? { mend: `Put it in quotes: ${JSON.stringify(written)}.` } : {}) };
}

function problemOfFinding(finding: Finding, place: Place): Problem {
  const { file, pointer, code, severity = 'error', message, found, allowed, resource, related = [] } = finding;
  return {
    code,
    severity,
    file: file.path,
    ...place.start,
    endLine: place.end.line,
    endColumn: place.end.column,
    pointer,
    message,
    found,
    allowed,
    mend: finding.mend ?? problemDefinitions[code].mend,
    ...(resource === undefined ? {} : { resource }),
    ...(related.length === 0 ? {} : { related: related.map(refOf) }),
    ...asWritten(finding, place.written),
  };
}

/** Gives findings their lines and columns; each file is parsed once more for it. */
export function locateFindings(findings: readonly Finding[], texts: Texts): readonly Problem[] {
  const placers = new Map<string, Placer>();
  return findings.map((finding) => {
    const { id } = finding.file;
    const content = texts.get(id);
    const placer = placers.get(id) ?? (content === undefined ? placeOfDocument : placerOf(content));
    placers.set(id, placer);
    return problemOfFinding(finding, placer(finding));
  });
}

/** What keeps a file from being read. */
export function problemOfFault({ path }: ReadFile, fault: FileFault): Problem {
  const { code, start, end, pointer, message, found, allowed } = fault;
  const place = { file: path, ...start, endLine: end.line, endColumn: end.column, pointer };
  return { code, severity: 'error', ...place, message, found, allowed, mend: problemDefinitions[code].mend };
}

/** What is never read; outside of any cluster that is only worth a warning. */
export function problemOfRefusal({ path, code, message, allowed }: TreeRefusal, severity: ProblemSeverity): Problem {
  const place = { file: path, line: 1, column: 1, pointer: '' };
  return { code, severity, ...place, message, found: '', allowed, mend: problemDefinitions[code].mend };
}

/** Problems of a cluster, or of none. */
export interface ProblemGroup {
  readonly cluster: string | undefined;
  readonly problems: readonly Problem[];
}

function identityOf({ code, file, line, column, pointer, message }: Problem): string {
  return JSON.stringify([code, file, line, column, pointer, message]);
}

/** Puts problems in order, each once; it names its cluster unless several inherit it. */
export function gatherProblems(groups: readonly ProblemGroup[]): readonly Problem[] {
  const known = new Map<string, { readonly problem: Problem; readonly clusters: Set<string | undefined> }>();
  for (const { cluster, problems } of groups) {
    for (const problem of problems) {
      const identity = identityOf(problem);
      const entry = known.get(identity) ?? { problem, clusters: new Set() };
      entry.clusters.add(cluster);
      known.set(identity, entry);
    }
  }
  const gathered = [...known.values()].map(({ problem, clusters }) => {
    const [cluster, another] = clusters;
    return cluster === undefined || another !== undefined ? problem : { ...problem, cluster };
  });
  return gathered.toSorted(compareProblems);
}
