import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Estate } from '../../lab/estate/estate.js';
import { addEstateSize } from '../estate-size.js';
import type { EstateSizeOptions } from '../estate-size.js';
import { aborted } from '../interruption.js';
import { printJson } from '../io.js';
import type { Io } from '../io.js';
import { outputOption } from '../options.js';
import type { OutputOptions } from '../options.js';
import { newProgress } from '../progress.js';
import { teach } from '../teaching.js';

interface EstateCommandOptions extends EstateSizeOptions, OutputOptions {
  readonly start: boolean;
}

function placesOf({ layout, paths }: Estate) {
  const { reconcilerConfig, repository, logs, certificates } = paths;
  return { config: reconcilerConfig, repository, logs, ca: certificates.authority.certFile, layout };
}

function advice(estate: Estate): string {
  const { config, repository, ca, layout } = placesOf(estate);
  const edges = layout.edges.map(
    ({ name, host, accessPort }) => `  ${name}: https://127.0.0.1:${accessPort} as ${host}\n`,
  );
  return `a lab of stand-ins lies in ${estate.paths.directory}
${edges.join('')}  CA: ${ca}

try:
  fairlead status --config ${config}
  edit and commit in ${repository}
`;
}

async function serve(io: Io, estate: Estate): Promise<void> {
  const progress = newProgress(io);
  try {
    progress.step('starting UC servers, edges and cores');
    await estate.startNodes();
    progress.step('starting the reconciler');
    await estate.reconciler.start();
    progress.done();
    io.err('it runs until Ctrl-C\n');
    await aborted(io.signal);
  } finally {
    progress.done();
    await estate.stop();
  }
}

async function runEstate(io: Io, path: string, options: EstateCommandOptions): Promise<void> {
  const { newEstate } = await import('../../lab/estate/estate.js');
  const directory = resolve(io.cwd, path);
  const { edges, cores, ucNodes } = options;
  const size = { edges, cores, ucNodes };
  const estate = await newEstate({ directory, ...size, unifiedCmApart: true, environment: io.env, clock: io.clock });
  if (options.output === 'json') printJson(io, placesOf(estate));
  else io.out(advice(estate));
  if (options.start) await serve(io, estate);
  else await estate.stop();
}

export function addLabEstate(lab: Command, io: Io): void {
  const command = lab
    .command('estate')
    .description('lay out a complete installation on loopback, and run it until SIGTERM')
    .argument('<directory>', 'new or empty directory')
    .option('--no-start', 'write everything, start nothing')
    .addOption(outputOption())
    .action((path: string, options: EstateCommandOptions) => runEstate(io, path, options));
  addEstateSize(command);
  teach(command, {
    text: `It writes certificates, tokens, node configurations, the configuration of the
reconciler and a Git repository, then starts the stand-in UC servers, the nodes
and the reconciler, each as a process with a log of its own.`,
    examples: [
      ['fairlead lab estate ./estate', 'one edge, one core, two UC servers'],
      ['fairlead lab estate ./estate --no-start', 'only the files'],
    ],
  });
}
