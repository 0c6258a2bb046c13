import type { Command } from 'commander';
import { crashHookOf } from '../crash-points.js';
import { aborted, onHangup } from '../interruption.js';
import type { Io } from '../io.js';
import { teach } from '../teaching.js';
import { packageVersion } from '../version.js';

interface NodeOptions {
  readonly config: string;
}

async function runNode(io: Io, { config: path }: NodeOptions): Promise<void> {
  const { newLog } = await import('../../platform/log.js');
  const { loadNodeConfig, startNode } = await import('../../runtime/node.js');
  const config = await loadNodeConfig(path);
  const log = newLog(config.logLevel, { node: config.name, role: config.role });
  const crash = crashHookOf(io);
  const deps = { clock: io.clock, log, version: packageVersion(), configFile: path };
  const node = await startNode(config, { ...deps, ...(crash && { crash }) });
  onHangup(io.signal, () => void node.reload());
  log.info({ endpoints: node.endpoints }, 'ready');
  await aborted(io.signal);
  log.info({}, 'stopping');
  await node.stop();
}

export function addNode(program: Command, io: Io): void {
  const command = program
    .command('node')
    .description('run one node, an edge or a core, until SIGTERM')
    .requiredOption('-c, --config <file>', 'bootstrap configuration of the node')
    .action((options: NodeOptions) => runNode(io, options));
  teach(command, {
    text: `The file says what a node must know before it has any configuration: its name
and role, where it listens, its certificates, who may use its admin interface,
and the pinned keys of its links. Everything else comes from Git. When it serves,
the node writes its ports to endpoints.json in its state directory. Changed
certificates, token keys and identities are read again, on SIGHUP at once. Its
log goes to standard error, one JSON object per line.`,
    examples: [
      ['fairlead node --config /etc/fairlead/edge1.yaml', 'on the edge'],
      ['fairlead lab estate ./estate --no-start', 'writes two that go together'],
    ],
  });
}
