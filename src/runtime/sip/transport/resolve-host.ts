import type { LookupFunction } from 'node:net';
import type { Clock } from '../../../platform/clock.js';

/** The first address of a host; rejects with the error of DNS, or when it takes longer than the limit. */
export function resolveHost(host: string, lookup: LookupFunction, limitMs: number, clock: Clock): Promise<string> {
  return new Promise((resolve, reject) => {
    const onLimit = () => reject(new Error(`resolving ${host} took longer than ${limitMs} ms`));
    const timer = clock.after(limitMs, onLimit, { idle: true });
    lookup(host, { all: false }, (error, address) => {
      timer.cancel();
      const first = typeof address === 'string' ? address : address[0]?.address;
      if (error === null && first !== undefined) resolve(first);
      else reject(error ?? new Error(`${host} has no address`));
    });
  });
}
