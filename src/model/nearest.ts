const longestName = 64;
const shortestBeginning = 4;

/** One more row of the Damerau-Levenshtein table (optimal string alignment): swapping two neighbours counts as one edit. */
function nextRow(a: string, b: string, row: number, last: readonly number[], beforeLast: readonly number[]): number[] {
  const next = [row];
  for (let column = 1; column <= b.length; column += 1) {
    const same = a[row - 1] === b[column - 1];
    const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
    next[column] = Math.min(
      (last[column] ?? 0) + 1,
      (next[column - 1] ?? 0) + 1,
      (last[column - 1] ?? 0) + (same ? 0 : 1),
      swapped ? (beforeLast[column - 2] ?? 0) + 1 : Infinity,
    );
  }
  return next;
}

function distance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const next = nextRow(a, b, row, last, beforeLast);
    beforeLast = last;
    last = next;
  }
  return last[b.length] ?? 0;
}

/** The number of edits as far as it is below `bound`; a name that was left unfinished counts as one edit away. */
function boundedDistance(wanted: string, candidate: string, bound: number): number {
  if (wanted.length >= shortestBeginning && candidate.startsWith(wanted)) return wanted === candidate ? 0 : 1;
  return Math.abs(candidate.length - wanted.length) >= bound ? bound : distance(wanted, candidate);
}

/** The candidate that a misspelt name most likely meant; letter case counts for nothing. Undefined when none is near. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  const wanted = name.slice(0, longestName).toLowerCase();
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of candidates) {
    const edits = boundedDistance(wanted, candidate.toLowerCase(), bestDistance);
    if (edits < bestDistance) [best, bestDistance] = [candidate, edits];
  }
  return best;
}
