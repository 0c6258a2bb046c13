import { Option } from 'commander';
import type { OutputFormat } from './io.js';

export interface OutputOptions {
  readonly output: OutputFormat;
}

export function outputOption(): Option {
  return new Option('-o, --output <format>', 'how results are printed').choices(['text', 'json']).default('text');
}
