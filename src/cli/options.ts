import { InvalidArgumentError, Option } from 'commander';
import { nearest } from '../model/nearest.js';

export const outputFormats = ['text', 'json'] as const;

export type OutputFormat = (typeof outputFormats)[number];

export interface OutputOptions {
  readonly output: OutputFormat;
}

/** An option with a closed set of values; anything else is wrong usage that names the nearest of them. */
export function choiceOption(flags: string, description: string, choices: readonly string[]): Option {
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

export interface ConfigOptions {
  readonly config: string;
}

export function configOption(): Option {
  return new Option('-c, --config <file>', 'configuration of the reconciler').default('fairlead.yaml');
}
