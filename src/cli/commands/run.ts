import { resolve } from 'node:path';
import type { Command } from 'commander';
import { crashHookOf } from '../crash-points.js';
import type { Io } from '../io.js';
import { teach } from '../teaching.js';
import { aborted } from '../interruption.js';

interface RunOptions {
  readonly config: string;
}

async function runDaemon(io: Io, { config: path }: RunOptions): Promise<void> {
  const { newLog } = await import('../../platform/log.js');
  const { readReconcilerConfig } = await import('../../reconciler/config.js');
  const { startReconciler } = await import('../../reconciler/daemon.js');
  const config = await readReconcilerConfig(resolve(io.cwd, path));
  const log = newLog(config.logLevel, { program: 'reconciler' });
  const crash = crashHookOf(io);
  const reconciler = await startReconciler(config, {
    clock: io.clock,
    log,
    environment: io.env,
    ...(crash && { crash }),
  });
  log.info({ port: reconciler.port }, 'running');
  await aborted(io.signal);
  log.info({}, 'stopping');
  await reconciler.stop();
}

export function addRun(program: Command, io: Io): void {
  const command = program
    .command('run')
    .description('the daemon: keep every cluster of a repository as it is declared, until SIGTERM')
    .requiredOption('-c, --config <file>', 'configuration of the reconciler')
    .action((options: RunOptions) => runDaemon(io, options));
  teach(command, {
    text: `It looks when a webhook or a node says so, and at least every
SyncPolicy pollIntervalSeconds. Asked to stop, it lets an apply end safely.`,
    examples: [['fairlead run --config fairlead.yaml', 'logs one JSON line per event to standard error']],
  });
}
