import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';

/** How many of what a lab has. */
export interface EstateSizeOptions {
  readonly edges: number;
  readonly cores: number;
  readonly ucNodes: number;
}

const most = 32;

function parseCount(text: string): number {
  const count = Number(text);
  if (/^[0-9]{1,2}$/.test(text) && count >= 1 && count <= most) return count;
  throw new InvalidArgumentError(`It is a number from 1 to ${most}.`);
}

/** Adds the options that say how large a lab is. */
export function addEstateSize(command: Command): void {
  command
    .option('--edges <number>', 'edge nodes', parseCount, 1)
    .option('--cores <number>', 'core nodes', parseCount, 1)
    .option('--uc-nodes <number>', 'nodes of the stand-in Unified CM cluster', parseCount, 2);
}
