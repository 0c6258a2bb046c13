import type { ApplianceChange } from './appliance-store.js';

/**
 * How a write goes wrong: `message` answers 200 with words and no effect, `status` answers with a 5xx and no effect;
 * the cuts end the connection without an answer, before or after the effect.
 */
export type ApplianceFault =
  | { readonly type: 'message'; readonly message: string }
  | { readonly type: 'status'; readonly status: number }
  | { readonly type: 'cut-before' }
  | { readonly type: 'cut-after' };

/** Asked at each write, `number` counting from 1; undefined lets it go well. */
export type ApplianceFaultRule = (change: ApplianceChange, number: number) => ApplianceFault | undefined;

/** Fails the write of a number, once. */
export function failWrite(wanted: number, fault: ApplianceFault): ApplianceFaultRule {
  return (_change, number) => (number === wanted ? fault : undefined);
}

/** Fails every write from a number on. */
export function failWritesFrom(first: number, fault: ApplianceFault): ApplianceFaultRule {
  return (_change, number) => (number >= first ? fault : undefined);
}
