import { resolve } from 'node:path';
import type { Command } from 'commander';
import { exitCodes } from '../../reconciler/exit-codes.js';
import { wantsColour } from '../io.js';
import type { Io } from '../io.js';
import { teach } from '../teaching.js';

interface DemoCommandOptions {
  readonly directory?: string;
  readonly stay?: boolean;
}

async function runDemo(io: Io, { directory, stay = io.outIsTerminal }: DemoCommandOptions): Promise<void> {
  const { runDemo: tellStory } = await import('../../lab/demo/demo.js');
  const { clock, env: environment, program, signal } = io;
  const held = await tellStory({
    out: (text) => io.out(text),
    colour: wantsColour(io, 'out'),
    ...{ clock, environment, program, signal, stay },
    ...(directory === undefined ? {} : { directory: resolve(io.cwd, directory) }),
  });
  if (!held) signal.throwIfAborted();
  if (!held) io.setExitCode(exitCodes.error);
}

export function addDemo(program: Command, io: Io): void {
  const command = program
    .command('demo')
    .description('tell the whole story on loopback, every step checked for real')
    .option('--directory <directory>', 'new or empty; kept afterwards, for a look at configurations and logs')
    .option('--stay', 'keep everything running after the story; the default on a terminal')
    .option('--no-stay', 'end after the story; the default in a pipe')
    .action((options: DemoCommandOptions) => runDemo(io, options));
  teach(command, {
    text: `It starts stand-in UC servers, an edge, a core, a Git repository and the
reconciler as real processes, then commits, drifts, breaks and kills. The exit
code is 0 only when every step held.`,
    examples: [
      ['fairlead demo', 'on a terminal: stays up and says what to try'],
      ['fairlead demo --no-stay | cat', 'in CI'],
    ],
  });
}
