import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newBoundedMap } from '../../src/runtime/store/bounded-map.js';

test('an empty map answers as a map does', () => {
  const map = newBoundedMap<number>(2);
  assert.deepEqual(
    [map.size, map.get('a'), map.peek('a'), map.delete('a'), [...map.entries()]],
    [0, undefined, undefined, false, []],
  );
});

test('a full map forgets what was used least recently, and a peek is no use', () => {
  const map = newBoundedMap<number>(2);
  map.set('a', 1);
  map.set('b', 2);
  assert.deepEqual([map.get('a'), map.peek('b')], [1, 2]);
  map.set('c', 3);
  assert.deepEqual([map.size, map.peek('a'), map.peek('b'), map.delete('c')], [2, 1, undefined, true]);
  assert.deepEqual([...map.entries()], [['a', 1]]);
});
