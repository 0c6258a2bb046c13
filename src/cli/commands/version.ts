import type { Command } from 'commander';
import { printJson } from '../io.js';
import type { Io } from '../io.js';
import { packageVersion } from '../version.js';
import { outputOption } from '../options.js';
import type { OutputOptions } from '../options.js';

export function addVersion(program: Command, io: Io): void {
  program
    .command('version')
    .description('print the version of fairlead and of the Node.js it runs on')
    .addOption(outputOption())
    .action(({ output }: OutputOptions) => {
      const versions = { fairlead: packageVersion(), node: process.versions.node };
      if (output === 'json') printJson(io, versions);
      else io.out(`fairlead ${versions.fairlead} (node ${versions.node})\n`);
    });
}
