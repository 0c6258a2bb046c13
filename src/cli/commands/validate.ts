import { resolve } from 'node:path';
import type { Command } from 'commander';
import { FairleadError } from '../../errors.js';
import { exitCodes } from '../../reconciler/exit-codes.js';
import type { ProblemFormat } from '../../reconciler/output/problems.js';
import type { SourceCheck } from '../../reconciler/source/source-check.js';
import { cacheDirectoryOf } from '../cache-directory.js';
import type { CacheOptions } from '../cache-directory.js';
import { styleFor } from '../io.js';
import type { Io } from '../io.js';
import { addFormat, formatOf } from '../options.js';
import type { FormatOptions } from '../options.js';
import { seenFrom } from '../problem-places.js';
import { teach } from '../teaching.js';

interface ValidateOptions extends FormatOptions<ProblemFormat>, CacheOptions {
  readonly ref?: string;
}

const formats = ['text', 'json', 'github', 'sarif', 'junit'] as const satisfies readonly ProblemFormat[];

/** Without the locale library, whose first use takes longer than a check that finds nothing new. */
function counted(count: number, noun: string): string {
  const grouped = String(count).replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
  return `${grouped} ${noun}${count === 1 ? '' : 's'}`;
}

function summary({ files, clusters, refused }: SourceCheck): string {
  const resources = clusters.reduce((sum, cluster) => sum + cluster.resources, 0);
  const invalid = refused.length === 0 ? '' : `, ${counted(refused.length, 'invalid cluster')}`;
  return `${counted(files, 'file')}, ${counted(clusters.length, 'valid cluster')} with ${counted(resources, 'resource')}${invalid}\n`;
}

/** @throws FairleadError `source.empty` when there is nothing that could be applied */
function requireCluster({ clusters, refused, files }: SourceCheck, root: string): void {
  if (clusters.length + refused.length > 0) return;
  throw new FairleadError('source.empty', `no Cluster document is in the ${counted(files, 'file')} below ${root}`, {
    mend: 'Check the path, or write a starter repository with `fairlead init`.',
  });
}

async function checkAt(io: Io, root: string, options: ValidateOptions): Promise<SourceCheck> {
  const cacheDir = cacheDirectoryOf(options, io);
  const checkOptions = { clock: io.clock, signal: io.signal, ...(cacheDir && { cacheDir }) };
  if (options.ref === undefined) {
    const { checkDirectory } = await import('../../reconciler/source/check-directory.js');
    return await checkDirectory(root, checkOptions);
  }
  const { checkCommit } = await import('../../reconciler/source/check-commit.js');
  return await checkCommit(root, options.ref, checkOptions);
}

async function runValidate(io: Io, path: string, options: ValidateOptions): Promise<void> {
  const root = resolve(io.cwd, path);
  const [check, { formatProblems }] = await Promise.all([
    checkAt(io, root, options),
    import('../../reconciler/output/problems.js'),
  ]);
  const format = formatOf(options);
  const style = styleFor(io, 'out');
  const problems = seenFrom(io.cwd, root, check.problems);
  io.out(formatProblems(problems, format, style));
  if (format === 'text') io.out(style.dim(summary(check)));
  if (problems.some(({ severity }) => severity === 'error')) io.setExitCode(exitCodes.invalid);
  else requireCluster(check, root);
}

export function addValidate(program: Command, io: Io): void {
  const command = program
    .command('validate')
    .description('report every problem of a repository at once, each with file, line and mend')
    .argument('[path]', 'directory of the repository', '.')
    .option('--ref <ref>', 'a branch, tag or commit of it, instead of the files as they are')
    .option('--cache-dir <directory>', 'where results are kept, so that only what changed is read again')
    .option('--no-cache', 'keep nothing and use nothing that was kept')
    .action((path: string, options: ValidateOptions) => runValidate(io, path, options));
  addFormat(command, formats);
  teach(command, {
    text: `It needs neither nodes nor secrets. A warning leaves the exit code at 0. Formats:
text for people, json, github (annotations of a workflow), sarif (2.1.0, for code
scanning) and junit. Results are kept in $XDG_CACHE_HOME/fairlead.`,
    examples: [
      ['fairlead validate', 'the directory you are in'],
      ['fairlead validate ./mra --format github', 'in a workflow'],
      ['fairlead validate ./mra --ref main', 'what is committed'],
    ],
    codes: [exitCodes.invalid],
  });
}
