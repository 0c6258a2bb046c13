import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import type { ProbeCheck } from '../../../src/model/health.js';
import type { NodeRole } from '../../../src/model/plan.js';
import type { Resource } from '../../../src/model/snapshot.js';
import { silentLog } from '../../../src/platform/log.js';
import { noCrash, type CrashHook } from '../../../src/reconciler/crash-hook.js';
import { withCrashPoints } from '../../../src/reconciler/driver/crash-points.js';
import type { Driver } from '../../../src/reconciler/driver/driver.js';
import { RuntimeDriver } from '../../../src/reconciler/driver/runtime.js';
import { recoverRollout } from '../../../src/reconciler/rollout/recovery.js';
import type { RolloutContext } from '../../../src/reconciler/rollout/rollout-context.js';
import { RolloutJournal } from '../../../src/reconciler/rollout/rollout-journal.js';
import type { RolloutOutcome } from '../../../src/reconciler/rollout/rollout-outcome.js';
import { rollOut } from '../../../src/reconciler/rollout/rollout.js';
import { SleepClock } from '../sleep-clock.js';
import { LabNode, type LabTls } from '../lab-nodes.js';
import { commitOf, declaration, domain, planFor, rateControl, type Planned } from '../plans.js';

export const roles = { 'edge-1': 'edge', 'core-1': 'core', 'core-2': 'core' } as const satisfies Record<
  string,
  NodeRole
>;
export type NodeName = keyof typeof roles;
const names = ['edge-1', 'core-1', 'core-2'] as const;

/** Edge and cores in this process, a driver for them, and a journal: what a reconciler holds of one cluster. */
export class RolloutRig {
  readonly clock = new SleepClock();
  readonly nodes: Readonly<Record<NodeName, LabNode>>;
  readonly stopped = new AbortController();
  readonly hurried = new AbortController();
  readonly #journalPath: string;
  #driver: Driver | undefined;

  constructor(tls: LabTls) {
    const peers = () => names.map((name) => this.nodes[name]);
    const newNode = (name: NodeName) => new LabNode({ name, role: roles[name] }, { tls, clock: this.clock, peers });
    this.nodes = { 'edge-1': newNode('edge-1'), 'core-1': newNode('core-1'), 'core-2': newNode('core-2') };
    this.#journalPath = join(mkdtempSync(join(tls.directory, 'rollout-')), 'journal.jsonl');
  }

  get driver(): Driver {
    return this.#driver!;
  }

  async start(): Promise<void> {
    await Promise.all(names.map((name) => this.nodes[name].start()));
    const nodes = names.map((name) => this.nodes[name].runtimeNode());
    this.#driver = new RuntimeDriver(nodes, { clock: this.clock, log: silentLog });
  }

  async close(): Promise<void> {
    await this.#driver?.close();
    await Promise.all(names.map((name) => this.nodes[name].stop()));
  }

  /** Plans from what the nodes run to some resources, as a commit named by a digit. */
  plan(digit: string, resources: readonly Resource[], policy: unknown = {}): Promise<Planned> {
    return planFor(this.driver, declaration(commitOf(digit), resources, policy), commitOf(digit));
  }

  /** Rolls a plan out as a reconciler process with a journal of its own does. */
  async rollOut(planned: Planned, crash: CrashHook = noCrash): Promise<RolloutOutcome> {
    return this.#asProcess(planned, crash, (context) => rollOut(planned.request, context));
  }

  /** What a new process does with what the last one left. */
  async recover(planned: Planned): Promise<RolloutOutcome | undefined> {
    return this.#asProcess(planned, noCrash, recoverRollout);
  }

  async apply(digit: string, resources: readonly Resource[]): Promise<RolloutOutcome> {
    return this.rollOut(await this.plan(digit, resources));
  }

  /** The domains that edge-1, core-1 and core-2 serve; empty where nothing was ever applied. */
  serving(): readonly string[] {
    return names.map((name) => this.nodes[name].part.domains);
  }

  /** Nodes on which a plan waits. */
  pending(): readonly NodeName[] {
    return names.filter((name) => this.nodes[name].store.view().pending !== undefined);
  }

  /** Whether the rollout waits for time to pass, not for an answer. */
  isSleeping(): boolean {
    return this.clock.sleeping > 0;
  }

  /** Notes the names of nodes in the order in which they prepare. */
  notePreparations(): readonly NodeName[] {
    const order: NodeName[] = [];
    for (const name of names) {
      this.nodes[name].part.beforePrepare = () => {
        order.push(name);
        return Promise.resolve();
      };
    }
    return order;
  }

  async #asProcess<Result>(
    { policy }: Planned,
    crash: CrashHook,
    task: (context: RolloutContext) => Promise<Result>,
  ): Promise<Result> {
    const journal = await RolloutJournal.open(this.#journalPath, crash);
    try {
      return await task({
        ...{ driver: withCrashPoints(this.driver, crash), journal, policy: policy.rollout },
        ...{ clock: this.clock, log: silentLog, stop: this.stopped.signal, hurry: this.hurried.signal },
      });
    } finally {
      await journal.close();
    }
  }
}

/** One domain, and a limit on cores: what the tests roll out. */
export function version(name: string): readonly Resource[] {
  return [domain(`${name}.example`), rateControl(name.length)];
}

export function check(id: string, ok: boolean, detail = 'seen'): ProbeCheck {
  return { id, ok, detail, durationMs: 1 };
}

/** Lets everything that needs no time go on until a condition holds. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
