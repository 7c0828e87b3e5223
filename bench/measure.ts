/** What several runs, or many single measurements, came to. */
export interface Spread {
  readonly count: number;
  readonly min: number;
  readonly median: number;
  readonly p99: number;
  readonly max: number;
}

/** Throws a RangeError where there are none. */
export function spreadOf(values: readonly number[]): Spread {
  if (values.length === 0) throw new RangeError("nothing was measured");
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return {
    count: sorted.length,
    min: at(sorted, 0),
    median: (at(sorted, Math.floor(middle)) + at(sorted, Math.ceil(middle))) / 2,
    p99: at(sorted, Math.ceil(sorted.length * 0.99) - 1),
    max: at(sorted, sorted.length - 1),
  };
}

/** Runs `once` as often as wanted, `warmUps` times without counting. */
export async function repeat<T>(
  { warmUps, runs }: { readonly warmUps: number; readonly runs: number },
  once: () => Promise<T> | T,
): Promise<T[]> {
  for (let run = 0; run < warmUps; run++) await once();
  const results: T[] = [];
  for (let run = 0; run < runs; run++) results.push(await once());
  return results;
}

function at(sorted: readonly number[], index: number): number {
  const value = sorted[index];
  if (value === undefined) throw new RangeError(`no value ${index} of ${sorted.length}`);
  return value;
}
