import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { parse, parseAllDocuments } from 'yaml';
import { snapshotDigest } from '../../../src/model/digest.js';
import { isEmptyPlan } from '../../../src/model/plan.js';
import { newSnapshot } from '../../../src/model/snapshot.js';
import type { Declaration, Resource, Snapshot } from '../../../src/model/snapshot.js';
import { parseResource } from '../../../src/model/validate.js';
import { isVisible } from '../../../src/model/visible.js';
import { readYaml } from '../../../src/model/yaml/document.js';
import { writeYaml } from '../../../src/model/yaml/write.js';
import { observedState } from '../../../src/reconciler/observed-state.js';
import { dumpYaml } from '../../../src/reconciler/output/dump.js';
import { planJson } from '../../../src/reconciler/output/plan-json.js';
import { planMarkdown } from '../../../src/reconciler/output/plan-markdown.js';
import { planText } from '../../../src/reconciler/output/plan-text.js';
import { resourceDiff, textDiff } from '../../../src/reconciler/output/resource-diff.js';
import { plan } from '../../../src/reconciler/plan.js';
import { policyOf } from '../../../src/reconciler/policy.js';
import { arbitraryResource } from '../../model/arbitrary-resource.js';
import { contextOf, nodeOf, planOf, resourceOf, revision } from '../plan/fixture.js';

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    'yes',
    'no',
    '1.10',
    '017',
    '12:30:45',
    '~',
    '<<',
    '=',
    '- x',
    '# x',
    'a: b',
    ' ',
    '\t',
    '|\n x',
    '\r\n',
  ),
  fc.string({
    unit: fc.constantFrom('\u001b', '\u0085', '\u2028', '\u202e', '\ufeff', '\n', ' ', '"', '\\', "'", 'x'),
  }),
);

test('YAML that is written reads back the same, under YAML 1.1 too, and is safe to print', () => {
  fc.assert(
    fc.property(fc.dictionary(anyText, fc.oneof(anyText, fc.array(anyText), fc.integer(), fc.boolean())), (value) => {
      const text = writeYaml(value);
      assert.ok(isVisible(text));
      assert.deepEqual({ ...parse(text) }, { ...value });
      assert.deepEqual({ ...parse(text, { version: '1.1', merge: false }) }, { ...value });
    }),
    { seed: 31, numRuns: 300 },
  );
});

test('an object that stands in two places is written twice, without an anchor', () => {
  const shared = { a: [1] };
  assert.equal(writeYaml({ one: shared, two: shared }), 'one:\n  a:\n    - 1\ntwo:\n  a:\n    - 1\n');
});

test('a unified diff shows three lines around what changed', () => {
  const lines = Array.from({ length: 12 }, (_, index) => `line ${index}\n`);
  assert.equal(
    textDiff('x', lines.join(''), lines.with(6, 'other\n').join('')),
    '--- a/x\n+++ b/x\n@@ -4,7 +4,7 @@\n line 3\n line 4\n line 5\n-line 6\n+other\n line 7\n line 8\n line 9\n',
  );
  assert.equal(textDiff('x', 'same\n', 'same\n'), '');
});

test('texts that differ everywhere are not compared line by line', () => {
  const many = (word: string) => Array.from({ length: 6_000 }, (_, index) => `${word} ${index}\n`).join('');
  assert.equal(textDiff('x', many('a'), many('b')), '--- a/x\n+++ b/x\n(more than 2000 lines differ)\n');
});

test('control characters in a value reach no terminal', () => {
  const spec = { url: 'https://u.example.com/', match: 'prefix', methods: ['GET'], description: 'a\u001b[2Jb\u202ec' };
  const after = resourceOf('AllowRule/x', spec);
  const text = resourceDiff({ action: 'create', key: 'AllowRule/x', after });
  assert.ok(text.includes('description: "a\\e[2Jb\\u202ec"'));
});

function documentsOf(text: string): readonly Resource[] {
  return readYaml(text).map(({ value, faults }) => {
    assert.deepEqual(faults, []);
    return parseResource(value);
  });
}

test('a dump is a file of the repository: header, one canonical document a resource, no fingerprints', () => {
  const server = {
    publisher: 'pub.example.com',
    credentials: { username: 'reader', passwordRef: { env: 'FAIRLEAD_SECRET_A', fingerprint: 'hmac-sha256:aa' } },
  };
  const text = dumpYaml(newSnapshot('', [resourceOf('UnifiedCM/emea', server), resourceOf('Domain/example.com', {})]));
  const [header, ...rest] = text.split('\n');
  assert.equal(header, '# yaml-language-server: $schema=https://fairlead.dev/schemas/fairlead.schema.json');
  assert.equal(rest[0], '---');
  assert.equal(text.includes('fingerprint'), false);
  assert.ok(text.includes('env: FAIRLEAD_SECRET_A'));
  assert.deepEqual(
    documentsOf(text).map(({ kind }) => kind),
    ['Domain', 'UnifiedCM'],
  );
});

const onNodes = arbitraryResource([
  'Domain',
  'AllowRule',
  'Exemption',
  'HttpTransport',
  'SipTransport',
  'UnifiedCM',
  'ProtectionCategory',
]);

test('what was dumped plans to nothing', () => {
  fc.assert(
    fc.property(fc.array(onNodes, { maxLength: 8 }), (resources) => {
      const core = nodeOf('core-1', {});
      assert.ok(core.reachable);
      const snapshot = newSnapshot('', resources);
      const observation = { nodes: [{ ...core, snapshot, digest: snapshotDigest(snapshot) }] };
      const read = newSnapshot(revision, documentsOf(dumpYaml(observedState(observation).snapshot)));
      const declaration: Declaration = { ...read, cluster: 'emea', sources: new Map() };
      assert.ok(isEmptyPlan(plan(declaration, observation, policyOf(declaration), contextOf())));
    }),
    { seed: 32, numRuns: 40 },
  );
});

test('nodes that run different versions of a resource are named', () => {
  const nodes = [5, 6].map((maximumAuthorizationsPerPeriod, index) =>
    nodeOf(`core-${index}`, { observed: { 'AuthorizationRateControl/default': { maximumAuthorizationsPerPeriod } } }),
  );
  const { snapshot, differing } = observedState({ nodes });
  assert.deepEqual(differing, ['AuthorizationRateControl/default']);
  assert.equal(snapshot.resources.size, 1);
});

/** What a server declares when its password is a given one: only the fingerprint stands in a snapshot. */
function serverWith(password: string): object {
  const fingerprint = `hmac-sha256:${createHmac('sha256', 'key').update(password).digest('hex')}`;
  return { publisher: 'p.example.com', credentials: { username: 'reader', passwordRef: { file: 'a', fingerprint } } };
}

test('no output holds a secret', () => {
  const anyPassword = fc.string({ unit: 'grapheme-ascii', minLength: 12, maxLength: 40 });
  fc.assert(
    fc.property(anyPassword, anyPassword, (before, after) => {
      const observed: Record<string, unknown> = {
        'UnifiedCM/emea': serverWith(before),
        'UnifiedCM/old': serverWith(before),
      };
      const desired = { 'UnifiedCM/emea': serverWith(after), 'UnifiedCM/new': serverWith(after) };
      const made = planOf({ name: '', desired, nodes: { 'core-1': { observed } } });
      const snapshot: Snapshot = newSnapshot('', [resourceOf('UnifiedCM/emea', serverWith(after))]);
      const outputs = [planText(made), planMarkdown(made), dumpYaml(snapshot), planJson(made)];
      for (const output of outputs) {
        assert.equal(output.includes(before), false);
        assert.equal(output.includes(after), false);
      }
      for (const output of outputs.slice(0, 3)) assert.equal(output.includes('hmac-sha256'), false);
    }),
    { seed: 33, numRuns: 30 },
  );
});

test('the reader of a dump sees as many documents as any other YAML parser', () => {
  const text = dumpYaml(
    newSnapshot('', [resourceOf('Domain/a.example.com', {}), resourceOf('Domain/b.example.com', {})]),
  );
  assert.equal(parseAllDocuments(text).length, 2);
});
