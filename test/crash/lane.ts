import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import type { NodeView } from '../../src/lab/demo/cluster-view.js';
import type { Outcome } from '../../src/lab/client/operation-log.js';
import type { CommandEnd } from '../../src/lab/estate/estate-program.js';
import { EstateProcess, type ProcessEnd } from '../../src/lab/estate/estate-process.js';
import { systemClock } from '../../src/platform/clock.js';
import { cliFile } from '../cli/cli.js';
import { environment, newRig, type Rig } from '../e2e/rig.js';
import { CrashOrder, type CrashPoint } from './crash-order.js';
import { Traffic, trafficUsers } from './traffic.js';

/** The shortest that SyncPolicy allows. */
const confirmDeadlineSeconds = 10;
const access = 'base/access.yaml';

/** How a process ends that obeys a crash order. */
export const killed: ProcessEnd = { code: null, signal: 'SIGKILL' };

/** An estate of one edge and two cores with users at work, on which one crash after the other is tried. */
export class Lane {
  readonly rig: Rig;
  readonly #traffic: Traffic;
  readonly #apply: EstateProcess;
  readonly #orders = new Map<string, CrashOrder>();
  #flips = 0;

  private constructor(rig: Rig) {
    this.rig = rig;
    this.#traffic = new Traffic(rig.estate);
    const { reconcilerConfig, logs } = rig.estate.paths;
    this.#apply = new EstateProcess({
      name: 'apply',
      command: [process.execPath, cliFile, 'apply', '--config', reconcilerConfig],
      environment,
      logFile: join(logs, 'apply.log'),
      clock: systemClock,
      isReady: () => Promise.resolve(true),
    });
  }

  /** Lays one out and starts its nodes. */
  static async open(directory: string): Promise<Lane> {
    const lane = new Lane(await newRig(directory, { cores: 2, confirmDeadlineSeconds, users: trafficUsers }));
    await lane.rig.estate.startNodes((name) => lane.orderOf(name).environment);
    return lane;
  }

  /** Brings its nodes to a first commit, and its users to work. */
  async begin(): Promise<void> {
    await this.flip();
    await this.applyHead();
    await this.#traffic.start();
  }

  async close(): Promise<void> {
    await this.#traffic.stop();
    await this.#apply.kill();
    await this.rig.estate.stop();
  }

  /** The crash order of a node, or of `apply`. */
  orderOf(process: string): CrashOrder {
    const order = this.#orders.get(process) ?? new CrashOrder(this.rig.estate.paths.directory, process);
    this.#orders.set(process, order);
    return order;
  }

  /** Commits a change that concerns every node. */
  async flip(): Promise<string> {
    const { repository } = this.rig.estate;
    this.#flips += 1;
    const text = await repository.read(access);
    const changed = text
      .replace(/PerPeriod: \d+/, `PerPeriod: ${90 + (this.#flips % 10)}`)
      .replace(/burst: \d+/, `burst: ${15 + (this.#flips % 16)}`);
    return await repository.commit(`Flip ${this.#flips}`, { [access]: changed });
  }

  /** Runs `fairlead apply` under a crash order, and gives the points that it passed. */
  async orderedApply(at?: CrashPoint): Promise<{ readonly end: ProcessEnd; readonly points: readonly CrashPoint[] }> {
    const order = this.orderOf('apply');
    order.give(at);
    const end = await this.#apply.launch(order.environment).ended;
    return { end, points: order.takeBack() };
  }

  /** The points of one apply of a new commit that nothing disturbs. */
  async pointsOfApply(): Promise<readonly CrashPoint[]> {
    await this.flip();
    const { end, points } = await this.orderedApply();
    assert.equal(end.code, 0);
    await this.oneState();
    return points;
  }

  /** Runs `fairlead apply` and gives what it said; whatever is left of earlier crashes, every node runs HEAD then. */
  async applyHead(): Promise<CommandEnd> {
    const end = await this.rig.run('apply');
    assert.equal(end.code, 0, end.stderr);
    const head = await this.rig.estate.repository.head();
    for (const { name, revision } of await this.oneState()) assert.equal(revision, head, name);
    this.#requireClosedJournal();
    return end;
  }

  /** Waits until the nodes have nothing pending, and requires that they run one revision, and the same of it. */
  async oneState(): Promise<readonly NodeView[]> {
    const views = await this.rig.quiet();
    assert.equal(new Set(views.map(({ revision }) => revision)).size, 1, JSON.stringify(views));
    const cores = views.filter(({ name }) => name.startsWith('core'));
    assert.equal(new Set(cores.map(({ digest }) => digest)).size, 1, JSON.stringify(views));
    return views;
  }

  requireGoodAnswers(allowed: readonly Outcome[] = []): void {
    const [first, ...others] = this.#traffic.wrongs(allowed);
    assert.equal(first, undefined, `${JSON.stringify(first)} and ${others.length} more`);
  }

  /** A recovered journal ends with the end of a rollout. */
  #requireClosedJournal(): void {
    const { reconcilerState } = this.rig.estate.paths;
    const text = readFileSync(join(reconcilerState, 'clusters', 'lab', 'journal.jsonl'), 'utf8');
    assert.match(text.trimEnd().split('\n').at(-1) ?? '', /"type":"end"/);
  }
}

/** Lanes for the tests of one file, each used by one test at a time. */
export class Lanes {
  readonly #count: number;
  readonly #all: Lane[] = [];
  readonly #free: Lane[] = [];

  private constructor(count: number) {
    this.#count = count;
  }

  /** Starts them before the tests of a file, and ends them afterwards. */
  static ofFile(count: number): Lanes {
    const lanes = new Lanes(count);
    const directory = mkdtempSync(join(tmpdir(), 'fairlead-crash-'));
    before(() => lanes.#start(directory));
    after(async () => {
      await Promise.all(lanes.#all.map((lane) => lane.close()));
      rmSync(directory, { recursive: true, force: true });
    });
    return lanes;
  }

  async use<T>(task: (lane: Lane) => Promise<T>): Promise<T> {
    const lane = this.#free.pop();
    if (lane === undefined) throw new Error('more tests at once than lanes');
    try {
      return await task(lane);
    } finally {
      this.#free.push(lane);
    }
  }

  async #start(directory: string): Promise<void> {
    // One after the other, so that none chooses a port that another is about to listen on.
    for (let number = 1; number <= this.#count; number += 1) {
      this.#all.push(await Lane.open(join(directory, String(number))));
    }
    await Promise.all(this.#all.map((lane) => lane.begin()));
    this.#free.push(...this.#all);
  }
}
