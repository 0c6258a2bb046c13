import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newConnectionRates } from '../../src/runtime/store/connection-rate.js';
import { FakeClock } from '../fake-clock.js';

const rate = { mode: 'enforce', perSecond: 100, burst: 20 } as const;

test('a source has its burst at once, and the steady rate from then on', () => {
  const clock = new FakeClock();
  const rates = newConnectionRates(clock);
  const count = (times: number) =>
    Array.from({ length: times }, () => rates.count('192.0.2.1', rate)).filter((verdict) => verdict === 'within')
      .length;
  assert.equal(count(50), 20);
  clock.advance(50);
  assert.equal(count(50), 5);
  clock.advance(10_000);
  assert.equal(count(50), 20);
});

test('sources are counted apart; one subscriber’s IPv6 addresses are one source', () => {
  const rates = newConnectionRates(new FakeClock());
  const exhaust = (address: string) => {
    while (rates.count(address, rate) === 'within');
  };
  exhaust('192.0.2.1');
  assert.equal(rates.count('::ffff:192.0.2.1', rate), 'beyond');
  assert.equal(rates.count('192.0.2.2', rate), 'within');
  exhaust('2001:db8:1:2::1');
  assert.equal(rates.count('2001:db8:1:2:ffff:ffff:ffff:ffff', rate), 'beyond');
  assert.equal(rates.count('2001:db8:1:3::1', rate), 'within');
  exhaust('2001:db8::1');
  assert.equal(rates.count('2001:db8:0:0:5::1', rate), 'beyond');
});

test('new numbers hold at once, and off counts nothing', () => {
  const rates = newConnectionRates(new FakeClock());
  for (let count = 0; count < 100; count += 1)
    assert.equal(rates.count('192.0.2.1', { ...rate, mode: 'off' }), 'within');
  for (let count = 0; count < 15; count += 1) assert.equal(rates.count('192.0.2.1', { ...rate, burst: 15 }), 'within');
  assert.equal(rates.count('192.0.2.1', { ...rate, burst: 15 }), 'beyond');
});
