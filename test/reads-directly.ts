import type { ReadThread } from "../src/read-thread.js";
import { readsOf } from "../src/reads.js";
import type { Database } from "../src/sqlite/database.js";

/** The reads of the reading thread, in this one. */
export function readsDirectly(db: Database): Pick<ReadThread, "ask"> {
  const reads = readsOf(db);
  const ask = (name: keyof typeof reads, ...of: readonly unknown[]): Promise<unknown> => {
    const read = reads[name] as (...of: readonly unknown[]) => unknown;
    return Promise.resolve(read(...of));
  };
  return { ask: ask as ReadThread["ask"] };
}
