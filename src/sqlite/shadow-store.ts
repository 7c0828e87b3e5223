import { z } from "zod";
import type { Decision } from "../domain/intrusion/decision.js";
import type { ShadowRun, ShadowStore } from "../guard/ports.js";
import { auditWriter } from "./audit.js";
import { proofSlug, shutColumns, triggerSlug } from "./ban-row.js";
import type { Database } from "./database.js";
import { idOf, jsonText, parseRow, targetText } from "./row.js";
import { inStore } from "./store-error.js";

/** So many decisions are kept, the newest. */
const KEPT = 10_000;
const KEPT_MS = 30 * 86_400_000;

/** The shadow policy, its run and what it would have done. Changes of the policy and of the run are audited. */
export function shadowStore(db: Database, kept = KEPT): ShadowStore {
  const load = db.prepare("SELECT changes, from_ms, to_ms FROM shadow_run WHERE id = 1");
  const put = db.prepare(
    `INSERT INTO shadow_run (id, changes, from_ms, to_ms) VALUES (1, @changes, @fromMs, @toMs)
     ON CONFLICT (id) DO UPDATE SET changes = excluded.changes, from_ms = excluded.from_ms, to_ms = excluded.to_ms`,
  );
  const clear = db.prepare("DELETE FROM shadow_decisions");
  const insert = db.prepare(
    `INSERT INTO shadow_decisions
       (target, account, at_ms, until_ms, cause, trigger, standing, proof, rung, attempts, accounts, summary)
     VALUES (@target, @account, @atMs, @untilMs, @cause, @trigger, @standing, @proof, @rung, @attempts, @accounts, @summary)`,
  );
  const dropOldest = db.prepare(
    "DELETE FROM shadow_decisions WHERE id <= (SELECT max(id) FROM shadow_decisions) - ?",
  );
  const dropOld = db.prepare("DELETE FROM shadow_decisions WHERE at_ms < ?");
  const list = db.prepare(
    "SELECT * FROM (SELECT * FROM shadow_decisions WHERE at_ms >= ? ORDER BY id DESC LIMIT ?) ORDER BY id",
  );
  const live = db.prepare(liveDecisions("fromMs", "toMs"));
  const audit = auditWriter(db);

  const save = db.transaction((run: ShadowRun, by: string, atMs: number, change: string): void => {
    const before = loaded();
    if (run.fromMs !== before.fromMs) clear.run();
    put.run({ ...run, changes: JSON.stringify(run.changes) });
    audit({ subject: "shadow policy", atMs, by, change, before, after: run });
  });
  const add = db.transaction((decisions: readonly Decision[], nowMs: number): void => {
    // Of a flood only those that are kept anyway.
    for (const decision of decisions.slice(-kept)) {
      insert.run({ ...decision, accounts: JSON.stringify(decision.accounts) });
    }
    dropOldest.run(kept);
    dropOld.run(nowMs - KEPT_MS);
  });
  const loaded = (): ShadowRun => {
    const row = load.get();
    if (row === undefined) return { changes: {}, fromMs: null, toMs: null };
    const { changes, from_ms, to_ms } = parseRow("shadow_run", 1, runRow, row);
    return { changes, fromMs: from_ms, toMs: to_ms };
  };

  return {
    load: () => inStore("read the shadow policy", loaded),
    save: (run, by, atMs, change) =>
      inStore("store the shadow policy", () => save.immediate(run, by, atMs, change)),
    add: (decisions, nowMs) =>
      inStore("store what the shadow policy would have done", () => add.immediate(decisions, nowMs)),
    decisions: (sinceMs) =>
      inStore("read what the shadow policy would have done", () =>
        list.all(sinceMs, kept).map((row) => parseDecision("shadow_decisions", row)),
      ),
    liveDecisions: (fromMs, toMs) =>
      inStore("read the bans and blocks", () =>
        live.all({ fromMs, toMs, most: kept }).map((row) => parseDecision("bans and blocks", row)),
      ),
  };
}

/** What the machine decided, in SQL, the newest @most in the order taken. */
function liveDecisions(from: string, to: string): string {
  const columns = `from_ms AS at_ms, until_ms, cause, trigger, standing, proof, rung,
    json_extract(evidence, '$.attempts') AS attempts, json_extract(evidence, '$.accounts') AS accounts,
    json_extract(evidence, '$.summary') AS summary`;
  const which = `from_ms BETWEEN @${from} AND @${to} AND trigger <> 'by-hand'`;
  return `SELECT * FROM (
    SELECT id, target, NULL AS account, ${columns} FROM bans WHERE ${which}
    UNION ALL
    SELECT id, source AS target, account, ${columns} FROM blocks WHERE ${which}
    ORDER BY at_ms DESC LIMIT @most
  ) ORDER BY at_ms`;
}

const runRow = z.object({
  changes: jsonText(z.record(z.string(), z.string())),
  from_ms: z.nullable(z.int()),
  to_ms: z.nullable(z.int()),
});

const decisionRow = z.object({
  target: targetText,
  account: z.nullable(z.string()),
  at_ms: z.int(),
  until_ms: z.nullable(z.int()),
  cause: shutColumns.cause,
  trigger: triggerSlug,
  standing: shutColumns.standing,
  proof: proofSlug,
  rung: shutColumns.rung,
  attempts: z.int(),
  accounts: jsonText(z.array(z.string())),
  summary: z.string(),
});

function parseDecision(table: string, row: unknown): Decision {
  const { at_ms, until_ms, ...rest } = parseRow(table, idOf(row), decisionRow, row);
  return { ...rest, atMs: at_ms, untilMs: until_ms };
}
