import type { Clock } from '../../platform/clock.js';
import type { Log } from '../../platform/log.js';
import type { DrainPort } from '../maintenance/drain-port.js';
import type { Dialog } from './dialog/dialog.js';
import type { DialogTable } from './dialog/dialog-table.js';
import type { Hop } from './hop.js';
import type { Registrations } from './registration/registrations.js';
import type { SipListener } from './transport/sip-listener.js';

export interface SipDrainParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly drain: DrainPort;
  readonly registrations: Registrations;
  /** Those that close when nothing is left to serve. */
  readonly listeners: readonly SipListener[];
  calls(): DialogTable;
  /** The client's flow behind a hop; undefined when it leads to no client. */
  flowOf(hop: Hop): string | undefined;
  hangUp(dialog: Dialog, reason: string): void;
  /** Closes every flow of a client that is left. */
  closeFlows(reason: string): void;
}

const maintenanceMode = 'Maintenance Mode';
const goodbye = `SIP;cause=503;text="${maintenanceMode}"`;
/** How long the parties of ended calls have to hear of it before their connections close. */
const farewellMs = 2000;

/**
 * Takes SIP out of service as maintenance mode goes on: calls of endpoints that cannot stay end at its beginning, the ports
 * close when no registration and no call is left, and what outlasts the deadline is ended. Its end opens the ports again.
 */
export class SipDrain {
  readonly #parts: SipDrainParts;
  #isClosed = false;
  #isStopped = false;
  #opening: Promise<void> = Promise.resolve();

  constructor(parts: SipDrainParts) {
    this.#parts = parts;
    parts.drain.onChange((draining) => {
      if (draining) this.#endExcluded();
      this.look();
    });
    parts.drain.onDeadline(() => this.#endAll());
  }

  /** Whether the ports are closed because nothing is left to serve. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Calls that end when maintenance mode begins. */
  excludedCalls(): number {
    return this.#excluded().length;
  }

  /** Closes or opens the ports if it is time to; to be called again and again, from when they are open. */
  look(): void {
    if (this.#isStopped) return;
    if (!this.#parts.drain.isDraining()) this.#open();
    else if (!this.#isClosed && this.#isIdle()) this.#close();
  }

  /** To be waited for before the ports are closed for good. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#opening;
  }

  #isIdle(): boolean {
    const { settingUp, confirmed } = this.#parts.calls().stats();
    return settingUp + confirmed === 0 && this.#parts.registrations.counts().current === 0;
  }

  #close(): void {
    this.#isClosed = true;
    this.#parts.log.info({}, 'the last SIP session ended in maintenance mode; the ports are closed');
    for (const listener of this.#parts.listeners) listener.stopAccepting();
    this.#parts.closeFlows(maintenanceMode);
  }

  #open(): void {
    if (!this.#isClosed) return;
    this.#isClosed = false;
    const { listeners, log } = this.#parts;
    const opened = Promise.all(listeners.map((listener) => listener.resume()));
    this.#opening = opened.then(
      () => log.info({}, 'SIP is served again'),
      (error: unknown) => {
        log.error({ err: error }, 'a SIP port cannot be opened again; it is tried further');
        this.#isClosed = true;
      },
    );
  }

  #excluded(): readonly Dialog[] {
    const calls = this.#parts.calls();
    if (calls.size === 0) return [];
    return [...calls.dialogs()].filter(
      ({ caller, callee }) => this.#isExcluded(caller.hop) || this.#isExcluded(callee.hop),
    );
  }

  #isExcluded(hop: Hop): boolean {
    const flow = this.#parts.flowOf(hop);
    return flow !== undefined && this.#parts.registrations.onFlow(flow).some((device) => device.endsInMaintenance);
  }

  #endExcluded(): void {
    const excluded = this.#excluded();
    if (excluded.length === 0) return;
    this.#parts.log.warn(
      { calls: excluded.length },
      'calls of endpoints that cannot stay in maintenance mode are ended',
    );
    this.#end(excluded);
  }

  #endAll(): void {
    this.#end([...this.#parts.calls().dialogs()]);
    const { clock, drain } = this.#parts;
    const closeFlows = () => {
      if (!this.#isStopped && drain.isDraining()) this.#parts.closeFlows(maintenanceMode);
    };
    clock.after(farewellMs, closeFlows, { idle: true });
  }

  #end(calls: readonly Dialog[]): void {
    for (const dialog of calls) {
      this.#parts.hangUp(dialog, goodbye);
      this.#parts.calls().drop(dialog);
    }
  }
}
