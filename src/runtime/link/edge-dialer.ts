import { asFairleadError } from '../../errors.js';
import { backoffDelayMs } from '../../platform/backoff.js';
import type { Log } from '../../platform/log.js';
import { type EdgeDial, dialEdge } from './edge-dial.js';
import type { LinkBoard } from './link-board.js';
import type { Link } from './link.js';

export type EdgeDialerOptions = Omit<EdgeDial, 'listener'> & {
  readonly board: LinkBoard;
  readonly log: Log;
  readonly onChannel: EdgeDial['listener']['onChannel'];
};

/** Keeps a link to one edge: dials, and dials again with growing pauses whenever the link is gone. */
export class EdgeDialer {
  readonly #options: EdgeDialerOptions;
  readonly #stopping = new AbortController();
  readonly #links = new Set<Link>();
  #running: Promise<void> | undefined;
  #failures = 0;

  constructor(options: EdgeDialerOptions) {
    this.#options = options;
  }

  /** The link that serves now. */
  get link(): Link | undefined {
    return [...this.#links].find(({ isOpen }) => isOpen);
  }

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error('this node stops'));
    await Promise.all([...this.#links].map((link) => link.leave('the core stops')));
    await this.#running;
  }

  async #run(): Promise<void> {
    const { clock, limits } = this.#options.node;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const reason = await this.#serve(signal);
      this.#report(reason);
      this.#failures += 1;
      await clock.sleep(backoffDelayMs(this.#failures, limits.redial), signal).catch(() => undefined);
    }
  }

  /** One link from dialling to its end, or to the word that it ends soon; gives the reason. */
  async #serve(signal: AbortSignal): Promise<string> {
    const { edge, board, log, node, onChannel } = this.#options;
    let onLeaving: (reason: string) => void = () => undefined;
    const leaving = new Promise<string>((resolve) => {
      onLeaving = resolve;
    });
    const onViolation = (what: string) => log.warn({ edge: edge.name, what }, 'edge broke the rules of the link');
    try {
      const link = await dialEdge({ ...this.#options, listener: { onChannel, onLeaving, onViolation } }, signal);
      this.#links.add(link);
      const gone = link.closed.finally(() => this.#links.delete(link));
      const sinceMs = node.clock.monotonicMs();
      log.info({ edge: edge.name }, 'link up');
      board.set(edge.name, 'up');
      const reason = await Promise.race([gone, leaving]);
      if (node.clock.monotonicMs() - sinceMs >= node.limits.stableMs) this.#failures = 0;
      return reason;
    } catch (error) {
      return asFairleadError(error).message;
    }
  }

  #report(reason: string): void {
    const { board, edge, log } = this.#options;
    const fields = { edge: edge.name, reason };
    const known = board.status().find(({ peer }) => peer === edge.name);
    if (known?.reason !== reason) log.warn(fields, 'link down');
    board.set(edge.name, 'down', reason);
  }
}
