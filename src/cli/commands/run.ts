import { resolve } from 'node:path';
import type { Command } from 'commander';
import { crashHookOf } from '../crash-points.js';
import { aborted, onHangup } from '../interruption.js';
import type { Io } from '../io.js';
import { configOption } from '../options.js';
import type { ConfigOptions } from '../options.js';
import { teach } from '../teaching.js';

async function runDaemon(io: Io, { config: path }: ConfigOptions): Promise<void> {
  const [{ readReconcilerConfig }, { startReconciler }, { newLog }] = await Promise.all([
    import('../../reconciler/config.js'),
    import('../../reconciler/daemon.js'),
    import('../../platform/log.js'),
  ]);
  const config = await readReconcilerConfig(resolve(io.cwd, path));
  const log = newLog(config.logLevel, { program: 'reconciler' });
  const crash = crashHookOf(io);
  const deps = { clock: io.clock, log, environment: io.env, ...(crash && { crash }) };
  const reconciler = await startReconciler(config, deps);
  onHangup(io.signal, () => void reconciler.reload());
  log.info({ port: reconciler.port, source: config.source.url.text }, 'ready');
  await aborted(io.signal);
  log.info({}, 'stopping');
  await reconciler.stop();
}

export function addRun(program: Command, io: Io): void {
  const command = program
    .command('run')
    .description('the daemon: keep every cluster as it is declared, until SIGTERM')
    .addOption(configOption())
    .action((options: ConfigOptions) => runDaemon(io, options));
  teach(command, {
    text: `It looks again after a webhook, an event of a node, and the poll interval of
SyncPolicy. On SIGTERM an apply that is not decided yet is rolled back. Its log
goes to standard error, one JSON object per line; status, metrics and webhooks
are served when the configuration has a server.`,
    examples: [['fairlead run --config /etc/fairlead/fairlead.yaml', 'as a service']],
  });
}
