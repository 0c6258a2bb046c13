import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  conditionAfter,
  type NodeCondition,
  type NodeOutcome,
  unknownCondition,
} from '../../../src/runtime/sip/transport/node-condition.js';

const outcomes: readonly NodeOutcome[] = [
  { type: 'connected' },
  { type: 'time-passed' },
  { type: 'failed', reason: 'connection refused', isFleeting: false },
  { type: 'failed', reason: 'connection reset', isFleeting: true },
  { type: 'stun-answered' },
  { type: 'stun-missed' },
  { type: 'sip-answered' },
  { type: 'sip-unanswered' },
];

function after(...types: readonly NodeOutcome['type'][]): NodeCondition {
  return types.reduce(
    (condition, type) => conditionAfter(condition, outcomes.find((one) => one.type === type) ?? { type: 'connected' }),
    unknownCondition,
  );
}

for (const [types, state, stun] of [
  [[], 'unknown', 'unknown'],
  [['connected'], 'up', 'unknown'],
  [['connected', 'stun-missed'], 'up', 'unsupported'],
  [['connected', 'stun-missed', 'stun-missed', 'stun-missed'], 'up', 'unsupported'],
  [['connected', 'stun-missed', 'stun-answered'], 'up', 'answers'],
  [['connected', 'stun-answered', 'stun-missed'], 'up', 'silent'],
  [['connected', 'stun-answered', 'stun-missed', 'sip-unanswered'], 'down', 'silent'],
  [['connected', 'stun-answered', 'stun-missed', 'stun-answered'], 'up', 'answers'],
  [['connected', 'stun-answered', 'failed', 'connected'], 'up', 'answers'],
  [['connected', 'sip-unanswered'], 'up', 'unknown'],
  [['connected', 'sip-unanswered', 'sip-answered', 'sip-unanswered'], 'up', 'unknown'],
  [['connected', 'sip-unanswered', 'sip-unanswered'], 'down', 'unknown'],
  [['connected', 'sip-unanswered', 'sip-unanswered', 'connected', 'connected'], 'unknown', 'unknown'],
  [['connected', 'sip-unanswered', 'sip-unanswered', 'connected', 'sip-answered'], 'up', 'unknown'],
  [['sip-unanswered', 'sip-unanswered', 'time-passed'], 'unknown', 'unknown'],
] as const) {
  test(`after ${types.join(', ') || 'nothing'} a server is ${state}, its STUN ${stun}`, () => {
    const condition = after(...types);
    assert.deepEqual([condition.state, condition.stun], [state, stun]);
  });
}

const histories = fc.array(fc.constantFrom(...outcomes), { maxLength: 12 });

test('whatever happened, missed STUN alone takes no server down, any answer takes it up, and an outcome twice is one', () => {
  fc.assert(
    fc.property(histories, (history) => {
      const before = history.reduce(conditionAfter, unknownCondition);
      assert.equal(conditionAfter(before, { type: 'stun-missed' }).state, before.state);
      for (const type of ['stun-answered', 'sip-answered'] as const) {
        const answered = conditionAfter(before, { type });
        assert.equal(answered.state, 'up');
        assert.equal(conditionAfter(answered, { type }), answered);
      }
      if (!history.some(({ type }) => type === 'stun-answered')) assert.notEqual(before.stun, 'silent');
    }),
    { numRuns: 300 },
  );
});
