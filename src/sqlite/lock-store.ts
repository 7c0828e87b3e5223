import { z } from "zod";
import { SUPERSEDED, type Lock, type NewLock } from "../domain/intrusion/ban.js";
import type { LockStore } from "../guard/ports.js";
import { auditWriter } from "./audit.js";
import { IN_FORCE } from "./ban-row.js";
import type { Database } from "./database.js";
import { idOf, parseRow } from "./row.js";
import { inStore } from "./store-error.js";

/** Locks, at most one in force for an account. Lifting one, and making one by hand, leaves an audit row. */
export function lockStore(db: Database): LockStore {
  const insert = db
    .prepare(
      `INSERT INTO locks (account, latest, from_ms, until_ms, by, sources)
       VALUES (@account, 1, @fromMs, @untilMs, @by, @sources) RETURNING id`,
    )
    .pluck();
  const endOlder = db.prepare(
    `UPDATE locks SET latest = 0,
       lifted_at_ms = CASE WHEN ${IN_FORCE} THEN @atMs ELSE lifted_at_ms END,
       lifted_by = CASE WHEN ${IN_FORCE} THEN '${SUPERSEDED}' ELSE lifted_by END
     WHERE account = @account AND latest = 1`,
  );
  const endInForce = db.prepare(
    `UPDATE locks SET lifted_at_ms = @atMs, lifted_by = @by
     WHERE account = @account AND latest = 1 AND ${IN_FORCE} RETURNING *`,
  );
  const inForce = db.prepare("SELECT * FROM locks WHERE lifted_at_ms IS NULL AND until_ms > ? ORDER BY id");
  const recent = db.prepare("SELECT * FROM locks ORDER BY id DESC LIMIT ?");
  const audit = auditWriter(db);

  const add = db.transaction((lock: NewLock): Lock => {
    endOlder.run({ account: lock.account, atMs: lock.fromMs });
    const added: Lock = { ...lock, id: Number(insert.get(lock)), liftedAtMs: null, liftedBy: null };
    const { account, fromMs: atMs, by } = lock;
    if (by !== "ringfence") {
      audit({ subject: `lock ${account}`, atMs, by, change: "locked", before: null, after: added });
    }
    return added;
  });

  const lift = db.transaction((account: string, atMs: number, by: string): Lock[] => {
    const lifted = endInForce.all({ account, atMs, by }).map(parseLock);
    for (const { untilMs } of lifted) {
      audit({ subject: `lock ${account}`, atMs, by, change: "lifted", before: { untilMs }, after: null });
    }
    return lifted;
  });

  return {
    add: (lock) => inStore("store a lock", () => add.immediate(lock)),
    lift: (account, atMs, by) => inStore("lift a lock", () => lift.immediate(account, atMs, by)),
    inForce: (nowMs) => inStore("read the locks", () => inForce.all(nowMs).map(parseLock)),
    recent: (limit) => inStore("read the locks", () => recent.all(limit).map(parseLock)),
  };
}

const lockRow = z.object({
  id: z.int(),
  account: z.string(),
  from_ms: z.int(),
  until_ms: z.int(),
  lifted_at_ms: z.nullable(z.int()),
  lifted_by: z.nullable(z.string()),
  by: z.string(),
  sources: z.int(),
});

function parseLock(row: unknown): Lock {
  const { from_ms, until_ms, lifted_at_ms, lifted_by, ...rest } = parseRow("locks", idOf(row), lockRow, row);
  return { ...rest, fromMs: from_ms, untilMs: until_ms, liftedAtMs: lifted_at_ms, liftedBy: lifted_by };
}
