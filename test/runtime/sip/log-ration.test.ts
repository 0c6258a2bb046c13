import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LogRation } from '../../../src/runtime/sip/log-ration.js';
import { FakeClock } from '../../fake-clock.js';

test('a source that is refused all the time gets ten lines a minute, and the others are counted', () => {
  const clock = new FakeClock();
  const ration = new LogRation(clock);
  const told = Array.from({ length: 100 }, () => ration.take('192.0.2.1')).filter((leftOut) => leftOut !== undefined);
  assert.equal(told.length, 10);
  assert.equal(ration.take('192.0.2.2'), 0, 'another source has its own');
  clock.advance(60_000);
  assert.equal(ration.take('192.0.2.1'), 90, 'the next line says how many are missing');
});
