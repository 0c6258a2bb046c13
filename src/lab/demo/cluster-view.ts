import { adminPaths } from '../../admin/contract.js';
import { isRecord } from '../../model/json.js';
import type { Estate } from '../estate/estate.js';
import type { NodeAdmin } from '../estate/node-admin.js';

/** What a node says of its configuration. */
export interface NodeView {
  readonly name: string;
  /** The commit it runs. */
  readonly revision: string;
  readonly digest: string;
  /** A plan waits for its confirmation. */
  readonly isPending: boolean;
  readonly ready: boolean;
}

function viewOf(name: string, body: unknown): NodeView | undefined {
  if (!isRecord(body)) return undefined;
  const { revision, digest, pending, ready } = body;
  if (typeof revision !== 'string' || typeof digest !== 'string') return undefined;
  return { name, revision, digest, isPending: pending !== undefined, ready: ready === true };
}

/** The nodes of an estate as an operator sees them over their admin interfaces. */
export class ClusterView {
  readonly #admins = new Map<string, NodeAdmin>();

  constructor(private readonly estate: Estate) {}

  async admin(name: string): Promise<NodeAdmin> {
    const known = this.#admins.get(name) ?? (await this.estate.admin(name));
    this.#admins.set(name, known);
    return known;
  }

  /** One node; undefined while it does not answer. */
  async node(name: string): Promise<NodeView | undefined> {
    const admin = await this.admin(name);
    const answer = await admin.get(adminPaths.status).catch(() => undefined);
    return answer === undefined ? undefined : viewOf(name, answer.body);
  }

  /** All nodes; undefined while one does not answer. */
  async all(): Promise<readonly NodeView[] | undefined> {
    const views = await Promise.all(this.estate.nodes.map(({ name }) => this.node(name)));
    const answered = views.flatMap((view) => (view === undefined ? [] : [view]));
    return answered.length === views.length ? answered : undefined;
  }

  /** All nodes, when every one of them serves and nothing is pending. */
  async settled(): Promise<readonly NodeView[] | undefined> {
    const views = await this.all();
    return views?.every(({ isPending, ready }) => ready && !isPending) === true ? views : undefined;
  }
}

/** Names and revisions of nodes in one line. */
export function describedNodes(nodes: readonly NodeView[]): string {
  return nodes.map(({ name, revision }) => `${name} runs ${revision.slice(0, 7)}`).join(', ');
}
