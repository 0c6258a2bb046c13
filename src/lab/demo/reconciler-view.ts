import { createHmac, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { FairleadError } from '../../errors.js';
import { isRecord } from '../../model/json.js';
import type { Estate } from '../estate/estate.js';

/** What the reconciler says of the estate's cluster, as far as the story needs it. */
export interface ClusterReport {
  /** How the last pass over a commit ended. */
  readonly state: string;
  readonly commit: string;
  readonly code: string;
  readonly reason: string;
  readonly problems: readonly string[];
  /** Newest first. */
  readonly events: readonly { readonly type: string; readonly message: string }[];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function listOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}

function problemLine(problem: Readonly<Record<string, unknown>>): string {
  const { file, line, column, message, mend } = problem;
  return `${textOf(file)}:${String(line)}:${String(column)}: ${textOf(message)} ${textOf(mend)}`;
}

function reportOf(cluster: Readonly<Record<string, unknown>>): ClusterReport {
  const outcome = recordOf(cluster['outcome']);
  const reason = recordOf(outcome['reason']);
  return {
    state: textOf(outcome['state']),
    commit: textOf(outcome['commit']),
    code: textOf(reason['code']),
    reason: textOf(reason['message']),
    problems: listOf(cluster['problems']).map(problemLine),
    events: listOf(cluster['events']).map(({ type, message }) => ({ type: textOf(type), message: textOf(message) })),
  };
}

/** The reconciler's own interface: its status, and the webhook that a Git server would call. */
export class ReconcilerView {
  readonly #estate: Estate;

  constructor(estate: Estate) {
    this.#estate = estate;
  }

  get #origin(): string {
    return `http://127.0.0.1:${this.#estate.layout.reconcilerPort}`;
  }

  /** The report of the estate's cluster; undefined while there is none. */
  async report(): Promise<ClusterReport | undefined> {
    const token = (await readFile(this.#estate.paths.reconcilerToken, 'utf8')).trim();
    const headers = { authorization: `Bearer ${token}` };
    const answer = await fetch(`${this.#origin}/v1/status`, { headers }).catch(() => undefined);
    if (answer?.ok !== true) return undefined;
    const body: unknown = await answer.json();
    const [cluster] = listOf(recordOf(body)['clusters']);
    return cluster === undefined ? undefined : reportOf(cluster);
  }

  /**
   * Tells the reconciler that something was pushed, signed as Git servers do.
   * @throws FairleadError `lab.unexpected` unless it is taken.
   */
  async push(): Promise<void> {
    const secret = (await readFile(this.#estate.paths.webhookSecret, 'utf8')).trim();
    const body = JSON.stringify({ ref: 'refs/heads/main' });
    const signature = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
    const headers = {
      'content-type': 'application/json',
      'x-hub-signature-256': signature,
      'x-github-delivery': randomUUID(),
    };
    const answer = await fetch(`${this.#origin}/webhook`, { method: 'POST', headers, body });
    if (answer.status !== 202) throw new FairleadError('lab.unexpected', `the webhook answered ${answer.status}`);
  }
}
