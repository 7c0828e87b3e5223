import { z } from "zod";
import type { AuditEntry, AuditStore } from "../guard/ports.js";
import type { Database } from "./database.js";
import { idOf, jsonText, parseRow } from "./row.js";
import { inStore } from "./store-error.js";

const entryRow: z.ZodType<AuditEntry> = z
  .object({
    id: z.int(),
    at_ms: z.int(),
    by: z.string(),
    subject: z.string(),
    change: z.string(),
    before: z.nullable(jsonText(z.unknown())),
    after: z.nullable(jsonText(z.unknown())),
  })
  .transform(({ at_ms, ...entry }) => ({ ...entry, atMs: at_ms }));

export function auditStore(db: Database): AuditStore {
  const recent = db.prepare("SELECT * FROM audit ORDER BY id DESC LIMIT ?");
  const list = db.prepare(
    `SELECT * FROM audit
     WHERE id < @beforeId AND (@sinceMs IS NULL OR at_ms >= @sinceMs)
       AND (@subject IS NULL OR instr(subject, @subject) > 0)
     ORDER BY id DESC LIMIT @limit`,
  );
  const entries = (read: () => unknown[]): AuditEntry[] =>
    inStore("read the audit", () => read().map((row) => parseRow("audit", idOf(row), entryRow, row)));
  return {
    recent: (limit) => entries(() => recent.all(limit)),
    list: ({ beforeId, ...filter }) =>
      entries(() => list.all({ ...filter, beforeId: beforeId ?? Number.MAX_SAFE_INTEGER })),
  };
}

/** Adds an entry; called inside the transaction of the change that it tells of, so that neither is there without the other. */
export function auditWriter(db: Database): (entry: Omit<AuditEntry, "id">) => void {
  const insert = db.prepare(
    `INSERT INTO audit (at_ms, by, subject, change, before, after)
     VALUES (@atMs, @by, @subject, @change, @before, @after)`,
  );
  return (entry) => {
    insert.run({ ...entry, before: jsonOrNull(entry.before), after: jsonOrNull(entry.after) });
  };
}

function jsonOrNull(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}
