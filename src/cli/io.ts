import type { Clock } from '../platform/clock.js';

/** Everything a command may know of the process it runs in. */
export interface Io {
  /** Results: standard output. */
  out(text: string): void;
  /** Progress and errors: standard error. */
  err(text: string): void;
  readonly outIsTerminal: boolean;
  readonly errIsTerminal: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly clock: Clock;
  /** Aborts on the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  /** The code the process ends with unless something worse comes. */
  setExitCode(code: number): void;
}

export type OutputFormat = 'text' | 'json';

/** Colour is used when standard output is a terminal, unless NO_COLOR is set (https://no-color.org) or TERM is dumb. */
export function wantsColour(io: Pick<Io, 'env' | 'outIsTerminal'>): boolean {
  if ((io.env['NO_COLOR'] ?? '') !== '' || io.env['TERM'] === 'dumb') return false;
  return (io.env['FORCE_COLOR'] ?? '') !== '' || io.outIsTerminal;
}

/** Prints a value as one JSON document. */
export function printJson(io: Io, value: unknown): void {
  io.out(`${JSON.stringify(value, null, 2)}\n`);
}
