import type { Argument, Command, Option } from 'commander';

/** What can be typed behind one command. */
export interface Entry {
  /** Names of the command and those above it, with spaces; `''` for the program itself. */
  readonly path: string;
  /** Commands, or the allowed values of a positional argument. */
  readonly words: readonly string[];
  readonly flags: readonly string[];
  /** Flags that take a value, with the allowed ones; none where any value is, such as a file. */
  readonly values: ReadonlyMap<string, readonly string[]>;
}

function spellings({ long, short }: Option): readonly string[] {
  return [long, short].flatMap((flag) => flag ?? []);
}

function choicesOf({ argChoices }: Argument | Option): readonly string[] {
  return argChoices ?? [];
}

function entryOf(command: Command, children: readonly Command[], path: string): Entry {
  const visible = command.options.filter(({ hidden }) => !hidden);
  const valued = visible.filter(({ required, optional }) => required || optional);
  return {
    path,
    words: [...children.map((child) => child.name()), ...command.registeredArguments.flatMap(choicesOf)],
    flags: [...visible.map(({ long, short }) => long ?? short ?? ''), '--help'],
    values: new Map(valued.flatMap((option) => spellings(option).map((flag) => [flag, choicesOf(option)]))),
  };
}

/** The words of a program, command by command, the program itself first. */
export function vocabularyOf(command: Command, path = ''): readonly Entry[] {
  const children = command
    .createHelp()
    .visibleCommands(command)
    .filter((child) => child.name() !== 'help');
  const below = children.flatMap((child) => vocabularyOf(child, `${path} ${child.name()}`.trim()));
  return [entryOf(command, children, path), ...below];
}
