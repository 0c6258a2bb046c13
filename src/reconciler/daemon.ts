import { FileReload } from '../platform/file-reload.js';
import { newMeter } from '../platform/meter.js';
import { Semaphore } from '../platform/semaphore.js';
import type { ReconcilerConfig } from './config.js';
import { noCrash } from './crash-hook.js';
import { ReconcileLoop } from './loop/loop.js';
import { openSource, secretResolverOf, type ReconcilerDeps } from './reconciler-deps.js';
import { ReconcilerServer } from './server/reconciler-server.js';
import type { Source } from './source/source.js';
import { lockState, type StateLock } from './state-lock.js';
import { loopLog, tellAll } from './status/loop-log.js';
import { loopMetrics } from './status/loop-metrics.js';
import { StatusBoard } from './status/status-board.js';

export interface RunningReconciler {
  /** Where it listens; undefined when the configuration has no server. */
  readonly port: number | undefined;
  /** Reads certificate and secrets of the server again; what cannot be used is told in the log, and the old ones stay in use. */
  reload(): Promise<void>;
  /** Lets every apply that runs end safely, and frees everything. */
  stop(): Promise<void>;
}

/** So many clusters pass at the same time; each waits for its nodes most of the time. */
const passesAtATime = 16;

interface Opened {
  readonly lock: StateLock;
  readonly source: Source;
}

async function open(config: ReconcilerConfig, deps: ReconcilerDeps): Promise<Opened> {
  const lock = await lockState(config.stateDir);
  try {
    return { lock, source: await openSource(config, '.', deps) };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function close({ lock, source }: Opened): Promise<void> {
  await source.close();
  await lock.release();
}

/**
 * Starts the daemon: every cluster of the source is kept as it is declared until `stop`.
 * @throws FairleadError `state.locked`, `state.storage`, `node.config`
 */
export async function startReconciler(config: ReconcilerConfig, deps: ReconcilerDeps): Promise<RunningReconciler> {
  const { clock, log, crash = noCrash } = deps;
  const opened = await open(config, deps);
  const board = new StatusBoard(clock);
  const meter = newMeter();
  const loop = new ReconcileLoop({
    ...{ stateDir: config.stateDir, source: opened.source, resolve: secretResolverOf(config, 'refuse', deps) },
    ...{ clock, log, crash, permits: new Semaphore(passesAtATime) },
    listener: tellAll([board, loopLog(log), loopMetrics(meter, board)]),
  });
  const backend = {
    status: () => board.status(),
    isReady: () => board.isReady(),
    metrics: () => meter.expose(),
    hint: () => loop.hint(),
  };
  try {
    const server = config.server && (await ReconcilerServer.start(config.server, backend, log));
    const files = new FileReload(server?.files ?? [], clock, log);
    await files.start();
    loop.start();
    const stop = async () => {
      await files.stop();
      await server?.stop();
      await loop.stop();
      await close(opened);
    };
    return { port: server?.port, reload: () => files.reload(), stop };
  } catch (error) {
    await close(opened);
    throw error;
  }
}
