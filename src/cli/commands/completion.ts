import { Argument } from 'commander';
import type { Command } from 'commander';
import { completionScript, shells } from '../completion/scripts.js';
import { vocabularyOf } from '../completion/vocabulary.js';
import type { Io } from '../io.js';
import { teach } from '../teaching.js';

export function addCompletion(program: Command, io: Io): void {
  const command = program
    .command('completion')
    .description('print a completion script for a shell')
    .addArgument(new Argument('<shell>', 'the shell to complete in').choices(shells))
    .action((name: string) => {
      const shell = shells.find((one) => one === name);
      if (shell !== undefined) io.out(completionScript(shell, program.name(), vocabularyOf(program)));
    });
  teach(command, {
    examples: [
      ['source <(fairlead completion bash)', 'for this bash'],
      ['fairlead completion zsh > "${fpath[1]}/_fairlead"', 'for every zsh to come'],
      ['fairlead completion fish | source', 'for this fish'],
    ],
  });
}
