import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type LogLevel, newLog } from '../../../src/platform/log.js';
import { newMeter } from '../../../src/platform/meter.js';
import { Semaphore } from '../../../src/platform/semaphore.js';
import { parseReconcilerConfig } from '../../../src/reconciler/config.js';
import { noCrash } from '../../../src/reconciler/crash-hook.js';
import type { EndedPass } from '../../../src/reconciler/loop/loop-listener.js';
import { ReconcileLoop } from '../../../src/reconciler/loop/loop.js';
import { openGitSource } from '../../../src/reconciler/source/git-source.js';
import { newSecretResolver } from '../../../src/reconciler/source/secrets.js';
import type { Source } from '../../../src/reconciler/source/source.js';
import { loopLog, tellAll } from '../../../src/reconciler/status/loop-log.js';
import { loopMetrics } from '../../../src/reconciler/status/loop-metrics.js';
import { StatusBoard } from '../../../src/reconciler/status/status-board.js';
import type { ClusterStatus, ReconcilerStatus } from '../../../src/reconciler/status/status.js';
import { applyToken, LabNode, type LabTls, newLabTls } from '../lab-nodes.js';
import { SleepClock } from '../sleep-clock.js';
import { GitRepository } from '../source/git-repository.js';

/** Text of the documents of one cluster, as JSON (which is YAML). */
function documents(...all: readonly unknown[]): string {
  return all.map((one) => `---\n${JSON.stringify(one, null, 2)}\n`).join('');
}

function document(kind: string, name: string, spec: unknown): unknown {
  return { apiVersion: 'fairlead.dev/v1', kind, metadata: { name }, spec };
}

interface Running {
  readonly loop: ReconcileLoop;
  readonly source: Source;
  readonly board: StatusBoard;
  readonly expose: () => Promise<string>;
}

export const tolerant = { unreachableNodesTolerated: 1 };

/** A real repository, two real nodes and the loop between them, on a clock that only a test moves. */
export class LoopRig {
  readonly clock = new SleepClock();
  readonly repository: GitRepository;
  readonly edge: LabNode;
  readonly core: LabNode;
  /** Every pass of any cluster that ended, oldest first. */
  readonly passes: { readonly cluster: string; readonly pass: EndedPass }[] = [];
  readings = 0;
  readonly #tls: LabTls;
  readonly #directory: string;
  #running: Running | undefined;

  constructor(tls: LabTls) {
    this.#tls = tls;
    this.#directory = mkdtempSync(join(tls.directory, 'loop-'));
    this.repository = new GitRepository(join(this.#directory, 'repository'));
    this.edge = new LabNode({ name: 'edge-1', role: 'edge' }, { tls, clock: this.clock, peers: () => [this.core] });
    this.core = new LabNode({ name: 'core-1', role: 'core' }, { tls, clock: this.clock, peers: () => [this.edge] });
  }

  get status(): ReconcilerStatus {
    return this.#running!.board.status();
  }

  get lab(): ClusterStatus | undefined {
    return this.status.clusters.find(({ cluster }) => cluster === 'lab');
  }

  metrics(): Promise<string> {
    return this.#running!.expose();
  }

  async startNodes(): Promise<void> {
    await Promise.all([this.edge.start(), this.core.start()]);
  }

  /** Commits a cluster whose nodes serve some domains. */
  push(domain: string, policy: unknown = {}, cluster = 'lab'): string {
    const admin = (node: LabNode) => ({
      name: node.ref.name,
      admin: { url: node.url, tokenRef: { env: 'FAIRLEAD_SECRET_NODES' }, ca: this.#tls.ca },
    });
    const text = documents(
      document('Cluster', cluster, { edges: [admin(this.edge)], cores: [admin(this.core)] }),
      document('SyncPolicy', 'default', policy),
      document('Domain', domain, {}),
    );
    return this.repository.commit(`Serve ${domain}`, { [`${cluster}/cluster.yaml`]: text });
  }

  /** Starts the loop; a second time it is a restart on the same state. */
  async start(level: LogLevel = 'silent'): Promise<void> {
    const text = JSON.stringify({ source: { url: this.repository.directory }, stateDir: 'state' });
    const { source: sourceConfig, stateDir } = parseReconcilerConfig(text, join(this.#directory, 'fairlead.yaml'));
    const log = newLog(level, {});
    const source = await openGitSource({ source: sourceConfig, stateDir, clock: this.clock, log });
    const environment = { FAIRLEAD_SECRET_NODES: applyToken };
    const board = new StatusBoard(this.clock);
    const meter = newMeter();
    const loop = new ReconcileLoop({
      ...{ stateDir, source, clock: this.clock, log, crash: noCrash, permits: new Semaphore(4) },
      resolve: newSecretResolver({ stateDir, environment, log, unresolved: 'refuse' }),
      listener: tellAll([board, loopLog(log), loopMetrics(meter, board), this.#notes()]),
    });
    this.#running = { loop, source, board, expose: () => meter.expose() };
    loop.start();
  }

  hint(): void {
    this.#running!.loop.hint();
  }

  async stop(): Promise<void> {
    await this.#running?.loop.stop();
    await this.#running?.source.close();
    this.#running = undefined;
  }

  async close(): Promise<void> {
    await this.stop();
    await Promise.all([this.edge.stop(), this.core.stop()]);
  }

  /** The domains that edge-1 and core-1 serve. */
  serving(): string {
    return `${this.edge.part.domains} ${this.core.part.domains}`;
  }

  /** Waits until a pass over the cluster `lab` ends with a state, after those that a test has seen before. */
  async ended(state: string): Promise<EndedPass> {
    for (;;) {
      const found = this.passes.findIndex(({ cluster, pass }) => cluster === 'lab' && pass.outcome.state === state);
      if (found >= 0) return this.passes.splice(0, found + 1).at(-1)!.pass;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Waits until nothing goes on: every worker waits for time or an event. */
  async quiet(): Promise<void> {
    while (this.status.clusters.some(({ isPassing }) => isPassing))
      await new Promise((resolve) => setImmediate(resolve));
  }

  #notes(): ConstructorParameters<typeof ReconcileLoop>[0]['listener'] {
    return {
      onReading: () => {
        this.readings += 1;
      },
      onReadingFailed: () => undefined,
      onPassBegun: () => undefined,
      onPassEnded: (cluster, pass) => {
        this.passes.push({ cluster, pass });
      },
      onNodeEvent: () => undefined,
      onClusterGone: () => undefined,
    };
  }
}

/** Registers tests in which `one.example` is declared and applied when their body begins. */
export function loopTests(): (name: string, body: (rig: LoopRig) => Promise<void>, policy?: unknown) => void {
  let tls: LabTls;
  before(async () => {
    tls = await newLabTls();
  });
  after(() => tls.remove());
  return (name, body, policy = {}) => {
    test(name, async () => {
      const rig = new LoopRig(tls);
      try {
        await rig.startNodes();
        rig.push('one.example', policy);
        await rig.start();
        await rig.ended('applied');
        await rig.quiet();
        await body(rig);
      } finally {
        await rig.close();
      }
    });
  };
}

/** Lets everything that needs no time go on until a condition holds. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
