import { createHmac, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Estate } from '../../src/lab/estate/estate.js';
import { isRecord } from '../../src/model/json.js';

interface SeenOutcome {
  readonly state: string;
  readonly commit: string;
  readonly at: string;
  readonly code: string;
  readonly message: string;
  readonly details: readonly string[];
  readonly kept: string;
}

/** What the status of the reconciler says of the estate's cluster, read as an outsider would. */
export interface SeenCluster {
  readonly outcome: SeenOutcome | undefined;
  /** The commit that was confirmed last. */
  readonly lastGood: string;
  readonly nodes: readonly { readonly name: string; readonly reachable: boolean; readonly revision: string }[];
  readonly drift: readonly string[];
  readonly problems: readonly string[];
  readonly blockers: readonly string[];
  /** Newest first, as `type: message`. */
  readonly events: readonly string[];
  /** It watches every node, and has looked at the cluster since a node said something; it waits for its timer now. */
  readonly isIdle: boolean;
}

type Fields = Readonly<Record<string, unknown>>;

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function fieldsOf(value: unknown): Fields {
  return isRecord(value) ? value : {};
}

function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function outcomeOf(value: unknown): SeenOutcome | undefined {
  if (!isRecord(value)) return undefined;
  const { state, commit, at, reason, kept } = value;
  const { code, message, details } = fieldsOf(reason);
  return {
    state: textOf(state),
    commit: textOf(commit),
    at: textOf(at),
    code: textOf(code),
    message: textOf(message),
    details: listOf(details).map((one) => `${textOf(one['place'])}: ${textOf(one['message'])}`),
    kept: textOf(kept),
  };
}

function isIdle({ isPassing, outcome, nodes, events }: Fields): boolean {
  const told = listOf(events).filter(({ type }) => type === 'node');
  const isWatched = ({ name }: Fields) => told.some(({ message }) => message === `${textOf(name)}: watching`);
  const hasLooked = textOf(fieldsOf(outcome)['at']) >= textOf(told[0]?.['time']);
  return isPassing === false && hasLooked && listOf(nodes).length > 0 && listOf(nodes).every(isWatched);
}

function clusterOf(cluster: Fields): SeenCluster {
  const nodes = listOf(cluster['nodes']);
  return {
    isIdle: isIdle(cluster),
    outcome: outcomeOf(cluster['outcome']),
    lastGood: textOf(fieldsOf(cluster['lastGood'])['id']),
    nodes: nodes.map(({ name, reachable, revision }) => ({
      name: textOf(name),
      reachable: reachable === true,
      revision: textOf(revision),
    })),
    drift: listOf(cluster['drift']).map(
      ({ node, key, isCorrected, edit }) =>
        `${textOf(key)} on ${textOf(node)} by ${textOf(fieldsOf(edit)['actor'])}, ${isCorrected === true ? 'corrected' : 'reported'}`,
    ),
    problems: listOf(cluster['problems']).map(
      ({ file, line, column, message }) => `${textOf(file)}:${String(line)}:${String(column)}: ${textOf(message)}`,
    ),
    blockers: listOf(cluster['blockers']).map(({ code, message }) => `${textOf(code)}: ${textOf(message)}`),
    events: listOf(cluster['events']).map(({ type, message }) => `${textOf(type)}: ${textOf(message)}`),
  };
}

/** The reconciler's own interface over HTTP. */
export class ReconcilerApi {
  readonly #estate: Estate;

  constructor(estate: Estate) {
    this.#estate = estate;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#estate.layout.reconcilerPort}`;
  }

  /** An answer of its read interface, with its token. */
  async get(path: string): Promise<Response> {
    const token = (await readFile(this.#estate.paths.reconcilerToken, 'utf8')).trim();
    return await fetch(`${this.origin}${path}`, { headers: { authorization: `Bearer ${token}` } });
  }

  /** The estate's cluster; undefined while nothing is known of it. */
  async cluster(): Promise<SeenCluster | undefined> {
    const answer = await this.get('/v1/status').catch(() => undefined);
    if (answer?.ok !== true) return undefined;
    const body: unknown = await answer.json();
    const [cluster] = listOf(fieldsOf(body)['clusters']);
    return cluster && clusterOf(cluster);
  }

  /** Says that something was pushed, as a Git server does; signed with the right secret unless it is given another one. */
  async push(secret?: string): Promise<Response> {
    const key = secret ?? (await readFile(this.#estate.paths.webhookSecret, 'utf8')).trim();
    const body = JSON.stringify({ ref: 'refs/heads/main' });
    const headers = {
      'content-type': 'application/json',
      'x-github-delivery': randomUUID(),
      'x-hub-signature-256': `sha256=${createHmac('sha256', key).update(body).digest('hex')}`,
    };
    return await fetch(`${this.origin}/webhook`, { method: 'POST', headers, body });
  }
}
