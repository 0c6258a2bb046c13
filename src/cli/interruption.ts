import { constants } from 'node:os';

/** Signals that ask a command to end. */
type EndingSignal = 'SIGINT' | 'SIGTERM';

const endingSignals: readonly EndingSignal[] = ['SIGINT', 'SIGTERM'];

/** Why the signal of a command aborts: the process was asked to end. */
export class Interruption extends Error {
  /** 128 and the number of the signal, as shells say it. */
  readonly exitCode: number;

  constructor(name: EndingSignal) {
    super(`interrupted by ${name}`);
    this.name = 'Interruption';
    this.exitCode = 128 + constants.signals[name];
  }
}

/** Aborts with an Interruption on SIGINT or SIGTERM; a second one ends the process at once. */
export function interruptionSignal(): AbortSignal {
  const controller = new AbortController();
  const listeners = endingSignals.map((name) => [name, () => interrupt(name)] as const);
  function interrupt(name: EndingSignal): void {
    for (const [one, listener] of listeners) process.removeListener(one, listener);
    controller.abort(new Interruption(name));
  }
  for (const [name, listener] of listeners) process.on(name, listener);
  return controller.signal;
}

/** Runs a task on every SIGHUP until `signal` aborts. */
export function onHangup(signal: AbortSignal, task: () => void): void {
  process.on('SIGHUP', task);
  signal.addEventListener('abort', () => process.removeListener('SIGHUP', task), { once: true });
}

/** Resolves when the signal aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
