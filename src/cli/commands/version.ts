import type { Command } from 'commander';
import { printJson } from '../io.js';
import type { Io } from '../io.js';
import { outputOption } from '../options.js';
import type { OutputOptions } from '../options.js';
import { teach } from '../teaching.js';
import { packageVersion } from '../version.js';

export function addVersion(program: Command, io: Io): void {
  const command = program
    .command('version')
    .description('print the version of fairlead and of the Node.js it runs on')
    .addOption(outputOption())
    .action(({ output }: OutputOptions) => {
      const versions = { fairlead: packageVersion(), node: process.versions.node };
      if (output === 'json') printJson(io, versions);
      else io.out(`fairlead ${versions.fairlead} (node ${versions.node})\n`);
    });
  teach(command, {
    examples: [
      ['fairlead version', 'for people'],
      ['fairlead version --output json', 'for scripts'],
    ],
  });
}
