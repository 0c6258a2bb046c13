import { Argument } from 'commander';
import type { Command } from 'commander';
import { completionScript, shells } from '../completion.js';
import type { Io } from '../io.js';

export function addCompletion(program: Command, io: Io): void {
  program
    .command('completion')
    .description('print a completion script for a shell')
    .addArgument(new Argument('<shell>', 'the shell to complete in').choices(shells))
    .addHelpText('after', '\nTo load it in bash:\n  source <(fairlead completion bash)')
    .action((name: string) => {
      const shell = shells.find((one) => one === name);
      if (shell !== undefined) io.out(completionScript(shell, program));
    });
}
