import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type BalanceSettings, LoadBalance } from '../../../src/runtime/routing/load-balance.js';

const settings: BalanceSettings = { enabled: true, startPercent: 30, stopPercent: 10, minimumRegistrations: 100 };

function loads(...registrations: readonly number[]) {
  return registrations.map((count, index) => ({ core: `core-${index + 1}`, registrations: count, own: count }));
}

test('an even load is left alone, and so is a small one', () => {
  const balance = new LoadBalance();
  balance.look(loads(500, 520), settings);
  assert.equal(balance.isSteering, false);
  balance.look(loads(90, 0), settings);
  assert.equal(balance.isSteering, false);
  assert.equal(balance.elsewhere('core-1'), undefined);
});

test('a core that is back with nothing gets the excess of the other, and no more', () => {
  const balance = new LoadBalance();
  balance.look(loads(1000, 0), settings);
  const moves = Array.from({ length: 1000 }, () => balance.elsewhere('core-1')).filter((core) => core !== undefined);
  assert.equal(moves.length, 500);
  assert.deepEqual(new Set(moves), new Set(['core-2']));
});

test('two edges together move the excess once', () => {
  const [one, other] = [new LoadBalance(), new LoadBalance()];
  one.look(
    [
      { core: 'core-1', registrations: 1000, own: 300 },
      { core: 'core-2', registrations: 0, own: 0 },
    ],
    settings,
  );
  other.look(
    [
      { core: 'core-1', registrations: 1000, own: 700 },
      { core: 'core-2', registrations: 0, own: 0 },
    ],
    settings,
  );
  const moves = (balance: LoadBalance) =>
    Array.from({ length: 1000 }, () => balance.elsewhere('core-1')).filter(Boolean);
  assert.deepEqual([moves(one).length, moves(other).length], [150, 350]);
});

test('an idle core among six is noticed although nobody else has much too many', () => {
  const balance = new LoadBalance();
  balance.look(loads(1000, 1000, 1000, 1000, 1000, 0), settings);
  assert.equal(balance.isSteering, true);
  assert.equal(balance.elsewhere(undefined), 'core-6', 'what is new goes to it');
});

test('steering that has begun goes on below the starting threshold and ends below the lower one', () => {
  const balance = new LoadBalance();
  balance.look(loads(600, 400), settings);
  assert.equal(balance.isSteering, false);
  balance.look(loads(700, 300), settings);
  assert.equal(balance.isSteering, true);
  balance.look(loads(600, 400), settings);
  assert.equal(balance.isSteering, true);
  balance.look(loads(540, 460), settings);
  assert.equal(balance.isSteering, false);
});

test('high thresholds do not make it begin and end without a pause', () => {
  const balance = new LoadBalance();
  const high = { ...settings, startPercent: 200, stopPercent: 150 };
  const states = Array.from({ length: 4 }, () => {
    balance.look(loads(1100, 300, 100), high);
    return balance.isSteering;
  });
  assert.deepEqual(states, [false, false, false, false], '120 percent above, 80 below');
  balance.look(loads(1500, 0, 0), high);
  assert.equal(balance.isSteering, true, 'somebody is idle');
});

test('switched off, nothing moves', () => {
  const balance = new LoadBalance();
  balance.look(loads(1000, 0), { ...settings, enabled: false });
  assert.equal(balance.elsewhere('core-1'), undefined);
});
