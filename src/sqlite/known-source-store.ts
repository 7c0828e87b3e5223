import { z } from "zod";
import type { KnownSource, KnownSourceStore } from "../guard/ports.js";
import type { Database } from "./database.js";
import { parseRow, sourceText } from "./row.js";
import { inStore } from "./store-error.js";

/** From where passwords succeeded, for which account. */
export function knownSourceStore(db: Database): KnownSourceStore {
  const upsert = db.prepare(
    `INSERT INTO known_sources (source, account, first_at_ms, last_at_ms, successes)
     VALUES (@source, @account, @firstAtMs, @lastAtMs, @successes)
     ON CONFLICT (source, account) DO UPDATE SET
       first_at_ms = min(first_at_ms, excluded.first_at_ms),
       last_at_ms = max(last_at_ms, excluded.last_at_ms),
       successes = successes + excluded.successes`,
  );
  const since = db.prepare("SELECT * FROM known_sources WHERE last_at_ms >= ? ORDER BY last_at_ms DESC");
  const ofSource = db.prepare("SELECT * FROM known_sources WHERE source = ? ORDER BY last_at_ms DESC");
  const ofAccount = db.prepare("SELECT * FROM known_sources WHERE account = ? ORDER BY last_at_ms DESC");
  const remember = db.transaction((seen: readonly KnownSource[]) => {
    for (const pair of seen) upsert.run(pair);
  });
  const reading = (read: () => unknown[]) => inStore("read the known sources", () => read().map(parseKnown));
  return {
    remember: (seen) => inStore("remember known sources", () => remember.immediate(seen)),
    since: (atMs) => reading(() => since.all(atMs)),
    ofSource: (source) => reading(() => ofSource.all(source)),
    ofAccount: (account) => reading(() => ofAccount.all(account)),
  };
}

const knownRow = z.object({
  source: sourceText,
  account: z.string(),
  first_at_ms: z.int(),
  last_at_ms: z.int(),
  successes: z.int().positive(),
});

function parseKnown(row: unknown): KnownSource {
  const { source, account } = row as { source: unknown; account: unknown };
  const { first_at_ms, last_at_ms, ...rest } = parseRow(
    "known_sources",
    `${String(source)} ${String(account)}`,
    knownRow,
    row,
  );
  return { ...rest, firstAtMs: first_at_ms, lastAtMs: last_at_ms };
}
