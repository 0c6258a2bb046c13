import { isRecord } from '../../model/json.js';
import type { NodeRef } from '../../model/plan.js';
import type { CrashHook } from '../crash-hook.js';
import { openJournal } from '../journal.js';
import type { Journal } from '../journal.js';

export type Decision = 'confirm' | 'revert';

/** A step of a rollout; it stands in the journal before it is done. */
export type RolloutEntry =
  | {
      readonly type: 'begin';
      readonly planId: string;
      readonly commit: string;
      readonly nodes: readonly NodeRef[];
      /** Greater than that of every rollout before. */
      readonly order?: number;
    }
  | { readonly type: 'activate'; readonly planId: string; readonly nodes: readonly string[] }
  | {
      readonly type: 'decide';
      readonly planId: string;
      readonly decision: Decision;
      readonly reason: string;
      /** Nodes that are not to hear of it. */
      readonly leftBehind?: readonly string[];
    }
  | { readonly type: 'end'; readonly planId: string; readonly decision: Decision; readonly order?: number };

/** A rollout that began and did not end. */
export interface OpenRollout {
  readonly planId: string;
  readonly commit: string;
  /** Nodes that may have been activated, in the order of activation. */
  readonly touched: readonly NodeRef[];
  /** Without a decision it is to be reverted. */
  readonly decision: Decision | undefined;
  /** Nodes that the decision was made without. */
  readonly leftBehind: readonly string[];
}

const endsKept = 32;
const compactFrom = 256;

function isNodeRef(value: unknown): value is NodeRef {
  return isRecord(value) && typeof value['name'] === 'string' && (value['role'] === 'edge' || value['role'] === 'core');
}

function isDecision(value: unknown): value is Decision {
  return value === 'confirm' || value === 'revert';
}

function namesOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((name) => typeof name === 'string') : [];
}

function readBody(value: Readonly<Record<string, unknown>>, planId: string): RolloutEntry | undefined {
  const { type, commit, nodes, decision, reason, leftBehind } = value;
  const list: readonly unknown[] = Array.isArray(nodes) ? nodes : [];
  const order = typeof value['order'] === 'number' ? { order: value['order'] } : {};
  if (type === 'begin' && typeof commit === 'string' && list.every(isNodeRef)) {
    return { type, planId, commit, nodes: list, ...order };
  }
  if (type === 'activate' && list.every((name) => typeof name === 'string')) return { type, planId, nodes: list };
  if (type === 'decide' && isDecision(decision) && typeof reason === 'string')
    return { type, planId, decision, reason, leftBehind: namesOf(leftBehind) };
  if (type === 'end' && isDecision(decision)) return { type, planId, decision, ...order };
  return undefined;
}

function readEntry(value: unknown): RolloutEntry | undefined {
  return isRecord(value) && typeof value['planId'] === 'string' ? readBody(value, value['planId']) : undefined;
}

function openRolloutOf(entries: readonly RolloutEntry[]): OpenRollout | undefined {
  const from = entries.findLastIndex(({ type }) => type === 'begin');
  const begin = entries[from];
  if (begin?.type !== 'begin') return undefined;
  const touched: NodeRef[] = [];
  let decision: Decision | undefined;
  let leftBehind: readonly string[] = [];
  for (const entry of entries.slice(from + 1)) {
    if (entry.type === 'end') return undefined;
    if (entry.type === 'decide') ({ decision, leftBehind = [] } = entry);
    if (entry.type === 'activate') touched.push(...begin.nodes.filter(({ name }) => entry.nodes.includes(name)));
  }
  return { planId: begin.planId, commit: begin.commit, touched, decision, leftBehind };
}

/** The journal of the rollouts of one cluster: at most one is open at a time. */
export class RolloutJournal {
  readonly #journal: Journal<RolloutEntry>;

  private constructor(journal: Journal<RolloutEntry>) {
    this.#journal = journal;
  }

  /** @throws FairleadError `state.damaged`, `state.storage` */
  static async open(path: string, crash: CrashHook): Promise<RolloutJournal> {
    return new RolloutJournal(await openJournal(path, readEntry, { name: 'journal', crash }));
  }

  /** The rollout that a crash interrupted, if there is one. */
  open(): OpenRollout | undefined {
    return openRolloutOf(this.#journal.entries());
  }

  /** What was decided about one of the last plans. */
  decisionOf(planId: string): Decision | undefined {
    const end = this.#journal.entries().findLast((entry) => entry.type === 'end' && entry.planId === planId);
    return end?.type === 'end' ? end.decision : undefined;
  }

  /** Order of the next rollout: the time, or more when a rollout before it, or a node, has had that. */
  nextOrder(nowMs: number, knownOrder: number): number {
    return Math.max(Math.trunc(nowMs), this.#lastOrder() + 1, knownOrder + 1);
  }

  write(entry: RolloutEntry): Promise<void> {
    return this.#journal.append(entry);
  }

  async end(planId: string, decision: Decision): Promise<void> {
    await this.#journal.append({ type: 'end', planId, decision, order: this.#lastOrder() });
    const entries = this.#journal.entries();
    if (entries.length < compactFrom) return;
    await this.#journal.rewrite(entries.filter(({ type }) => type === 'end').slice(-endsKept));
  }

  #lastOrder(): number {
    return this.#journal
      .entries()
      .reduce((last, entry) => Math.max(last, 'order' in entry ? (entry.order ?? 0) : 0), 0);
  }

  close(): Promise<void> {
    return this.#journal.close();
  }
}
