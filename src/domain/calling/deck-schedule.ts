/** What is in force from one time (always, where it is left out) until another. Unix milliseconds. */
export interface Scheduled {
  readonly prefix: string;
  readonly fromMs?: number;
  readonly untilMs?: number;
}

/** Of the rows of each prefix the one in force: that which began last and has not ended. `rows` come in order of prefix, then of
 *  the time from which they are in force; what comes out has each prefix once. */
export function* rowsInForce<T extends Scheduled>(rows: Iterable<T>, nowMs: number): Generator<T> {
  let latest: T | null = null;
  for (const row of rows) {
    if (latest !== null && latest.prefix !== row.prefix) {
      yield latest;
      latest = null;
    }
    if ((row.fromMs ?? 0) <= nowMs && (row.untilMs ?? Infinity) > nowMs) latest = row;
  }
  if (latest !== null) yield latest;
}

/** When a row next begins or ends; null where none will. */
export function nextChangeMs(rows: Iterable<Scheduled>, nowMs: number): number | null {
  let next = Infinity;
  for (const { fromMs = 0, untilMs = Infinity } of rows) {
    if (fromMs > nowMs && fromMs < next) next = fromMs;
    if (untilMs > nowMs && untilMs < next) next = untilMs;
  }
  return Number.isFinite(next) ? next : null;
}
