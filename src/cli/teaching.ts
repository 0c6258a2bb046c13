import type { Command } from 'commander';
import { exitCodes } from '../reconciler/exit-codes.js';
import type { ExitCode } from '../reconciler/exit-codes.js';
import { exitCodeMeaning } from './exit-code.js';

/** What the help of a command says below its options. */
export interface Teaching {
  /** What an operator has to know to use it; lines of at most 80 characters. */
  readonly text?: string;
  /** Commands with what each is for, the plainest first. */
  readonly examples: readonly (readonly [command: string, purpose: string])[];
  /** Beside 0, 1 and 64, which every command has. */
  readonly codes?: readonly ExitCode[];
}

const widestExample = 60;

function exampleLines(examples: Teaching['examples']): readonly string[] {
  const width = Math.min(widestExample, Math.max(...examples.map(([command]) => command.length)));
  return examples.map(([command, purpose]) => `  ${command.padEnd(width)}  ${purpose}`);
}

function codeLines(codes: readonly ExitCode[]): readonly string[] {
  const all = [exitCodes.done, exitCodes.error, ...codes, exitCodes.usage];
  return all.map((code) => `  ${String(code).padStart(2)}  ${exitCodeMeaning(code)}`);
}

/** Makes the help of a command say how it is used and what it ends with. */
export function teach(command: Command, { text, examples, codes = [] }: Teaching): void {
  const lines = [
    ...(text === undefined ? [] : ['', text]),
    '',
    'Examples:',
    ...exampleLines(examples),
    '',
    'Exit codes:',
    ...codeLines(codes),
  ];
  command.addHelpText('after', lines.join('\n'));
}
