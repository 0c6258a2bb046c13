import type { Command } from 'commander';
import { newLog } from '../../platform/log.js';
import { loadNodeConfig } from '../../runtime/node-config.js';
import { startNode } from '../../runtime/node.js';
import { crashHookOf } from '../crash-points.js';
import type { Io } from '../io.js';
import { packageVersion } from '../version.js';

interface NodeOptions {
  readonly config: string;
}

async function runNode(io: Io, { config: path }: NodeOptions): Promise<void> {
  const config = await loadNodeConfig(path);
  const log = newLog(config.logLevel, { node: config.name, role: config.role });
  const crash = crashHookOf(io);
  const node = await startNode(config, { clock: io.clock, log, version: packageVersion(), ...(crash && { crash }) });
  log.info({ endpoints: node.endpoints }, 'ready');
  await aborted(io.signal);
  log.info({}, 'stopping');
  await node.stop();
}

/** Resolves when the process was asked to end. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

export function addNode(program: Command, io: Io): void {
  program
    .command('node')
    .description('run one node, an edge or a core, until SIGTERM')
    .requiredOption('-c, --config <file>', 'bootstrap configuration of the node')
    .addHelpText(
      'after',
      `
The file says what a node must know before it has any configuration: its name and role, where it listens, its
certificates, who may use its admin interface, and the pinned keys of its links. Everything else comes from Git.
When it serves, the node writes its ports to endpoints.json in its state directory.

  fairlead lab certs ./estate     makes keys and certificates for a try on one machine
  fairlead demo                   shows edge, core and reconciler at work`,
    )
    .action((options: NodeOptions) => runNode(io, options));
}
