import { isIPv6 } from 'node:net';
import type { Clock } from '../../platform/clock.js';
import type { ConnectionRate } from '../../model/generated/kinds.js';
import { newBoundedMap } from './bounded-map.js';

/** Source addresses whose buckets are kept; a forgotten one starts with a full bucket. */
const maximumSources = 65_536;

interface Bucket {
  tokens: number;
  filledAtMs: number;
}

/** How a new connection stands to the rate of its source. */
export type ConnectionVerdict = 'within' | 'beyond';

/** The new connections of each source address as token buckets, whose fill outlives a change of the numbers. */
export interface ConnectionRates {
  count(address: string, rate: ConnectionRate): ConnectionVerdict;
}

/** What limits count as one source: an IPv4 address, or the /64 of IPv6 that one subscriber has as a whole. */
export function sourceOf(address: string): string {
  if (!isIPv6(address)) return address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [head = '', tail] = address.split('::', 2);
  const groups = head === '' ? [] : head.split(':');
  const tailGroups = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - groups.length - tailGroups.length;
  return [...groups, ...Array<string>(Math.max(0, zeros)).fill('0'), ...tailGroups].slice(0, 4).join(':');
}

export function newConnectionRates(clock: Clock): ConnectionRates {
  const buckets = newBoundedMap<Bucket>(maximumSources);

  function bucketOf(source: string, burst: number, nowMs: number): Bucket {
    const before = buckets.get(source);
    if (before !== undefined) return before;
    const bucket = { tokens: burst, filledAtMs: nowMs };
    buckets.set(source, bucket);
    return bucket;
  }

  return {
    count(address, { mode, perSecond, burst }) {
      if (mode === 'off') return 'within';
      const nowMs = clock.monotonicMs();
      const bucket = bucketOf(sourceOf(address), burst, nowMs);
      bucket.tokens = Math.min(burst, bucket.tokens + ((nowMs - bucket.filledAtMs) / 1000) * perSecond);
      bucket.filledAtMs = nowMs;
      if (bucket.tokens < 1) return 'beyond';
      bucket.tokens -= 1;
      return 'within';
    },
  };
}
