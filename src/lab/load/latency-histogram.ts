/** Percentiles in milliseconds; each is at most 1.6 % above the exact value. */
export interface LatencySummary {
  readonly count: number;
  readonly meanMs: number;
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly maxMs: number;
}

const subBuckets = 64;
const exponents = 36;

/** The bucket of a duration: exact below 64 µs, then 64 buckets for each doubling. */
function bucketOf(microseconds: number): number {
  if (microseconds < subBuckets) return microseconds;
  const exponent = Math.floor(Math.log2(microseconds)) - Math.log2(subBuckets);
  const within = Math.floor(microseconds / 2 ** exponent) - subBuckets;
  return Math.min(subBuckets * (exponent + 1) + within, subBuckets * exponents - 1);
}

/** The longest duration that falls into a bucket, in microseconds. */
function upperEdge(bucket: number): number {
  if (bucket < subBuckets) return bucket;
  const exponent = Math.floor(bucket / subBuckets) - 1;
  return (subBuckets + (bucket % subBuckets) + 1) * 2 ** exponent - 1;
}

/** Durations in constant memory, from 1 µs to half an hour and more. */
export class LatencyHistogram {
  readonly #buckets = new Float64Array(subBuckets * exponents);
  #count = 0;
  #sumMs = 0;
  #maxMs = 0;

  add(durationMs: number): void {
    const bucket = bucketOf(Math.max(0, Math.round(durationMs * 1000)));
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1;
    this.#count += 1;
    this.#sumMs += durationMs;
    this.#maxMs = Math.max(this.#maxMs, durationMs);
  }

  /** The duration that a share (0 to 1) of all do not exceed; 0 when there are none. */
  quantileMs(share: number): number {
    const wanted = Math.ceil(share * this.#count);
    let seen = 0;
    for (const [bucket, count] of this.#buckets.entries()) {
      seen += count;
      if (count > 0 && seen >= wanted) return Math.min(upperEdge(bucket) / 1000, this.#maxMs);
    }
    return 0;
  }

  summary(): LatencySummary {
    return {
      count: this.#count,
      meanMs: this.#count === 0 ? 0 : this.#sumMs / this.#count,
      p50Ms: this.quantileMs(0.5),
      p90Ms: this.quantileMs(0.9),
      p99Ms: this.quantileMs(0.99),
      p999Ms: this.quantileMs(0.999),
      maxMs: this.#maxMs,
    };
  }
}
