import type { Io } from './io.js';

/** Says what goes on: one line that changes on a terminal, one line a step in a pipe. */
export interface Progress {
  step(text: string): void;
  /** Removes the changing line, so that results are not written over it. */
  done(): void;
}

export function newProgress(io: Io, quiet = false): Progress {
  if (quiet) return { step: () => undefined, done: () => undefined };
  if (!io.errIsTerminal) return { step: (text) => io.err(`${text}\n`), done: () => undefined };
  const clearLine = '\r\u001b[2K';
  return { step: (text) => io.err(`${clearLine}${text}…`), done: () => io.err(clearLine) };
}
