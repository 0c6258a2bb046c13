import type { Command } from 'commander';
import { type Entry, vocabularyOf } from '../../src/cli/completion/vocabulary.js';
import { newProgram } from '../../src/cli/program.js';
import { systemClock } from '../../src/platform/clock.js';

function pathsOf(command: Command, path: readonly string[]): readonly (readonly string[])[] {
  const children = command.commands.flatMap((child) => pathsOf(child, [...path, child.name()]));
  return path.length === 0 ? children : [path, ...children];
}

/** The program as it is registered, without a process. */
function programTree(): Command {
  return newProgram({
    out: () => undefined,
    err: () => undefined,
    outIsTerminal: false,
    errIsTerminal: false,
    env: {},
    cwd: '.',
    program: 'fairlead',
    clock: systemClock,
    signal: new AbortController().signal,
    setExitCode: () => undefined,
  });
}

/** Every command there is, as the words that name it. */
export function commandPaths(): readonly (readonly string[])[] {
  return pathsOf(programTree(), []);
}

/** Every command with its words and flags, the program itself first. */
export function programVocabulary(): readonly Entry[] {
  return vocabularyOf(programTree());
}
