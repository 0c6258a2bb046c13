import type { Clock } from '../../../platform/clock.js';
import { LatencyHistogram, type LatencySummary } from '../../load/latency-histogram.js';
import type { FlowTarget, FlowTrust } from '../flow/connect-flow.js';
import { LoadConnection } from './load-connection.js';
import type { RegisterTemplate } from './register-template.js';

export interface SipLoadOptions {
  readonly target: FlowTarget;
  readonly trust?: FlowTrust;
  readonly connections: number;
  /** Different devices over all connections; as many as connections unless it says otherwise. */
  readonly devices?: number;
  readonly template: RegisterTemplate;
  /** REGISTERs sent per second, whatever comes back; each is timed from when it was due. */
  readonly perSecond: number;
  readonly requests: number;
  /** An answer that takes longer is a failure. */
  readonly timeoutMs?: number;
  readonly connectTimeoutMs?: number;
  /** Between the last connection and the first request. */
  readonly onConnected?: () => Promise<void>;
  readonly clock: Clock;
}

export interface SipLoadReport {
  readonly sent: number;
  readonly answered: number;
  readonly failed: number;
  /** How often each kind of failure happened. */
  readonly failures: ReadonlyMap<string, number>;
  readonly elapsedMs: number;
  /** Answered, per second. */
  readonly perSecond: number;
  /** Of the answered ones. */
  readonly latency: LatencySummary;
}

const tickMs = 2;
const connectsAtOnce = 50;

/** What became of the requests so far. */
class LoadTally {
  readonly histogram = new LatencyHistogram();
  readonly failures = new Map<string, number>();
  answered = 0;
  failed = 0;

  succeed(tookMs: number): void {
    this.answered += 1;
    this.histogram.add(tookMs);
  }

  fail(reason: string): void {
    this.failed += 1;
    this.failures.set(reason, (this.failures.get(reason) ?? 0) + 1);
  }
}

async function openAll(options: SipLoadOptions, tally: LoadTally): Promise<readonly LoadConnection[]> {
  const { target, trust, connections, clock, connectTimeoutMs: timeoutMs = 10_000 } = options;
  const opened: LoadConnection[] = [];
  while (opened.length < connections) {
    const count = Math.min(connectsAtOnce, connections - opened.length);
    const open = () =>
      LoadConnection.open({ target, ...(trust === undefined ? {} : { trust }), timeoutMs, clock }, tally);
    opened.push(...(await Promise.all(Array.from({ length: count }, open))));
  }
  return opened;
}

/**
 * Sends REGISTERs at a fixed rate over connections that are opened before, and checks every answer.
 * @throws FairleadError `lab.unexpected` when a connection does not open.
 */
export async function runSipLoad(options: SipLoadOptions): Promise<SipLoadReport> {
  const tally = new LoadTally();
  const connections = await openAll(options, tally);
  await options.onConnected?.();
  const startMs = options.clock.monotonicMs();
  try {
    await sendAll(options, connections, startMs);
    await settle(options, connections);
  } finally {
    for (const connection of connections) connection.close();
  }
  const { answered, failed, failures, histogram } = tally;
  const elapsedMs = options.clock.monotonicMs() - startMs;
  const perSecond = (answered * 1000) / Math.max(elapsedMs, 1);
  return { sent: options.requests, answered, failed, failures, elapsedMs, perSecond, latency: histogram.summary() };
}

async function sendAll(
  { clock, template, requests, perSecond, devices: wanted }: SipLoadOptions,
  connections: readonly LoadConnection[],
  startMs: number,
): Promise<void> {
  const devices = Math.max(wanted ?? connections.length, 1);
  for (let sent = 0; sent < requests; ) {
    const due = Math.min(requests, Math.floor(((clock.monotonicMs() - startMs) * perSecond) / 1000) + 1);
    const touched = new Set<LoadConnection>();
    for (; sent < due; sent += 1) {
      const device = sent % devices;
      const turn = Math.floor(sent / devices);
      const dueMs = startMs + (sent * 1000) / perSecond;
      const connection = connections[device % connections.length];
      connection?.send(template, device, turn, dueMs);
      if (connection !== undefined) touched.add(connection);
    }
    for (const connection of touched) connection.flush();
    if (sent < requests) await clock.sleep(tickMs);
  }
}

async function settle(
  { clock, timeoutMs = 5000 }: SipLoadOptions,
  connections: readonly LoadConnection[],
): Promise<void> {
  const endMs = clock.monotonicMs() + timeoutMs;
  while (connections.some(({ waiting }) => waiting > 0) && clock.monotonicMs() < endMs) await clock.sleep(tickMs);
  for (const connection of connections) connection.giveUp();
}
