export interface Spread {
  readonly minimum: number;
  readonly median: number;
  readonly maximum: number;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  return { minimum: sorted[0] ?? 0, median: quantile(values, 0.5), maximum: sorted.at(-1) ?? 0 };
}

/** The `share` quantile (0 to 1) of values that need not be sorted. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** Median, then least and most, with so many digits behind the point. */
export function spreadText(values: readonly number[], digits: number): string {
  const { minimum, median, maximum } = spreadOf(values);
  return `${median.toFixed(digits)} (${minimum.toFixed(digits)} to ${maximum.toFixed(digits)})`;
}
