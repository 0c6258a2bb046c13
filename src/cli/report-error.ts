import { CommanderError } from 'commander';
import { asFairleadError } from '../errors.js';
import { visible, visibleLines } from '../model/visible.js';
import { Interruption } from './interruption.js';
import { styleFor } from './io.js';
import type { Io } from './io.js';

const mostDetails = 50;
const mostCauses = 5;

/** Prints what went wrong, where, and what to do next, to standard error. */
export function reportError(io: Pick<Io, 'err' | 'env' | 'outIsTerminal' | 'errIsTerminal'>, thrown: unknown): void {
  // Commander has printed its own.
  if (thrown instanceof CommanderError) return;
  if (thrown instanceof Interruption) {
    io.err(`${thrown.message}\n`);
    return;
  }
  const style = styleFor(io, 'err');
  const error = asFairleadError(thrown);
  io.err(`${style.red('error:')} ${visible(error.message)} ${style.dim(`[${error.code}]`)}\n`);
  for (const { place, message } of error.details.slice(0, mostDetails)) {
    io.err(`  ${visible(place)}: ${visible(message)}\n`);
  }
  const more = error.details.length - mostDetails;
  if (more > 0) io.err(`  and ${more} more\n`);
  for (const cause of causesOf(error)) io.err(`  because: ${visible(cause)}\n`);
  io.err(`${style.cyan('next:')} ${visible(error.mend)}\n`);
  if (error.code === 'internal' && error.stack !== undefined) io.err(`${visibleLines(error.stack)}\n`);
}

function causesOf(error: Error): readonly string[] {
  const causes: string[] = [];
  let seen = error.message;
  for (let cause = error.cause; cause instanceof Error && causes.length < mostCauses; cause = cause.cause) {
    if (cause.message !== '' && !seen.includes(cause.message)) causes.push(cause.message);
    seen += cause.message;
  }
  return causes;
}
