import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { parseControl } from '../../../src/runtime/link/control-message.js';
import { LineSplitter } from '../../../src/runtime/link/line-splitter.js';
import { LinkEstate, statusOf, upLink } from './estate.js';
import { goodHello, rawCore, requestForward } from './raw-core.js';

async function watchedEdge(t: TestContext, limits = {}) {
  const estate = new LinkEstate(t);
  const violations: string[] = [];
  const onViolation = (kind: string) => void violations.push(kind);
  const edge = await estate.edge('edge1', ['core1', 'core2'], { onViolation, limits });
  return { estate, edge, violations };
}

test('an unknown message is passed over, and the link works', async (t) => {
  const { estate, edge, violations } = await watchedEdge(t);
  const { client, control } = await rawCore(t, edge, estate.key('core1'));
  control.write(goodHello);
  control.write('{"type":"weather","of":"tomorrow"}\n{"type":"alive","mood":"good"}\n');
  await requestForward(client);
  await upLink(edge, 'core1');
  assert.deepEqual(violations, []);
});

test('a core that speaks another protocol version is told apart, not accused', async (t) => {
  const { estate, edge, violations } = await watchedEdge(t);
  const { control, closed } = await rawCore(t, edge, estate.key('core1'));
  control.write('{"type":"hello","protocol":2,"greeting":["of","a","later","version"]}\n');
  const { reason } = await statusOf(edge, 'core1', ({ state }) => state === 'down');
  assert.equal(reason, 'speaks link protocol 2, this node speaks 1; upgrade the older one');
  await closed;
  assert.deepEqual(violations, []);
});

test('a core that goes by another name than its key is refused with both names', async (t) => {
  const { estate, edge } = await watchedEdge(t);
  const { control } = await rawCore(t, edge, estate.key('core1'));
  control.write(goodHello.replace('core1', 'core2'));
  const { reason } = await statusOf(edge, 'core1', ({ state }) => state === 'down');
  assert.equal(reason, 'calls itself "core2", but the configuration knows its key as "core1"');
});

const malformed: Readonly<Record<string, string>> = {
  'no JSON': 'hello\n',
  'no object': '[1]\n',
  'no type': '{}\n',
  'a question before hello': '{"type":"plan?","id":1,"planId":"a","hops":0}\n',
  'a second hello': goodHello + goodHello,
  'a hello without a protocol': '{"type":"hello"}\n',
  'a question without members': `${goodHello}{"type":"plan?","id":1}\n`,
  'a question with too many hops': `${goodHello}{"type":"plan?","id":1,"planId":"a","hops":99}\n`,
  'an answer that is neither': `${goodHello}{"type":"plan!","id":1,"confirmed":"yes"}\n`,
  'a line without end': 'x'.repeat(70_000),
  'too much at a time': goodHello + '{"type":"alive"}\n'.repeat(500),
};

for (const [what, bytes] of Object.entries(malformed)) {
  test(`${what} on the control stream ends the link as a violation`, async (t) => {
    const { estate, edge, violations } = await watchedEdge(t);
    const { control, closed } = await rawCore(t, edge, estate.key('core1'));
    control.write(bytes);
    await closed;
    assert.deepEqual(violations, ['protocol']);
  });
}

test('no garbage on the control stream hurts the edge or its other cores', async (t) => {
  const { estate, edge } = await watchedEdge(t, { unauthenticated: 1_000, unauthenticatedPerAddress: 1_000 });
  await estate.core('core2', { edge1: edge });
  await upLink(edge, 'core2');
  const line = fc.oneof(fc.json(), fc.string(), fc.constantFrom('{"type":"plan?"}', '{"type":"bye"}', '{"type":1}'));
  const garbage = fc.oneof(
    fc.uint8Array({ maxLength: 2_000 }).map((bytes) => Buffer.from(bytes)),
    fc.array(line, { maxLength: 20 }).map((lines) => Buffer.from(`${goodHello}${lines.join('\n')}\n`)),
  );
  await fc.assert(
    fc.asyncProperty(garbage, async (bytes) => {
      const { control, client, closed } = await rawCore(t, edge, estate.key('core1'));
      control.end(bytes);
      control.resume();
      await Promise.race([closed, new Promise((resolve) => control.once('close', resolve))]);
      client.destroy();
      return edge.up().some(({ core }) => core === 'core2');
    }),
    { seed: 42, numRuns: 60 },
  );
});

test('a line is read or refused, and never throws', () => {
  const type = fc.constantFrom('hello', 'alive', 'bye', 'plan?', 'plan!', 'other');
  const value = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.constant(1));
  const keys = ['protocol', 'node', 'version', 'id', 'planId', 'hops', 'confirmed', 'reason', '__proto__'];
  const body = fc
    .tuple(type, fc.dictionary(fc.constantFrom(...keys), value))
    .map(([name, rest]) => ({ ...rest, type: name }));
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        body.map((one) => JSON.stringify(one)),
      ),
      (line) => {
        const parsed = parseControl(line);
        return 'message' in parsed || 'unknown' in parsed || 'malformed' in parsed;
      },
    ),
    { seed: 42, numRuns: 2_000 },
  );
});

test('lines come out whole however the bytes are cut', () => {
  const cuts = fc.array(fc.nat({ max: 200 }), { maxLength: 20 });
  fc.assert(
    fc.property(
      fc.array(
        fc.string().map((text) => text.replaceAll('\n', ' ')),
        { maxLength: 10 },
      ),
      cuts,
      (lines, at) => {
        const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
        const splitter = new LineSplitter(10_000);
        const places = [0, ...at.filter((place) => place < bytes.length).sort((a, b) => a - b), bytes.length];
        const pieces = places.slice(1).map((end, index) => bytes.subarray(places[index], end));
        assert.deepEqual(
          pieces.flatMap((piece) => [...splitter.push(piece)]),
          lines.map((line) => Buffer.from(line).toString('utf8')),
        );
      },
    ),
    { seed: 42, numRuns: 200 },
  );
});

test('a line over the limit gives nothing more and holds nothing', () => {
  const splitter = new LineSplitter(4);
  assert.deepEqual([...splitter.push(Buffer.from('abcd\nab'))], ['abcd']);
  assert.deepEqual([...splitter.push(Buffer.from('cde\nab\n'))], []);
  assert.equal(splitter.overflowed, true);
  assert.deepEqual([...splitter.push(Buffer.from('\nab\n'))], []);
});
