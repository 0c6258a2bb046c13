import { join } from 'node:path';

/** Runs the command line from its sources, so that a test needs no build. */
export const sourceProgram = [
  process.execPath,
  '--import',
  import.meta.resolve('tsx'),
  join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts'),
] as const;
