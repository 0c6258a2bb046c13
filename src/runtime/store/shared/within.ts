import type { Clock, Timer } from '../../../platform/clock.js';

/** What a promise gives, unless time runs out first; what becomes of it afterwards concerns nobody here. */
export async function within<T>(clock: Clock, promise: Promise<T>, limitMs: number): Promise<T> {
  let timer: Timer | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    const giveUp = () => reject(new Error(`no answer within ${limitMs} ms`));
    // When this process itself was held up, the answer may be there already: it is read before the second timer fires.
    const lookOnce = () => void (timer = clock.after(0, giveUp, { idle: true }));
    timer = clock.after(limitMs, lookOnce, { idle: true });
  });
  promise.catch(() => undefined);
  try {
    return await Promise.race([promise, tooLate]);
  } finally {
    timer?.cancel();
  }
}
