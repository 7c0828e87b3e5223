import { z } from "zod";
import type { Pin, PinStore, PortalLift } from "../guard/ports.js";
import { auditWriter } from "./audit.js";
import { durably, type Database } from "./database.js";
import { idOf, parseRow, sourceText } from "./row.js";
import { inStore } from "./store-error.js";

const KEPT_MS = 48 * 3_600_000;

/** PINs of the portal, and who let themselves in with one. The audit holds who has a PIN and never its hash. */
export function pinStore(db: Database): PinStore {
  const all = db.prepare("SELECT * FROM portal_pins ORDER BY extension");
  const one = db.prepare("SELECT * FROM portal_pins WHERE extension = ?");
  const put = db.prepare(
    `INSERT INTO portal_pins (extension, hash, set_at_ms, set_by) VALUES (@extension, @hash, @setAtMs, @setBy)
     ON CONFLICT (extension) DO UPDATE SET hash = excluded.hash, set_at_ms = excluded.set_at_ms,
       set_by = excluded.set_by, used_at_ms = NULL`,
  );
  const drop = db.prepare("DELETE FROM portal_pins WHERE extension = ?");
  const use = db.prepare("UPDATE portal_pins SET used_at_ms = ? WHERE extension = ?");
  const lifts = db.prepare(
    `SELECT * FROM portal_lifts WHERE at_ms > @sinceMs AND (extension = @extension OR source = @source)
     ORDER BY id DESC LIMIT 100`,
  );
  const addLift = db.prepare(
    "INSERT INTO portal_lifts (extension, source, at_ms) VALUES (@extension, @source, @atMs)",
  );
  const forget = db.prepare("DELETE FROM portal_lifts WHERE at_ms < ?");
  const audit = auditWriter(db);
  const wholeOf = (extension: string): Pin | null => {
    const row = one.get(extension);
    return row === undefined ? null : parsePin(row);
  };

  return {
    list: () => inStore("read the portal PINs", () => all.all().map(parsePin)),
    of: (extension) => inStore("read a portal PIN", () => wholeOf(extension)),
    set: (pin) =>
      inStore("store a portal PIN", () =>
        durably(db, () => {
          const { extension, setAtMs: atMs, setBy: by } = pin;
          const before = wholeOf(extension);
          put.run(pin);
          const change = before === null ? "set" : "changed";
          audit({ subject: `pin ${extension}`, atMs, by, change, before: null, after: null });
          return { ...pin, usedAtMs: null };
        }),
      ),
    remove: (extension, atMs, by) =>
      inStore("remove a portal PIN", () =>
        durably(db, () => {
          if (drop.run(extension).changes === 0) return false;
          audit({ subject: `pin ${extension}`, atMs, by, change: "removed", before: null, after: null });
          return true;
        }),
      ),
    used: (extension, atMs) => inStore("note the use of a portal PIN", () => void use.run(atMs, extension)),
    lifts: (of, sinceMs) =>
      inStore("read who let themselves in", () => lifts.all({ ...of, sinceMs }).map(parseLift)),
    lifted: (lift) =>
      inStore("note who lets themselves in", () =>
        durably(db, () => {
          forget.run(lift.atMs - KEPT_MS);
          addLift.run(lift);
        }),
      ),
  };
}

const pinRow = z
  .object({
    extension: z.string(),
    hash: z.string(),
    set_at_ms: z.int(),
    set_by: z.string(),
    used_at_ms: z.nullable(z.int()),
  })
  .transform(({ set_at_ms, set_by, used_at_ms, ...rest }): Pin => {
    return { ...rest, setAtMs: set_at_ms, setBy: set_by, usedAtMs: used_at_ms };
  });

const liftRow = z
  .object({ extension: z.string(), source: sourceText, at_ms: z.int() })
  .transform(({ at_ms, ...rest }): PortalLift => ({ ...rest, atMs: at_ms }));

function parsePin(row: unknown): Pin {
  return parseRow("portal_pins", idOf(row, "extension"), pinRow, row);
}

function parseLift(row: unknown): PortalLift {
  return parseRow("portal_lifts", idOf(row), liftRow, row);
}
