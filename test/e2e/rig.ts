import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { ClusterView, type NodeView } from '../../src/lab/demo/cluster-view.js';
import { eventually } from '../../src/lab/demo/expect.js';
import { type Estate, type EstateOptions, newEstate } from '../../src/lab/estate/estate.js';
import type { CommandEnd } from '../../src/lab/estate/estate-program.js';
import type { ProcessEnvironment } from '../../src/lab/estate/estate-process.js';
import { systemClock } from '../../src/platform/clock.js';
import { ReconcilerApi, type SeenCluster } from './reconciler-api.js';

export type RigOptions = Partial<Omit<EstateOptions, 'directory' | 'environment' | 'clock'>>;

/** What the processes of an estate get of the environment of the tests: no token, no home, no Git configuration. */
export const environment: ProcessEnvironment = {
  PATH: process.env['PATH'],
  LC_ALL: 'C.UTF-8',
  HOME: '/dev/null',
};

const patienceSeconds = 30;

/** Asks until there is an answer, for at most 30 s. */
export async function until<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  return await eventually(systemClock, what, patienceSeconds, ask);
}

function isEnded(seen: SeenCluster | undefined, commit: string, states: readonly string[]): boolean {
  return seen?.outcome?.commit === commit && states.includes(seen.outcome.state);
}

/** A running estate, and what a test sees of it from outside: admin interfaces, command line, the reconciler's own interface. */
export class Rig {
  readonly estate: Estate;
  readonly cluster: ClusterView;
  readonly reconciler: ReconcilerApi;

  constructor(estate: Estate) {
    this.estate = estate;
    this.cluster = new ClusterView(estate);
    this.reconciler = new ReconcilerApi(estate);
  }

  /** Runs a command of the command line with the configuration of the estate's reconciler. */
  async run(command: string, ...args: readonly string[]): Promise<CommandEnd> {
    return await this.estate.run([command, ...args, '--config', this.estate.paths.reconcilerConfig]);
  }

  /** Brings the nodes to HEAD with one `fairlead apply`. */
  async applyHead(): Promise<void> {
    const { code, stderr } = await this.run('apply');
    assert.equal(code, 0, stderr);
  }

  /** Starts the reconciler and waits until the nodes run HEAD. */
  async startReconciler(): Promise<SeenCluster> {
    await this.estate.reconciler.start();
    return await this.inForce(await this.estate.repository.head());
  }

  /** Tells the reconciler of a push, and waits until a pass over a commit ended in a state other than success. */
  async pushed(commit: string, state: 'rolled-back' | 'blocked' | 'invalid' | 'error'): Promise<SeenCluster> {
    await this.reconciler.push();
    return await this.#ended(commit, state);
  }

  /** Tells the reconciler of a push, and waits until every node runs a commit. */
  async pushedInForce(commit: string): Promise<SeenCluster> {
    await this.reconciler.push();
    return await this.inForce(commit);
  }

  /** Tells the reconciler of a push although Git did not move, and waits until it has looked. */
  async pushedAgain(): Promise<SeenCluster> {
    const before = await this.reconciler.cluster();
    await this.reconciler.push();
    return await until('another pass', async () => {
      const seen = await this.reconciler.cluster();
      return seen?.outcome !== undefined && seen.outcome.at !== before?.outcome?.at ? seen : undefined;
    });
  }

  async #ended(commit: string, ...states: readonly string[]): Promise<SeenCluster> {
    let last: SeenCluster | undefined;
    try {
      return await until(`${states.join(' or ')} for ${commit.slice(0, 7)}`, async () => {
        last = await this.reconciler.cluster();
        return isEnded(last, commit, states) ? last : undefined;
      });
    } catch (error) {
      throw new Error(`the reconciler told ${JSON.stringify(last, null, 2)}`, { cause: error });
    }
  }

  /** Waits until the reconciler has brought every node to a commit, or found it there. */
  async inForce(commit: string): Promise<SeenCluster> {
    return await this.#ended(commit, 'applied', 'nothing');
  }

  /** The reconciler, once nothing but its timer or a webhook can make it look. */
  async idle(): Promise<SeenCluster> {
    return await until('the reconciler is idle', async () => {
      const seen = await this.reconciler.cluster();
      return seen?.isIdle === true ? seen : undefined;
    });
  }

  /** All nodes, once they answer and none of them waits for a confirmation. */
  async quiet(): Promise<readonly NodeView[]> {
    return await until('nothing is pending', async () => {
      const views = await this.cluster.all();
      return views?.every(({ isPending, ready }) => !isPending && ready) === true ? views : undefined;
    });
  }
}

/** An estate whose nodes run and which is ready before the tests of a file, and which is gone after them. */
export function rigOfFile(ready: (rig: Rig) => Promise<unknown>, options: RigOptions = {}): () => Rig {
  let rig: Rig | undefined;
  const directory = mkdtempSync(join(tmpdir(), 'fairlead-e2e-'));
  before(async () => {
    rig = await newRig(directory, options);
    await rig.estate.startNodes();
    await ready(rig);
  });
  after(async () => {
    await rig?.estate.stop();
    rmSync(directory, { recursive: true, force: true });
  });
  return () => {
    if (rig === undefined) throw new Error('the estate does not run');
    return rig;
  };
}

/** An estate that is laid out and not started. */
export async function newRig(directory: string, options: RigOptions = {}): Promise<Rig> {
  return new Rig(await newEstate({ directory, environment, clock: systemClock, ...options }));
}
