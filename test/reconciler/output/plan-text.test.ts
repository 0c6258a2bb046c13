import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { isVisible } from '../../../src/model/visible.js';
import { planMarkdown } from '../../../src/reconciler/output/plan-markdown.js';
import { planText } from '../../../src/reconciler/output/plan-text.js';
import { styleOf } from '../../../src/reconciler/output/style.js';
import { commit, planOf } from '../plan/fixture.js';
import { richPlan } from './rich-plan.js';

function golden(name: string): string {
  return readFileSync(join(import.meta.dirname, 'testdata', name), 'utf8');
}

test('text for a terminal: blockers first, equal nodes together, reasons, diffs, impact', () => {
  assert.equal(planText(richPlan()), golden('plan.txt'));
});

test('colour changes nothing but the colour', () => {
  const coloured = planText(richPlan(), styleOf(true));
  assert.match(coloured, /\u001b\[31m/);
  assert.equal(coloured.replaceAll(/\u001b\[\d+m/g, ''), planText(richPlan()));
});

test('Markdown for a pull request: the same, collapsed by node', () => {
  assert.equal(planMarkdown(richPlan()), golden('plan.md'));
});

test('a plan without changes is a line a node', () => {
  const plan = planOf({ name: '', nodes: { 'core-1': {}, 'core-2': {} } });
  assert.equal(planText(plan), 'emea to commit 1a2b3c4: no changes\n\ncore-1, core-2: no changes\n');
});

/** One node per name, each with another rule, so that no two are told together. */
function largePlan(nodes: number, words: string) {
  const rule = { url: 'https://u.example.com/', match: 'prefix', methods: ['GET'], description: words };
  const names = Array.from({ length: nodes }, (_, index) => `core-${index + 1}`);
  const observed = (index: number) => ({ [`AllowRule/only-${index}`]: rule });
  return planOf({
    name: 'large',
    desired: { 'AllowRule/all': rule },
    nodes: Object.fromEntries(names.map((name, index) => [name, { observed: observed(index) }])),
  });
}

test('Markdown beyond the limit says what it leaves out, and stays whole', () => {
  const plan = largePlan(64, 'x'.repeat(120));
  const whole = planMarkdown(plan, 1_000_000);
  for (const limit of [2_000, 5_000, 20_000, 60 * 1024]) {
    const text = planMarkdown(plan, limit);
    assert.ok(Buffer.byteLength(text) <= limit, `${Buffer.byteLength(text)} bytes`);
    assert.equal(text.match(/<details>/g)?.length ?? 0, text.match(/<\/details>/g)?.length ?? 0);
    assert.equal((text.match(/^```/gm)?.length ?? 0) % 2, 0);
    assert.equal(text.includes('**Cut here: '), text.length < whole.length);
    assert.ok(text.includes(plan.id));
  }
});

/** What is neither in a code block nor in a code span nor escaped, read from left to right as CommonMark says. */
function prose(markdown: string): string {
  const text = markdown.replaceAll(/^(`{3,})\w*\n[^]*?\n\1$/gm, '');
  let found = '';
  for (let at = 0; at < text.length; ) {
    const run = /^`+/.exec(text.slice(at))?.[0];
    const rest = run === undefined ? '' : text.slice(at + run.length);
    const end = run === undefined ? -1 : rest.search(new RegExp(`(?<!\`)${run}(?!\`)`));
    if (run !== undefined && end >= 0) at += run.length + end + run.length;
    else if (text[at] === '\\') at += 2;
    else {
      found += text[at] ?? '';
      at += 1;
    }
  }
  return found;
}

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc
    .array(
      fc.constantFrom('`', '```', '\n', '|', '<b>', '</details>', '@all', '#1', '](', '\u001b[2J', '\u202e', '&lt;'),
    )
    .map((parts) => parts.join('')),
);

test('whoever writes the commit or edits the node, nothing of theirs is markup, a mention or a control character', () => {
  fc.assert(
    fc.property(hostile, hostile, hostile, (author, subject, actor) => {
      const edit = { key: 'CredentialCaching/default', action: 'put', actor, time: '2026-03-02T11:00:00Z' } as const;
      const plan = planOf({
        name: 'hostile',
        policy: { suspend: { reason: `x${subject}`.slice(0, 100) } },
        desired: { 'AuthorizationRateControl/default': {}, 'CredentialCaching/default': {} },
        commits: { 'emea/all.yaml': { ...commit, time: '2026-03-01T00:00:00Z', author, subject } },
        nodes: { 'core-1': { edits: [edit] } },
      });
      const markdown = planMarkdown(plan);
      assert.ok(isVisible(planText(plan)));
      assert.ok(isVisible(markdown));
      assert.doesNotMatch(prose(markdown), /@[a-z]|#\d|<b>|\]\(/i);
      assert.equal(markdown.match(/^<\/details>$/gm)?.length, 1);
    }),
    { seed: 21, numRuns: 150 },
  );
});
