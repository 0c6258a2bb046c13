import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FakeClock } from '../../fake-clock.js';
import type { Weather } from '../memory-network.js';
import { type Manners, UserAgent } from '../user-agent.js';
import { ProxyChain } from './proxy-chain.js';

interface Climate {
  readonly seed: number;
  readonly lostPercent: number;
  readonly doubledPercent: number;
  readonly slowestMs: number;
}

const callCount = 6;
const routesToClient = ['<sip:core1.example.com;lr>', '<sip:flow1@edge.example.com;lr>'];

/** Loses, doubles and reorders datagrams, the same ones for the same seed. */
function storm({ seed, lostPercent, doubledPercent, slowestMs }: Climate): Weather {
  let state = seed >>> 0 || 1;
  const next = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 8) % below;
  };
  return () => {
    if (next(100) < lostPercent) return [];
    const first = 1 + next(slowestMs);
    return next(100) < doubledPercent ? [first, 1 + next(slowestMs)] : [first];
  };
}

function live(climate: Climate, manners: Manners, cancelAfterMs: number | undefined) {
  const clock = new FakeClock();
  const wires = { protocol: 'UDP' as const, weather: storm(climate) };
  const chain = new ProxyChain(clock, { client: wires, link: wires, server: wires });
  const phone = new UserAgent('phone', chain.client, clock);
  const server = new UserAgent('server', chain.cores[0]!.server, clock);
  phone.manners = manners;
  server.manners = manners;
  for (let index = 0; index < callCount; index += 1) {
    const options = { talkMs: 3_000, ...(cancelAfterMs !== undefined && { cancelAfterMs }) };
    if (index % 2 === 0) phone.call(`out-${index}`, 'sip:server@example.com', options);
    else server.call(`in-${index}`, 'sip:phone@phone.invalid', { ...options, routes: routesToClient });
    clock.advance(700);
  }
  // Longer than a call rings at most, its CANCEL, its BYE and its session timer take in a row.
  clock.advance(500_000);
  return { clock, chain, phone, server };
}

test('on a network that loses, doubles and reorders, every call is set up or fails with a final status, and nothing is left', () => {
  fc.assert(
    fc.property(
      fc.record({
        seed: fc.integer({ min: 1, max: 2 ** 31 }),
        lostPercent: fc.integer({ min: 0, max: 45 }),
        doubledPercent: fc.integer({ min: 0, max: 30 }),
        slowestMs: fc.integer({ min: 1, max: 900 }),
      }),
      fc.constantFrom<Manners>('answers', 'is busy', 'lets it ring'),
      fc.option(fc.integer({ min: 0, max: 5_000 }), { nil: undefined }),
      (climate, manners, cancelAfterMs) => {
        const { clock, chain, phone, server } = live(climate, manners, cancelAfterMs);
        assert.equal(phone.outcomes.size + server.outcomes.size, callCount);
        assert.deepEqual(new Set([...chain.open, ...phone.open, ...server.open]), new Set([0]));
        assert.equal(clock.pendingTimers, 0);
        for (const engine of chain.engines) assert.equal(engine.stats().failures, 0);
      },
    ),
    { numRuns: 25, seed: 3261 },
  );
});

test('on a fair network every call ends with the status it should', () => {
  const fair = { seed: 1, lostPercent: 0, doubledPercent: 0, slowestMs: 1 };
  const expected: readonly (readonly [Manners, number | undefined, readonly string[]])[] = [
    ['answers', undefined, ['200', 'BYE 200']],
    ['is busy', undefined, ['486']],
    ['lets it ring', undefined, ['408']],
    ['lets it ring', 1_000, ['487']],
  ];
  for (const [manners, cancelAfterMs, outcome] of expected) {
    const { phone, server } = live(fair, manners, cancelAfterMs);
    for (const lines of [...phone.outcomes.values(), ...server.outcomes.values()]) assert.deepEqual(lines, outcome);
  }
});

test('with a tenth of all datagrams lost every call that is answered gets through', () => {
  for (const seed of [11, 22, 33, 44]) {
    const { phone, server } = live({ seed, lostPercent: 10, doubledPercent: 5, slowestMs: 80 }, 'answers', undefined);
    for (const lines of [...phone.outcomes.values(), ...server.outcomes.values()])
      assert.deepEqual(lines, ['200', 'BYE 200']);
  }
});
