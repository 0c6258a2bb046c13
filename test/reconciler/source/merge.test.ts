import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Json } from '../../../src/model/json.js';
import { mergePatch } from '../../../src/reconciler/source/merge.js';

test('the examples of RFC 7386, appendix A', () => {
  const examples: readonly (readonly [target: Json, patch: Json, result: Json])[] = [
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [
      ['a', 'b'],
      ['c', 'd'],
      ['c', 'd'],
    ],
    [{ a: 'b' }, ['c'], ['c']],
    [{ a: 'foo' }, null, null],
    [{ a: 'foo' }, 'bar', 'bar'],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ];
  for (const [target, patch, result] of examples) assert.deepEqual(mergePatch(target, patch), result);
});

const { value, object } = fc.letrec<{ value: Json; object: Readonly<Record<string, Json>> }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('object'),
  ),
  object: fc.dictionary(fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor'), tie('value'), {
    maxKeys: 4,
    noNullPrototype: true,
  }),
}));

function hasNull(json: Json): boolean {
  return json === null || (typeof json === 'object' && !Array.isArray(json) && Object.values(json).some(hasNull));
}

test('merging the same patch again changes nothing', () => {
  fc.assert(
    fc.property(value, value, (target, patch) => {
      const once = mergePatch(target, patch);
      assert.deepEqual(mergePatch(once, patch), once);
    }),
  );
});

test('an empty patch changes nothing, and a value without null over nothing is itself', () => {
  fc.assert(fc.property(object, (target) => assert.deepEqual(mergePatch(target, {}), target)));
  fc.assert(
    fc.property(
      value.filter((json) => !hasNull(json)),
      (json) => assert.deepEqual(mergePatch(undefined, json), json),
    ),
  );
});

test('what the patch does not name stays, and neither value is changed', () => {
  fc.assert(
    fc.property(object, object, (target, patch) => {
      const [before, after] = [JSON.stringify([target, patch]), mergePatch(target, patch)];
      for (const [name, member] of Object.entries(target)) {
        if (!Object.hasOwn(patch, name))
          assert.deepEqual(Object.entries(after ?? {}).find(([key]) => key === name)?.[1], member);
      }
      assert.equal(JSON.stringify([target, patch]), before);
    }),
  );
});

test('a member named __proto__ is merged like any other', () => {
  const merged = mergePatch({}, Object.fromEntries([['__proto__', { polluted: true }]]));
  assert.equal(JSON.stringify(merged), '{"__proto__":{"polluted":true}}');
  assert.ok(!('polluted' in {}));
});
