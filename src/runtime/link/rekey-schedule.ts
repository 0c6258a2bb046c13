import type { Clock } from '../../platform/clock.js';
import type { SshConnection } from './ssh-terms.js';

/** Asks for new session keys before the old ones have protected too much (the SSH library never does by itself). */
export class RekeySchedule {
  readonly #clock: Clock;
  readonly #connection: SshConnection;
  readonly #limits: { readonly rekeyAfterMs: number; readonly rekeyAfterBytes: number };
  #sinceMs: number;
  #sinceBytes = 0;

  constructor(
    clock: Clock,
    connection: SshConnection,
    limits: { readonly rekeyAfterMs: number; readonly rekeyAfterBytes: number },
  ) {
    this.#clock = clock;
    this.#connection = connection;
    this.#limits = limits;
    this.#sinceMs = clock.monotonicMs();
  }

  check(): void {
    const { socket, rekey } = this.#connection;
    const nowMs = this.#clock.monotonicMs();
    const bytes = socket.bytesRead + socket.bytesWritten;
    const { rekeyAfterMs, rekeyAfterBytes } = this.#limits;
    if (nowMs - this.#sinceMs < rekeyAfterMs && bytes - this.#sinceBytes < rekeyAfterBytes) return;
    this.#sinceMs = nowMs;
    this.#sinceBytes = bytes;
    rekey?.();
  }
}
