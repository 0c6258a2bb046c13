import { resolve } from 'node:path';
import type { Command } from 'commander';
import { FairleadError } from '../../errors.js';
import { exitCodes } from '../../reconciler/exit-codes.js';
import type { ReconcilerStatus } from '../../reconciler/status/status.js';
import { printJson, styleFor } from '../io.js';
import type { Io } from '../io.js';
import { configOption, outputOption } from '../options.js';
import type { ConfigOptions, OutputOptions } from '../options.js';
import { teach } from '../teaching.js';

interface StatusOptions extends ConfigOptions, OutputOptions {
  readonly node?: string;
  readonly tokenFile?: string;
  readonly ca?: string;
  readonly serverName?: string;
}

/** What the daemon says; undefined, and told to the user, when there is none to ask. */
async function askDaemon(io: Io, configFile: string): Promise<ReconcilerStatus | undefined> {
  const { readReconcilerConfig } = await import('../../reconciler/config.js');
  const { server } = await readReconcilerConfig(resolve(io.cwd, configFile));
  if (server === undefined) {
    io.err('the configuration has no server for a daemon, so the nodes are asked\n');
    return undefined;
  }
  const { askReconciler } = await import('../status/ask-reconciler.js');
  try {
    return await askReconciler(io, server);
  } catch (error) {
    if (!(error instanceof FairleadError) || error.code !== 'node.unreachable') throw error;
    io.err(`no daemon answers, so the nodes are asked (${error.message})\n`);
    return undefined;
  }
}

/** The daemon knows best; where none runs, the nodes are asked. */
async function lookAt(
  io: Io,
  configFile: string,
): Promise<{ readonly from: 'daemon' | 'nodes'; readonly status: ReconcilerStatus }> {
  const told = await askDaemon(io, configFile);
  if (told !== undefined) return { from: 'daemon', status: told };
  const { lookOnce } = await import('../status/look-once.js');
  return { from: 'nodes', status: await lookOnce(io, configFile) };
}

async function showClusters(io: Io, { config, output }: StatusOptions): Promise<void> {
  const { from, status } = await lookAt(io, config);
  const { complaintsOf } = await import('../status/complaints.js');
  const complaints = complaintsOf(status);
  if (output === 'json') printJson(io, { from, healthy: complaints.length === 0, complaints, ...status });
  else io.out((await import('../status/status-text.js')).statusText(status, styleFor(io, 'out')));
  if (complaints.length > 0) io.setExitCode(exitCodes.error);
}

async function showNode(io: Io, url: string, options: StatusOptions): Promise<void> {
  const { tokenFile, ca: caFile, serverName } = options;
  if (tokenFile === undefined) throw new FairleadError('cli.usage', '--node needs --token-file');
  const { askNode } = await import('../status/ask-node.js');
  const status = await askNode(io, { url, tokenFile, caFile, serverName });
  if (options.output === 'json') printJson(io, status);
  else io.out((await import('../status/node-status-text.js')).nodeStatusText(status, styleFor(io, 'out')));
  if (!status.ready) io.setExitCode(exitCodes.error);
}

async function runStatus(io: Io, options: StatusOptions): Promise<void> {
  if (options.node === undefined) await showClusters(io, options);
  else await showNode(io, options.node, options);
}

export function addStatus(program: Command, io: Io): void {
  const command = program
    .command('status')
    .description('say what every node runs, whether it serves, and who changed what by hand')
    .addOption(configOption())
    .option('--node <url>', 'ask one node by itself, such as https://edge1.example.com:9443')
    .option('--token-file <file>', 'with --node: file with a token that the node accepts, scope read')
    .option('--ca <file>', 'with --node: CA certificates that may sign its certificate, in PEM')
    .option('--server-name <name>', 'with --node: the name in its certificate, when it is not the host')
    .addOption(outputOption())
    .action((options: StatusOptions) => runStatus(io, options));
  teach(command, {
    text: `It asks the daemon of the configuration; where none answers, it reads the
repository and asks the nodes itself. The exit code is 0 when every node serves
and nothing stands in the way of what is declared, and 1 otherwise.`,
    examples: [
      ['fairlead status', 'every cluster of ./fairlead.yaml'],
      ['fairlead status --output json', 'for a monitor'],
      ['fairlead status --node https://edge1:9443 --token-file t', 'one node'],
    ],
  });
}
