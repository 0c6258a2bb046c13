import { isRecord } from '../../../model/json.js';
import { keyOf } from '../../../model/snapshot.js';
import type { Resource, ResourceKey } from '../../../model/snapshot.js';
import { checkResource } from '../../../model/validate.js';
import type { CrashHook } from '../../crash-hook.js';
import { openJournal } from '../../journal.js';
import type { Journal } from '../../journal.js';

/** One resource that a plan touches: what it was before (nothing for a create), and what it is to be (nothing for a delete). */
export interface Step {
  readonly key: ResourceKey;
  readonly before?: Resource;
  readonly after?: Resource;
}

/** `applied`: every step is done and waits for the word; `undone`: going back failed, so it may be tried again. */
export type PlanState = 'doing' | 'applied' | 'confirmed' | 'reverted' | 'undone';

interface PlanStart {
  readonly planId: string;
  readonly commit: string;
  /** Of the snapshot that the plan leads to. */
  readonly digest: string;
  /** In the order in which they are done. */
  readonly steps: readonly Step[];
}

/** The last plan that an appliance got, and how far it came. */
export interface PlanRecord extends PlanStart {
  readonly state: PlanState;
  readonly reason: string;
  /** How many steps were begun. */
  readonly begun: number;
}

type Entry =
  | ({ readonly type: 'begin' } & PlanStart)
  | { readonly type: 'step'; readonly planId: string; readonly index: number; readonly action: 'do' | 'undo' }
  | { readonly type: 'holds'; readonly key: string; readonly resource?: Resource }
  | { readonly type: 'state'; readonly planId: string; readonly state: PlanState; readonly reason: string }
  | { readonly type: 'revision'; readonly planId: string; readonly commit: string };

const compactFrom = 1000;

function readResource(value: unknown): Resource | undefined {
  return checkResource(value, 'rendered').resource;
}

function readStep(value: unknown): readonly Step[] {
  if (!isRecord(value)) return [];
  const before = readResource(value['before']);
  const after = readResource(value['after']);
  const either = after ?? before;
  if (either === undefined) return [];
  return [
    { key: keyOf(either), ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) },
  ];
}

function isState(value: unknown): value is PlanState {
  return ['doing', 'applied', 'confirmed', 'reverted', 'undone'].some((state) => state === value);
}

function readEntry(value: unknown): Entry | undefined {
  if (!isRecord(value)) return undefined;
  const { type, planId, commit, digest, steps, index, action, key, resource, state, reason } = value;
  if (type === 'holds' && typeof key === 'string') {
    const held = readResource(resource);
    return { type, key, ...(held === undefined ? {} : { resource: held }) };
  }
  if (typeof planId !== 'string') return undefined;
  if (type === 'begin' && typeof commit === 'string' && typeof digest === 'string' && Array.isArray(steps))
    return { type, planId, commit, digest, steps: steps.flatMap(readStep) };
  if (type === 'step' && typeof index === 'number' && (action === 'do' || action === 'undo'))
    return { type, planId, index, action };
  if (type === 'state' && isState(state) && typeof reason === 'string') return { type, planId, state, reason };
  return type === 'revision' && typeof commit === 'string' ? { type, planId, commit } : undefined;
}

/** What is known of one appliance that it cannot tell itself: plans, the revision, and the fingerprints of its secrets. */
export class ApplianceJournal {
  readonly #journal: Journal<Entry>;
  readonly #held = new Map<string, Resource>();
  #plan: PlanRecord | undefined;
  #revision: { readonly planId: string; readonly commit: string } | undefined;

  private constructor(journal: Journal<Entry>) {
    this.#journal = journal;
    for (const entry of journal.entries()) this.#learn(entry);
  }

  /** @throws FairleadError `state.damaged`, `state.storage` */
  static async open(path: string, crash: CrashHook): Promise<ApplianceJournal> {
    return new ApplianceJournal(await openJournal(path, readEntry, { name: 'steps', crash }));
  }

  plan(): PlanRecord | undefined {
    return this.#plan;
  }

  /** The plan that was confirmed last, and its commit. */
  revision(): { readonly planId: string; readonly commit: string } | undefined {
    return this.#revision;
  }

  /** What was last written to the appliance under a key, fingerprints included. */
  held(key: ResourceKey): Resource | undefined {
    return this.#held.get(key);
  }

  begin(start: PlanStart): Promise<void> {
    return this.#write({ type: 'begin', ...start });
  }

  /** Written before a step is done or undone. */
  step(planId: string, index: number, action: 'do' | 'undo'): Promise<void> {
    return this.#write({ type: 'step', planId, index, action });
  }

  /** Written after reading back what a write left. */
  async holds(key: ResourceKey, resource: Resource | undefined): Promise<void> {
    await this.#write({ type: 'holds', key, ...(resource === undefined ? {} : { resource }) });
  }

  async enter(planId: string, state: PlanState, reason = ''): Promise<void> {
    await this.#write({ type: 'state', planId, state, reason });
    if (this.#journal.entries().length >= compactFrom) await this.#compact();
  }

  close(): Promise<void> {
    return this.#journal.close();
  }

  async #write(entry: Entry): Promise<void> {
    await this.#journal.append(entry);
    this.#learn(entry);
  }

  #learn(entry: Entry): void {
    if (entry.type === 'begin') this.#plan = { ...entry, state: 'doing', reason: '', begun: 0 };
    else if (entry.type === 'revision') this.#revision = entry;
    else if (entry.type === 'holds') this.#hold(entry.key, entry.resource);
    else if (this.#plan?.planId === entry.planId) this.#advance(this.#plan, entry);
  }

  #hold(key: string, resource: Resource | undefined): void {
    if (resource === undefined) this.#held.delete(key);
    else this.#held.set(key, resource);
  }

  #advance(plan: PlanRecord, entry: Extract<Entry, { readonly type: 'step' | 'state' }>): void {
    if (entry.type === 'step') {
      this.#plan = entry.action === 'do' ? { ...plan, begun: Math.max(plan.begun, entry.index + 1) } : plan;
      return;
    }
    this.#plan = { ...plan, state: entry.state, reason: entry.reason };
    if (entry.state === 'confirmed') this.#revision = { planId: plan.planId, commit: plan.commit };
  }

  async #compact(): Promise<void> {
    const held = [...this.#held].map(([key, resource]) => ({ type: 'holds', key, resource }) as const);
    const revision = this.#revision === undefined ? [] : [{ type: 'revision', ...this.#revision } as const];
    await this.#journal.rewrite([...held, ...revision, ...this.#planEntries()]);
  }

  #planEntries(): readonly Entry[] {
    if (this.#plan === undefined) return [];
    const { planId, commit, digest, steps, state, reason, begun } = this.#plan;
    const start: Entry = { type: 'begin', planId, commit, digest, steps };
    const step: readonly Entry[] = begun === 0 ? [] : [{ type: 'step', planId, index: begun - 1, action: 'do' }];
    return [start, ...step, { type: 'state', planId, state, reason }];
  }
}
