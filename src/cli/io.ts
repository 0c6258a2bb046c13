import type { Clock } from '../platform/clock.js';
import { jsonText } from '../reconciler/output/json-text.js';
import { styleOf } from '../reconciler/output/style.js';
import type { Style } from '../reconciler/output/style.js';

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
  /** How a person calls this program. */
  readonly program: string;
  readonly clock: Clock;
  /** Aborts with an `Interruption` on the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  /** The code the process ends with unless something worse comes. */
  setExitCode(code: number): void;
}

type Stream = 'out' | 'err';

/** Colour is for terminals, unless NO_COLOR is set (https://no-color.org) or TERM is dumb; FORCE_COLOR asks for it anyway. */
export function wantsColour(io: Pick<Io, 'env' | 'outIsTerminal' | 'errIsTerminal'>, stream: Stream): boolean {
  if ((io.env['NO_COLOR'] ?? '') !== '' || io.env['TERM'] === 'dumb') return false;
  return (io.env['FORCE_COLOR'] ?? '') !== '' || (stream === 'out' ? io.outIsTerminal : io.errIsTerminal);
}

/** How text for people is set off on standard output or standard error. */
export function styleFor(io: Pick<Io, 'env' | 'outIsTerminal' | 'errIsTerminal'>, stream: Stream): Style {
  return styleOf(wantsColour(io, stream));
}

/** Prints a value as one JSON document. */
export function printJson(io: Pick<Io, 'out'>, value: unknown): void {
  io.out(jsonText(value));
}
