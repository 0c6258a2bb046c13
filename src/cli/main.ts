#!/usr/bin/env node
import { systemClock } from '../platform/clock.js';
import { exitCodeOf } from './exit-code.js';
import type { Io } from './io.js';
import { newProgram } from './program.js';
import { reportError } from './report-error.js';

/** Aborts on SIGINT or SIGTERM; a second one ends the process as the system would. */
function terminationSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => controller.abort(new Error(name)));
  return controller.signal;
}

function processIo(): Io {
  return {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    outIsTerminal: process.stdout.isTTY,
    errIsTerminal: process.stderr.isTTY,
    env: process.env,
    cwd: process.cwd(),
    clock: systemClock,
    signal: terminationSignal(),
    setExitCode: (code) => {
      process.exitCode = code;
    },
  };
}

async function main(): Promise<void> {
  const io = processIo();
  // A reader that went away (`fairlead plan | head`) is not an error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  try {
    await newProgram(io).parseAsync(process.argv);
  } catch (error) {
    reportError(io, error);
    io.setExitCode(exitCodeOf(error));
  }
}

await main();
