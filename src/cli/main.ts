#!/usr/bin/env node
import { basename } from 'node:path';
import { systemClock } from '../platform/clock.js';
import { exitCodeOf } from './exit-code.js';
import { interruptionSignal } from './interruption.js';
import type { Io } from './io.js';
import { newProgram } from './program.js';
import { reportError } from './report-error.js';

function programName([, file = 'fairlead']: readonly string[]): string {
  return basename(file) === 'fairlead' ? file : `node ${file}`;
}

function processIo(): Io {
  return {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    outIsTerminal: process.stdout.isTTY,
    errIsTerminal: process.stderr.isTTY,
    env: process.env,
    cwd: process.cwd(),
    program: programName(process.argv),
    clock: systemClock,
    signal: interruptionSignal(),
    setExitCode: (code) => {
      process.exitCode = code;
    },
  };
}

/** A reader that went away (`fairlead plan | head -1`) is not an error. */
function tolerateClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}

/** A plain copy answers at once, where the real environment takes a lock: the YAML parser asks it at every token. */
function copyEnvironment(): void {
  process.env = { ...process.env };
}

async function main(): Promise<void> {
  copyEnvironment();
  tolerateClosedPipes();
  const io = processIo();
  const program = newProgram(io);
  try {
    if (process.argv.length > 2) await program.parseAsync(process.argv);
    else program.outputHelp();
  } catch (error) {
    reportError(io, error);
    io.setExitCode(exitCodeOf(error));
  }
}

await main();
