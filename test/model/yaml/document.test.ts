import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readYaml } from '../../../src/model/yaml/document.js';
import { yamlLimits } from '../../../src/model/yaml/limits.js';
import { positionsIn } from '../../../src/model/yaml/lines.js';

function valuesOf(text: string): readonly unknown[] {
  return readYaml(text).map(({ value, faults }) => {
    assert.deepEqual(faults, []);
    return value;
  });
}

function faultsOf(text: string): readonly string[] {
  const positionOf = positionsIn(text);
  return readYaml(text).flatMap(({ faults }) =>
    faults.map(({ code, start }) => `${positionOf(start).line}:${positionOf(start).column} ${code}`),
  );
}

test('a text with three documents gives three, comments and empty documents give none', () => {
  assert.deepEqual(valuesOf('a: 1\n---\nb: 2\n---\n# nothing\n---\nc: 3\n'), [{ a: 1 }, { b: 2 }, { c: 3 }]);
  for (const nothing of ['', '# a comment\n', '---\n', '---\n---\n...\n', '\n\t\n'])
    assert.deepEqual(valuesOf(nothing), []);
});

test('anchors, aliases and merge keys give what they stand for; what is written wins over what is merged', () => {
  const text =
    'base: &b { x: 1, y: 1 }\nother: &o { y: 2, z: 2 }\nboth: { <<: [*b, *o], x: 3 }\nlist: [*b]\n"<<": plain\n';
  assert.deepEqual(valuesOf(text), [
    {
      base: { x: 1, y: 1 },
      other: { y: 2, z: 2 },
      both: { x: 3, y: 1, z: 2 },
      list: [{ x: 1, y: 1 }],
      '<<': 'plain',
    },
  ]);
});

test('an anchor that is used 150 times is no bomb', () => {
  const [value] = valuesOf(`a: &a { k: v }\nlist:\n${'  - *a\n'.repeat(150)}`);
  assert.equal(JSON.stringify(value).split('"v"').length - 1, 151);
});

test('YAML 1.2 is read: yes is text, 017 is seventeen, 12:30 is text', () => {
  assert.deepEqual(valuesOf('a: yes\nb: 017\nc: 12:30:45\nd: 0o17\ne: ~\n'), [
    { a: 'yes', b: 17, c: '12:30:45', d: 15, e: null },
  ]);
});

test('a key named __proto__ is an ordinary key', () => {
  const [value] = valuesOf('__proto__: { polluted: true }\n');
  assert.ok(typeof value === 'object' && value !== null && Object.hasOwn(value, '__proto__'));
  assert.ok(!('polluted' in {}));
});

test('what YAML lets pass and a configuration must not is reported where it stands', () => {
  const cases = [
    ['a: 1\nb: 2\na: 3\n', ['3:1 yaml.duplicate-key']],
    ['a: { b: 1, b: 2 }\n', ['1:12 yaml.duplicate-key']],
    ['1: a\n', ['1:1 yaml.key-not-text']],
    ['? [x]\n: a\n', ['1:3 yaml.key-not-text']],
    ['true: a\n', ['1:1 yaml.key-not-text']],
    ['a: !foo 1\n', ['1:4 yaml.unknown-tag']],
    ['a: !!timestamp 2001-01-01\n', ['1:4 yaml.unknown-tag']],
    ['a: !!binary aGk=\n', ['1:4 yaml.unknown-tag']],
    ['a: *nowhere\n', ['1:4 yaml.unknown-alias']],
    ['a: &a [*a]\n', ['1:8 yaml.expansion']],
    ['<<: 5\na: 1\n', ['1:5 yaml.merge']],
    ['a: .inf\n', ['1:4 yaml.number']],
    ['a: 12345678901234567890\n', ['1:4 yaml.number']],
    ['a: [1, 2\n', ['2:1 yaml.syntax']],
    ['\ta: 1\n', ['1:1 yaml.syntax']],
    ['%YAML 1.1\n---\na: yes\n', ['2:1 yaml.syntax']],
    ['%FOO bar\n', ['1:1 yaml.syntax']],
  ] as const;
  for (const [text, expected] of cases) assert.deepEqual(faultsOf(text), expected, text);
});

test('a fault of one document does not keep the others from being read', () => {
  const [first, second, third] = readYaml('a: 1\n---\nb: : 2\n---\nc: 3\n');
  assert.deepEqual([first?.value, third?.value], [{ a: 1 }, { c: 3 }]);
  assert.deepEqual(
    second?.faults.map(({ code }) => code),
    ['yaml.syntax'],
  );
});

test('nine levels of nine aliases are refused without being written out', () => {
  const names = 'a b c d e f g h i'.split(' ');
  const bomb = names.map(
    (name, index) =>
      `${name}: &${name} [${Array(9)
        .fill(index === 0 ? 'x' : `*${names[index - 1] ?? ''}`)
        .join(', ')}]`,
  );
  assert.deepEqual(
    readYaml(bomb.join('\n')).flatMap(({ faults }) => faults.map(({ code }) => code)),
    ['yaml.expansion'],
  );
});

test('texts that cost a careless reader minutes are refused or read', () => {
  const keys = (count: number) => Array.from({ length: count }, (_, index) => `key${index}: ${index}\n`).join('');
  assert.deepEqual(faultsOf(`${keys(40_000)}key7: again\n`), ['40001:1 yaml.duplicate-key']);
  const hostile = [
    [`a: &a { x: 1 }\nb:\n${'  - *a\n'.repeat(16_000)}`, 'yaml.too-many-aliases'],
    ['['.repeat(100_000), 'yaml.too-deep'],
    ['{a: '.repeat(100_000), 'yaml.too-deep'],
    ['- '.repeat(70_000), 'yaml.too-deep'],
    [`[${','.repeat(900_000)}]`, 'yaml.too-long'],
    ['}'.repeat(1_000_000), 'yaml.too-long'],
    ['---\na\n'.repeat(150_000), 'yaml.too-long'],
  ] as const;
  for (const [text, code] of hostile) {
    assert.deepEqual(
      readYaml(text)
        .flatMap(({ faults }) => faults.map((fault) => fault.code))
        .slice(0, 1),
      [code],
      text.slice(0, 10),
    );
  }
});

test('64 levels are read, 65 are too deep', () => {
  const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
  assert.deepEqual(faultsOf(nested(yamlLimits.depth)), []);
  assert.deepEqual(faultsOf(nested(yamlLimits.depth + 1)), [`1:${yamlLimits.depth + 1} yaml.too-deep`]);
});

test('every JSON value is read as itself', () => {
  const numbers = fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }));
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof({ maxDepth: 4 }, fc.string(), numbers, fc.boolean(), fc.constant(null), tie('list'), tie('map')),
    list: fc.array(tie('value'), { maxLength: 5 }),
    map: fc.dictionary(fc.string(), tie('value'), { maxKeys: 5, noNullPrototype: true }),
  }));
  fc.assert(
    fc.property(value, (json) => {
      const text = JSON.stringify(json);
      const [document] = readYaml(text);
      assert.deepEqual(document?.faults, []);
      assert.equal(JSON.stringify(document.value), text);
    }),
    { numRuns: 200 },
  );
});
