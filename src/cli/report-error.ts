import { CommanderError } from 'commander';
import { asFairleadError } from '../errors.js';
import type { Io } from './io.js';

const mostDetails = 50;

/** Prints what went wrong, where, and what to do next, to standard error. */
export function reportError(io: Io, thrown: unknown): void {
  if (thrown instanceof CommanderError) return;
  const error = asFairleadError(thrown);
  io.err(`error: ${error.message} [${error.code}]\n`);
  for (const { place, message } of error.details.slice(0, mostDetails)) io.err(`  ${place}: ${message}\n`);
  const more = error.details.length - mostDetails;
  if (more > 0) io.err(`  and ${more} more\n`);
  for (const cause of causesOf(error)) io.err(`  because: ${cause}\n`);
  io.err(`next: ${error.mend}\n`);
  if (error.code === 'internal' && error.stack !== undefined) io.err(`${error.stack}\n`);
}

function causesOf(error: Error): readonly string[] {
  const causes: string[] = [];
  let seen = error.message;
  for (let cause = error.cause; cause instanceof Error && causes.length < 5; cause = cause.cause) {
    if (cause.message !== '' && !seen.includes(cause.message)) causes.push(cause.message);
    seen += cause.message;
  }
  return causes;
}
