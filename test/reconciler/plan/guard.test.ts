import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRecord } from '../../../src/model/json.js';
import { planOf, readTable } from './fixture.js';
import type { Specs } from './fixture.js';

interface GuardCase {
  readonly name: string;
  readonly policy?: unknown;
  /** First and last number of the exemptions; empty for none. */
  readonly observed: readonly number[];
  readonly desired: readonly number[];
  /** How many of the desired ones differ from what is observed. */
  readonly changed?: number;
  /** How many nodes run the same. */
  readonly nodes?: number;
  /** Runs on the nodes beside the exemptions. */
  readonly more?: Specs;
  /** Is desired in the place of `more`. */
  readonly instead?: Specs;
  readonly kindsBefore?: readonly string[];
  readonly blockers: readonly string[];
}

function exemptions([first = 1, last = 0]: readonly number[], changed = 0): Specs {
  const numbers = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  const specOf = (number: number) => ({
    range: `192.0.2.${number}/32`,
    categories: number - first < changed ? ['sip-auth', 'sip-register'] : ['sip-auth'],
  });
  return Object.fromEntries(numbers.map((number) => [`Exemption/e${number}`, specOf(number)]));
}

function isGuardCase(value: unknown): value is GuardCase {
  return isRecord(value) && Array.isArray(value['blockers']);
}

for (const given of readTable('guard.yaml', isGuardCase)) {
  test(`guard: ${given.name}`, () => {
    const observed = { ...exemptions(given.observed), ...given.more };
    const names = Array.from({ length: given.nodes ?? 1 }, (_, index) => `core-${index + 1}`);
    const { blockers } = planOf({
      ...given,
      desired: { ...exemptions(given.desired, given.changed), ...given.instead },
      nodes: Object.fromEntries(names.map((name) => [name, { observed }])),
    });
    assert.deepEqual(
      blockers.map(({ code, message }) => `${code}: ${message}`),
      given.blockers,
    );
    for (const { mend } of blockers) assert.match(mend, /SyncPolicy spec\./);
  });
}
