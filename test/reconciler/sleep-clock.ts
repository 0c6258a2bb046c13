import { FakeClock } from '../fake-clock.js';

/** A fake clock that tells whether somebody sleeps on it: then only time can bring things on. */
export class SleepClock extends FakeClock {
  sleeping = 0;

  override async sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    this.sleeping += 1;
    try {
      await super.sleep(delayMs, signal);
    } finally {
      this.sleeping -= 1;
    }
  }
}
