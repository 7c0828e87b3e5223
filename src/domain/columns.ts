/** Columns: typed arrays in which hundreds of thousands of things keep a number each, in the same place of every array. */

/** How many places the next larger columns have. Large ones grow by a quarter: doubled, half of several megabytes would lie idle. */
export function roomier(places: number): number {
  return places < SMALL ? places * 2 : Math.ceil(places * 1.25);
}

const SMALL = 4_096;

/** `to`, with what `from` holds. */
export function widened<Column extends { set(from: Column): void }>(from: Column, to: Column): Column {
  to.set(from);
  return to;
}
