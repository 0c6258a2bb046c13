/** One of several ways to do the same work. */
export interface Contender<Result> {
  readonly name: string;
  /** Does the work once; throws when the answer is wrong. */
  readonly run: (round: number) => Promise<Result>;
}

/** Runs contenders in turn (A B A B), so that what disturbs the machine disturbs all of them; results by name, a round each. */
export async function contest<Result>(
  rounds: number,
  contenders: readonly Contender<Result>[],
): Promise<ReadonlyMap<string, readonly Result[]>> {
  const results = new Map<string, Result[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1)
    for (const { name, run } of contenders) results.get(name)?.push(await run(round));
  return results;
}
