import { valueDigest } from '../../model/digest.js';
import { problemDefinitions } from '../../model/problem-codes.js';
import type { ProblemCode } from '../../model/problem-codes.js';
import type { Problem } from '../../model/problem.js';
import type { SourceRef } from '../../model/snapshot.js';
import { visible } from '../../model/visible.js';
import { jsonText } from './json-text.js';

const homepage = 'https://fairlead.dev';

function ruleOf(code: ProblemCode) {
  const { meaning, mend } = problemDefinitions[code];
  return { id: code, shortDescription: { text: meaning }, help: { text: mend }, helpUri: `${homepage}/errors#${code}` };
}

function artifactOf(path: string) {
  // Half a character has no percent-encoding, so that the path is made visible first.
  return { uri: visible(path).split('/').map(encodeURIComponent).join('/'), uriBaseId: '%SRCROOT%' };
}

function physicalLocation({ path, line, column }: SourceRef, end: Pick<Problem, 'endLine' | 'endColumn'> = {}) {
  const region = { startLine: line, startColumn: column, endLine: end.endLine, endColumn: end.endColumn };
  return { artifactLocation: artifactOf(path), region };
}

function locationOf(problem: Problem) {
  const { file, line, column, resource, pointer } = problem;
  const named = resource === undefined ? [] : [{ fullyQualifiedName: `${resource}${pointer}` }];
  return {
    physicalLocation: physicalLocation({ path: file, line, column }, problem),
    ...(named.length === 0 ? {} : { logicalLocations: named }),
  };
}

function resultOf(problem: Problem, rules: readonly ProblemCode[]) {
  const { code, severity, message, mend, file, pointer, resource, related = [] } = problem;
  return {
    ruleId: code,
    ruleIndex: rules.indexOf(code),
    level: severity,
    message: { text: `${message}\n${mend}` },
    locations: [locationOf(problem)],
    relatedLocations: related.map((place) => ({ physicalLocation: physicalLocation(place) })),
    partialFingerprints: { 'fairleadProblem/v1': valueDigest({ code, file, pointer, resource }) },
  };
}

/** Problems as a SARIF 2.1.0 log, which code scanning services read. */
export function sarifProblems(problems: readonly Problem[]): string {
  const rules = [...new Set(problems.map(({ code }) => code))].toSorted();
  const driver = { name: 'fairlead', informationUri: homepage, rules: rules.map(ruleOf) };
  const results = problems.map((problem) => resultOf(problem, rules));
  const log = {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver }, columnKind: 'utf16CodeUnits', results }],
  };
  return jsonText(log);
}
