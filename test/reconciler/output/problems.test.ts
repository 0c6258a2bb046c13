import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SaxesParser } from 'saxes';
import { valueDigest } from '../../../src/model/digest.js';
import { problemDefinitions } from '../../../src/model/problem-codes.js';
import type { ProblemCode } from '../../../src/model/problem-codes.js';
import type { Problem } from '../../../src/model/problem.js';
import { formatProblems, problemFormats } from '../../../src/reconciler/output/problems.js';
import { isVisible } from '../../../src/model/visible.js';

const misspelt: Problem = {
  code: 'schema.unknown-field',
  severity: 'error',
  file: 'clusters/emea/uc.yaml',
  line: 12,
  column: 3,
  endLine: 12,
  endColumn: 11,
  pointer: '/spec/publsher',
  message: 'there is no field "publsher" in spec; did you mean publisher?',
  found: '"publsher"',
  allowed: 'publisher or nodes',
  mend: 'Write publisher.',
  resource: 'UnifiedCM/emea',
  cluster: 'emea',
};
const unused: Problem = {
  code: 'file.unused',
  severity: 'warning',
  file: '100% odd, name:x.yaml',
  line: 1,
  column: 1,
  pointer: '',
  message: 'the file belongs to no cluster',
  found: '',
  allowed: '',
  mend: 'Move it.',
  related: [{ path: 'clusters/emea/cluster.yaml', line: 2, column: 1 }],
};

function ruleOf(id: ProblemCode) {
  const { meaning, mend } = problemDefinitions[id];
  const helpUri = `https://fairlead.dev/errors#${id}`;
  return { id, shortDescription: { text: meaning }, help: { text: mend }, helpUri };
}

test('text names place, severity, code, values and mend, and counts', () => {
  assert.equal(
    formatProblems([misspelt, unused], 'text'),
    `clusters/emea/uc.yaml:12:3 error schema.unknown-field
  there is no field "publsher" in spec; did you mean publisher?
  found: "publsher"
  allowed: publisher or nodes
  mend: Write publisher.

100% odd, name:x.yaml:1:1 warning file.unused
  the file belongs to no cluster
  see also: clusters/emea/cluster.yaml:2:1
  mend: Move it.

1 error, 1 warning
`,
  );
  assert.equal(formatProblems([], 'text'), 'no problems\n');
});

test('workflow commands escape what the runner would take for their own', () => {
  assert.equal(
    formatProblems([misspelt, unused], 'github'),
    '::error file=clusters/emea/uc.yaml,line=12,endLine=12,col=3,endColumn=11,title=schema.unknown-field::' +
      'there is no field "publsher" in spec; did you mean publisher?%0AWrite publisher.\n' +
      '::warning file=100%25 odd%2C name%3Ax.yaml,line=1,col=1,title=file.unused::the file belongs to no cluster%0AMove it.\n',
  );
  const hostile = { ...misspelt, file: 'a\r\n::error::b', message: '%0A\n::set-output name=x::y' };
  const lines = formatProblems([hostile], 'github').split('\n');
  assert.equal(lines.length, 2);
  assert.match(lines[0] ?? '', /^::error file=a\\u000d%0A%3A%3Aerror%3A%3Ab,.*::%250A%0A::set-output/);
});

test('json holds everything that is known of a problem', () => {
  const problems = [misspelt, unused];
  const expected = { version: 1, errors: 1, warnings: 1, problems };
  assert.deepEqual(JSON.parse(formatProblems(problems, 'json')), JSON.parse(JSON.stringify(expected)));
});

test('sarif names each rule once and points every result at it', () => {
  assert.deepEqual(JSON.parse(formatProblems([unused, misspelt], 'sarif')), {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'fairlead',
            informationUri: 'https://fairlead.dev',
            rules: [ruleOf('file.unused'), ruleOf('schema.unknown-field')],
          },
        },
        columnKind: 'utf16CodeUnits',
        results: [
          {
            ruleId: 'file.unused',
            ruleIndex: 0,
            level: 'warning',
            message: { text: 'the file belongs to no cluster\nMove it.' },
            locations: [
              {
                physicalLocation: {
                  artifactLocation: { uri: '100%25%20odd%2C%20name%3Ax.yaml', uriBaseId: '%SRCROOT%' },
                  region: { startLine: 1, startColumn: 1 },
                },
              },
            ],
            relatedLocations: [
              {
                physicalLocation: {
                  artifactLocation: { uri: 'clusters/emea/cluster.yaml', uriBaseId: '%SRCROOT%' },
                  region: { startLine: 2, startColumn: 1 },
                },
              },
            ],
            partialFingerprints: {
              'fairleadProblem/v1': valueDigest({ code: unused.code, file: unused.file, pointer: '' }),
            },
          },
          {
            ruleId: 'schema.unknown-field',
            ruleIndex: 1,
            level: 'error',
            message: { text: `${misspelt.message}\nWrite publisher.` },
            locations: [
              {
                physicalLocation: {
                  artifactLocation: { uri: 'clusters/emea/uc.yaml', uriBaseId: '%SRCROOT%' },
                  region: { startLine: 12, startColumn: 3, endLine: 12, endColumn: 11 },
                },
                logicalLocations: [{ fullyQualifiedName: 'UnifiedCM/emea/spec/publsher' }],
              },
            ],
            relatedLocations: [],
            partialFingerprints: {
              'fairleadProblem/v1': valueDigest({
                code: misspelt.code,
                file: misspelt.file,
                pointer: misspelt.pointer,
                resource: misspelt.resource,
              }),
            },
          },
        ],
      },
    ],
  });
});

/** Reads a report as a CI server does. */
function readReport(xml: string): { readonly cases: number; readonly failures: readonly string[] } {
  const parser = new SaxesParser();
  let cases = 0;
  const failures: string[] = [];
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    if (name === 'testcase') cases += 1;
    if (name === 'failure') failures.push(attributes['type'] ?? '');
  });
  parser.write(xml).close();
  return { cases, failures };
}

test('junit fails a case per error, passes one per warning, and one when all is well', () => {
  assert.deepEqual(readReport(formatProblems([misspelt, unused], 'junit')), {
    cases: 2,
    failures: ['schema.unknown-field'],
  });
  assert.deepEqual(readReport(formatProblems([], 'junit')), { cases: 1, failures: [] });
});

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('\u001b', ']]>', '<', '&', '\ud800', '\u202e', '\r\n', '\ufffe', '%', '`', '::') }),
);

test('no format lets a control character through, whatever the repository holds', () => {
  const anyProblem = fc
    .record({ file: anyText, message: anyText, found: anyText, allowed: anyText, mend: anyText, pointer: anyText })
    .map((texts): Problem => ({ ...misspelt, ...texts }));
  fc.assert(
    fc.property(fc.array(anyProblem, { maxLength: 3 }), (problems) => {
      for (const format of problemFormats) {
        const text = formatProblems(problems, format);
        assert.ok(text.endsWith('\n') || problems.length === 0);
        assert.ok(isVisible(text), format);
      }
      assert.equal(readReport(formatProblems(problems, 'junit')).failures.length, problems.length);
      assert.equal(formatProblems(problems, 'github').split('\n').length, problems.length + 1);
      JSON.parse(formatProblems(problems, 'sarif'));
    }),
    { seed: 11, numRuns: 200 },
  );
});
