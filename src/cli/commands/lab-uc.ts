import type { Command } from 'commander';
import { aborted } from '../interruption.js';
import { printJson } from '../io.js';
import type { Io } from '../io.js';
import { outputOption } from '../options.js';
import type { OutputOptions } from '../options.js';
import { teach } from '../teaching.js';

interface UnifiedCmOptions extends OutputOptions {
  readonly config: string;
}

async function runUnifiedCm(io: Io, { config, output }: UnifiedCmOptions): Promise<void> {
  const { serveLabUnifiedCm } = await import('../../lab/uc-server/lab-uc-service.js');
  const service = await serveLabUnifiedCm(config, io.clock);
  const endpoints = { udsPort: service.udsPort, control: `http://127.0.0.1:${service.controlPort}` };
  if (output === 'json') printJson(io, endpoints);
  else io.out(`stand-in Unified CM on UDS port ${endpoints.udsPort}, control at ${endpoints.control}\n`);
  await aborted(io.signal);
  await service.stop();
}

export function addLabUnifiedCm(lab: Command, io: Io): void {
  const command = lab
    .command('uc')
    .description('run a stand-in Unified CM cluster until SIGTERM')
    .requiredOption('-c, --config <file>', 'what it is made of, as JSON')
    .addOption(outputOption())
    .action((options: UnifiedCmOptions) => runUnifiedCm(io, options));
  teach(command, {
    text: `The file names domain, users, hosts (node n listens on 127.0.1.n), the UDS port,
the directory that \`fairlead lab certs\` wrote, and port and token of the control
endpoint, through which faults, latency and users are set while it runs.
\`fairlead lab estate --no-start\` writes one.`,
    examples: [['fairlead lab uc --config estate/unified-cm/lab-uc.json', 'prints both ports']],
  });
}
