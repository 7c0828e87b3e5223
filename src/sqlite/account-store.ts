import { z } from "zod";
import type { AccountStore, KnownAccount } from "../guard/ports.js";
import type { Database } from "./database.js";
import { idOf, parseRow } from "./row.js";
import { inStore } from "./store-error.js";

/** Accounts that programs make for a day and drop must not fill the disk: the longest gone are forgotten first. */
const MOST_ACCOUNTS = 50_000;

/** The accounts of this PBX and their history. */
export function accountStore(db: Database, mostAccounts = MOST_ACCOUNTS): AccountStore {
  const all = db.prepare("SELECT name, first_at_ms, last_at_ms FROM accounts ORDER BY name");
  const upsert = db.prepare(
    `INSERT INTO accounts (name, first_at_ms, last_at_ms) VALUES (@name, @atMs, @atMs)
     ON CONFLICT (name) DO UPDATE SET last_at_ms = max(last_at_ms, excluded.last_at_ms)`,
  );
  const forget = db.prepare(
    `DELETE FROM accounts WHERE name IN
       (SELECT name FROM accounts ORDER BY last_at_ms DESC, name LIMIT -1 OFFSET ?)`,
  );
  const saw = db.transaction((names: readonly string[], atMs: number) => {
    for (const name of names) upsert.run({ name, atMs });
    forget.run(mostAccounts);
  });
  return {
    load: () => inStore("read the accounts", () => all.all().map(parseAccount)),
    saw: (names, atMs) => inStore("store the accounts", () => saw.immediate(names, atMs)),
  };
}

const accountRow = z.object({ name: z.string(), first_at_ms: z.int(), last_at_ms: z.int() });

function parseAccount(row: unknown): KnownAccount {
  const parsed = parseRow("accounts", idOf(row, "name"), accountRow, row);
  return { name: parsed.name, firstAtMs: parsed.first_at_ms, lastAtMs: parsed.last_at_ms };
}
