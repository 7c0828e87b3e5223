import { z } from "zod";
import type { ActivityKind, ActivityStore } from "../guard/ports.js";
import { causeSlug, IN_FORCE } from "./ban-row.js";
import type { Database } from "./database.js";
import { idOf, oneOf, parseRow, sourceText, targetText } from "./row.js";
import { inStore } from "./store-error.js";

/** What happened, counted by the hour, and what for. */
export function activityStore(db: Database): ActivityStore {
  const put = db.prepare(
    `INSERT INTO activity (hour_ms, kind, amount) VALUES (@hourMs, @kind, max(0, @amount))
     ON CONFLICT (hour_ms, kind) DO UPDATE SET amount = max(0, amount + @amount)`,
  );
  const hours = db.prepare(
    "SELECT hour_ms AS hourMs, kind, amount FROM activity WHERE hour_ms >= ? ORDER BY hour_ms",
  );
  const drop = db.prepare("DELETE FROM activity WHERE hour_ms < ?");
  // The `+` keeps the index of causes away, by which all bans there ever were would be read.
  const causes = db.prepare(
    `SELECT cause, sum(bans) AS bans, sum(blocks) AS blocks FROM (
       SELECT cause, count(*) AS bans, 0 AS blocks FROM bans WHERE from_ms >= @fromMs GROUP BY +cause
       UNION ALL
       SELECT cause, 0, count(*) FROM blocks WHERE from_ms >= @fromMs GROUP BY +cause)
     GROUP BY cause ORDER BY sum(bans) + sum(blocks) DESC`,
  );
  const banned = db.prepare(
    `SELECT target, sum(attempts) AS attempts FROM (
       SELECT target, from_ms, json_extract(evidence, '$.attempts') AS attempts FROM bans
       WHERE from_ms >= @fromMs ORDER BY from_ms DESC LIMIT @limit)
     GROUP BY target ORDER BY max(from_ms) DESC`,
  );
  const known = db.prepare(
    `SELECT target, from_ms AS fromMs, json_extract(evidence, '$.summary') AS summary FROM bans
     WHERE standing = 'known' AND ${IN_FORCE} ORDER BY id DESC LIMIT @limit`,
  );
  const knownBlocked = db.prepare(
    `SELECT account, source, from_ms AS fromMs FROM blocks
     WHERE standing = 'known' AND ${IN_FORCE} ORDER BY id DESC LIMIT @limit`,
  );
  const add = db.transaction((hourMs: number, amounts: ReadonlyMap<ActivityKind, number>) => {
    for (const [kind, amount] of amounts) put.run({ hourMs, kind, amount });
  });
  return {
    add: (hourMs, amounts) =>
      inStore("count what happened", () => {
        add.immediate(hourMs, amounts);
      }),
    since: (fromMs) =>
      inStore("read what happened", () =>
        hours.all(fromMs).map((row) => parseRow("activity", idOf(row, "hourMs"), hourRow, row)),
      ),
    forget: (beforeMs) => inStore("forget what happened long ago", () => void drop.run(beforeMs)),
    causesSince: (fromMs) =>
      inStore("count the causes", () =>
        causes.all({ fromMs }).map((row) => parseRow("bans", idOf(row, "cause"), causeRow, row)),
      ),
    bannedSince: (fromMs, limit) =>
      inStore("read whom the fence shut out", () =>
        banned.all({ fromMs, limit }).map((row) => parseRow("bans", idOf(row, "target"), bannedRow, row)),
      ),
    knownShutOut: (atMs, limit) =>
      inStore("read which known sources are shut out", () =>
        known.all({ atMs, limit }).map((row) => parseRow("bans", idOf(row, "target"), knownRow, row)),
      ),
    knownBlocked: (atMs, limit) =>
      inStore("read which known sources are blocked", () =>
        knownBlocked
          .all({ atMs, limit })
          .map((row) => parseRow("blocks", idOf(row, "source"), knownBlockedRow, row)),
      ),
  };
}

const hourRow = z.object({
  hourMs: z.int(),
  kind: oneOf<ActivityKind>({
    attempts: true,
    bans: true,
    blocks: true,
    "calls-allowed": true,
    "calls-refused": true,
    "refused-micros": true,
  }),
  amount: z.int(),
});
const causeRow = z.object({ cause: causeSlug, bans: z.int(), blocks: z.int() });
const bannedRow = z.object({ target: targetText, attempts: z.int() });
const knownBlockedRow = z.object({ account: z.string(), source: sourceText, fromMs: z.int() });
const knownRow = z.object({ target: targetText, fromMs: z.int(), summary: z.string() });
