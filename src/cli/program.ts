import { Command } from 'commander';
import { addApply } from './commands/apply.js';
import { addCompletion } from './commands/completion.js';
import { addDemo } from './commands/demo.js';
import { addDump } from './commands/dump.js';
import { addInit } from './commands/init.js';
import { addLab } from './commands/lab.js';
import { addNode } from './commands/node.js';
import { addPlan } from './commands/plan.js';
import { addRun } from './commands/run.js';
import { addStatus } from './commands/status.js';
import { addValidate } from './commands/validate.js';
import { addVersion } from './commands/version.js';
import type { Io } from './io.js';
import { packageVersion } from './version.js';

const description = `GitOps for mobile and remote access.

A Git repository of YAML says what edge and core nodes do. fairlead validates
it, plans the difference to what the nodes run, applies it safely, proves that
it serves, and keeps it that way. fairlead is also the node itself.`;

const more = `
First steps:
  fairlead demo             everything on loopback, with a story to follow
  fairlead init ./mra       a starter repository
  fairlead validate ./mra   every problem at once, with file, line and mend
  fairlead plan             what would change, on which node, and why
  fairlead run              the daemon

Exit codes: 0 nothing to do or done, 1 error, 2 changes, 3 stale plan,
4 invalid, 5 refused by a guard, 6 applied then rolled back, 7 partial,
64 wrong usage. \`fairlead help <command>\` says more.`;

/** Commands as they stand in the help, under what they are about. */
const groups: readonly (readonly [heading: string, commands: readonly ((program: Command, io: Io) => void)[]])[] = [
  ['The repository:', [addInit, addValidate]],
  ['The nodes:', [addPlan, addApply, addRun, addStatus, addDump, addNode]],
  ['To try it out:', [addDemo, addLab]],
  ['More:', [addCompletion, addVersion]],
];

/** The command line as a tree; parsing never ends the process, it throws. */
export function newProgram(io: Io): Command {
  const program = new Command('fairlead')
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.out(text), writeErr: (text) => io.err(text) })
    .description(description)
    .version(packageVersion(), '-V, --version', 'print the version')
    .addHelpText('after', more)
    .showSuggestionAfterError()
    .showHelpAfterError('(add --help for what is understood)');
  for (const [heading, commands] of groups) {
    program.commandsGroup(heading);
    for (const add of commands) add(program, io);
  }
  program.commandsGroup('More:').helpCommand('help [command]', 'say what a command does');
  return program;
}
