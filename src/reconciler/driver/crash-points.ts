import type { NodeRef } from '../../model/plan.js';
import type { CrashHook } from '../crash-hook.js';
import type { Driver } from './driver.js';

/** A driver that tells the hook before and after each call that changes a node. */
export function withCrashPoints(driver: Driver, crash: CrashHook): Driver {
  async function marked<Result>(name: string, node: NodeRef, call: () => Promise<Result>): Promise<Result> {
    crash(`driver:${name}:${node.name}:before`);
    const result = await call();
    crash(`driver:${name}:${node.name}:after`);
    return result;
  }
  return {
    capabilities: driver.capabilities,
    observe: (signal) => driver.observe(signal),
    receipt: (node, planId, signal) => driver.receipt(node, planId, signal),
    probe: (node, signal) => driver.probe(node, signal),
    watch: (signal) => driver.watch(signal),
    close: () => driver.close(),
    activate: (plan, delivery, seconds, signal) =>
      marked('activate', delivery.node, () => driver.activate(plan, delivery, seconds, signal)),
    confirm: (node, planId, leftBehind, signal) =>
      marked('confirm', node, () => driver.confirm(node, planId, leftBehind, signal)),
    revert: (node, planId, signal) => marked('revert', node, () => driver.revert(node, planId, signal)),
  };
}
