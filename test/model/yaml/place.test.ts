import assert from 'node:assert/strict';
import { test } from 'node:test';
import { positionsIn } from '../../../src/model/yaml/lines.js';
import { placesIn } from '../../../src/model/yaml/place.js';

const text = [
  '# a comment',
  'base: &base',
  '  x: 1',
  '  list: [a, b]',
  'other:',
  '  <<: *base',
  '  y: 2',
  '  "a/b~c": 5',
  'alias: *base',
  'empty:',
  'map:',
  '  k: v',
  '---',
  'second: 1.10 # not 1.1',
  '',
];

const cases = [
  [0, '/other/x', 'value', '3:6', 'inside a merged mapping, where it was written'],
  [0, '/other/x', 'key', '3:3', 'the key of what is merged'],
  [0, '/alias/list/1', 'value', '4:13', 'through an alias, inside a list'],
  [0, '/other/a~1b~0c', 'value', '8:12', 'a key with a slash and a tilde'],
  [0, '/empty', 'value', '10:7', 'an empty value, behind its key'],
  [0, '/map', 'value', '12:3', 'a block mapping begins at its first key'],
  [0, '/map', 'key', '11:1', 'the key of a mapping'],
  [0, '/map/missing', 'value', '11:1', 'what is not there is told at the key of its parent'],
  [0, '/nothing/at/all', 'value', '2:1', 'what has no parent is told at the start of the document'],
  [0, '', 'value', '2:1', 'the document itself'],
  [1, '/second', 'value', '14:9', 'the second document'],
] as const;

for (const [ending, name] of [
  ['\n', 'LF'],
  ['\r\n', 'CRLF'],
] as const) {
  test(`a JSON pointer is found by line and column, with ${name} line ends`, () => {
    const written = text.join(ending);
    const [placeOf, positionOf] = [placesIn(written), positionsIn(written)];
    for (const [document, pointer, at, expected, why] of cases) {
      const { line, column } = positionOf(placeOf(document, pointer, at).start);
      assert.equal(`${line}:${column}`, expected, why);
    }
  });
}

test('a scalar is given as it is written, not as it is understood', () => {
  assert.equal(placesIn(text.join('\n'))(1, '/second', 'value').written, '1.10');
});

test('columns count UTF-16 code units, so that editors agree', () => {
  const written = 'a: "\u{1f600}", b\nc: ["\u{1f600}", x]\n';
  const position = positionsIn(written)(placesIn(written)(0, '/c/1', 'value').start);
  assert.deepEqual(position, { line: 2, column: 11 });
});

test('a document that is not there gives the start of the text', () => {
  assert.deepEqual(placesIn('a: 1\n')(7, '/a', 'value'), { start: 0, end: 0 });
});
