/** Some milliseconds of work. */
const SLICE = 2_000;

/** Calls `each` for all of `items`, and lets the main loop do other things every now and then. */
export async function inSlices<T>(items: Iterable<T>, each: (item: T) => void): Promise<void> {
  let done = 0;
  for (const item of items) {
    each(item);
    done += 1;
    if (done % SLICE === 0) await new Promise((resolve) => setImmediate(resolve));
  }
}
