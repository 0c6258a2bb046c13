import { isRecord } from '../model/json.js';
import type { Log } from '../platform/log.js';
import { visible } from '../model/visible.js';
import type { Io } from './io.js';

/** Says what goes on: one line that changes on a terminal, one line a step in a pipe. */
export interface Progress {
  step(text: string): void;
  /** Removes the changing line, so that results are not written over it. */
  done(): void;
}

const clearLine = '\r\u001b[2K';

export function newProgress(io: Pick<Io, 'err' | 'errIsTerminal'>): Progress {
  if (!io.errIsTerminal) return { step: (text) => io.err(`${text}\n`), done: () => undefined };
  return { step: (text) => io.err(`${clearLine}${text}…`), done: () => io.err(clearLine) };
}

function fieldText(value: unknown): string {
  if (Array.isArray(value)) return value.map(fieldText).join(', ');
  return isRecord(value) ? JSON.stringify(value) : String(value);
}

/** Shows the log of a command as its progress: what happened and to whom, without times. */
export function progressLog(progress: Progress): Log {
  const tell = (fields: object, message: string) => {
    const values = Object.values(fields).map(fieldText);
    progress.step(visible([message, ...values].join(' ')));
  };
  const log: Log = { debug: () => undefined, info: tell, warn: tell, error: tell, child: () => log };
  return log;
}
