import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import { nearest } from '../model/nearest.js';

const outputFormats = ['text', 'json'] as const;

type OutputFormat = (typeof outputFormats)[number];

export interface OutputOptions {
  readonly output: OutputFormat;
}

/** An option with a closed set of values; anything else is wrong usage that names the nearest of them. */
function choiceOption(flags: string, description: string, choices: readonly string[]): Option {
  return new Option(flags, description).choices(choices).argParser((value: string) => {
    if (choices.includes(value)) return value;
    const meant = nearest(value, choices);
    const hint = meant === undefined ? '' : `\n(Did you mean ${meant}?)`;
    throw new InvalidArgumentError(`Allowed choices are ${choices.join(', ')}.${hint}`);
  });
}

export function outputOption(): Option {
  return choiceOption('-o, --output <format>', 'how the result is printed', outputFormats).default('text');
}

/** What is given to a command that prints in more formats than text and JSON. */
export interface FormatOptions<Format extends string> {
  readonly format?: Format;
  readonly output?: Format & OutputFormat;
}

/** Adds `--format` to a command, and `--output` for those who are used to it. */
export function addFormat(command: Command, formats: readonly string[]): void {
  const short = outputFormats.filter((format) => formats.includes(format));
  command
    .addOption(choiceOption('-f, --format <format>', 'how the result is printed; text unless given', formats))
    .addOption(choiceOption('-o, --output <format>', 'the same as --format', short).conflicts('format'));
}

/** The format that was asked for. */
export function formatOf<Format extends string>({ format, output }: FormatOptions<Format>): Format | 'text' {
  return format ?? output ?? 'text';
}

export interface ConfigOptions {
  readonly config: string;
}

export function configOption(): Option {
  return new Option('-c, --config <file>', 'configuration of the reconciler').default('fairlead.yaml');
}
