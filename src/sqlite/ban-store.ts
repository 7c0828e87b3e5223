import { z } from "zod";
import { asSource, type Target } from "../domain/address.js";
import {
  SUPERSEDED,
  type Ban,
  type BanInForce,
  type BannedNeighbour,
  type NewBan,
} from "../domain/intrusion/ban.js";
import { networkAround } from "../domain/intrusion/network-around.js";
import type { BanFilter, BanStore } from "../guard/ports.js";
import { auditWriter } from "./audit.js";
import { IN_FORCE, proofSlug, scopeSlug, shutColumns, triggerSlug, withTimes } from "./ban-row.js";
import type { Database } from "./database.js";
import { idOf, parseRow, targetText } from "./row.js";
import { inStore } from "./store-error.js";

/** Bans, at most one in force for a target. A ban by hand, every note and every lifting leave an audit row; a ban by the machine
 *  is its own record. */
export function banStore(db: Database): BanStore {
  const read = reader(db);
  const insert = db
    .prepare(
      `INSERT INTO bans
         (target, latest, network, cause, trigger, standing, proof, scope, rung, from_ms, until_ms, note, by, evidence)
       VALUES
         (@target, 1, @network, @cause, @trigger, @standing, @proof, @scope, @rung, @fromMs, @untilMs, @note, @by, @evidence)
       RETURNING id`,
    )
    .pluck();
  const endOlder = db.prepare(
    `UPDATE bans SET latest = 0,
       lifted_at_ms = CASE WHEN ${IN_FORCE} THEN @atMs ELSE lifted_at_ms END,
       lifted_by = CASE WHEN ${IN_FORCE} THEN '${SUPERSEDED}' ELSE lifted_by END
     WHERE target = @target AND latest = 1`,
  );
  const endInForce = db.prepare(
    `UPDATE bans SET lifted_at_ms = @atMs, lifted_by = @by
     WHERE target = @target AND latest = 1 AND ${IN_FORCE} RETURNING *`,
  );
  const note = db.prepare("UPDATE bans SET note = ? WHERE id = ?");
  const audit = auditWriter(db);

  const add = db.transaction((ban: NewBan): Ban => {
    endOlder.run({ target: ban.target, atMs: ban.fromMs });
    const source = asSource(ban.target);
    const network = source === null ? null : networkAround(source);
    const id = Number(insert.get({ ...ban, network, evidence: JSON.stringify(ban.evidence) }));
    const added: Ban = { ...ban, id, liftedAtMs: null, liftedBy: null };
    if (ban.trigger === "by-hand") {
      audit({
        ...subjectOf(added),
        atMs: ban.fromMs,
        by: ban.by,
        change: "banned",
        before: null,
        after: added,
      });
    }
    return added;
  });

  const lift = db.transaction((target: Target, atMs: number, by: string): Ban[] => {
    const lifted = endInForce.all({ target, atMs, by }).map(parseBan);
    for (const ban of lifted) {
      audit({ ...subjectOf(ban), atMs, by, change: "lifted", before: { untilMs: ban.untilMs }, after: null });
    }
    return lifted;
  });

  const setNote = db.transaction(
    (target: Target, text: string | null, atMs: number, by: string): Ban | null => {
      const [ban] = read.historyOf(target, 1);
      if (ban === undefined) return null;
      note.run(text, ban.id);
      const [before, after] = [{ note: ban.note }, { note: text }];
      if (ban.note !== text) audit({ ...subjectOf(ban), atMs, by, change: "noted", before, after });
      return { ...ban, note: text };
    },
  );

  const [begin, commit, rollback] = ["BEGIN IMMEDIATE", "COMMIT", "ROLLBACK"].map((sql) => db.prepare(sql));
  const end = (): void => {
    try {
      commit?.run();
    } finally {
      // A full disk, for one, leaves it open.
      if (db.inTransaction) rollback?.run();
    }
  };

  const reading = <T>(work: () => T): T => inStore("read the bans", work);
  return {
    add: (ban) => inStore(`store the ban of ${ban.target}`, () => add.immediate(ban)),
    begin: () => {
      inStore("begin to store bans", () => begin?.run());
      return { commit: () => inStore("store bans", end) };
    },
    lift: (target, atMs, by) => inStore(`lift the ban of ${target}`, () => lift.immediate(target, atMs, by)),
    setNote: (target, text, atMs, by) =>
      inStore(`note something on the ban of ${target}`, () => setNote.immediate(target, text, atMs, by)),
    inForce: (nowMs) => reading(() => read.inForce(nowMs)),
    byIds: (...of) => reading(() => read.byIds(...of)),
    page: (...of) => reading(() => read.page(...of)),
    newestId: () => reading(() => read.newestId()),
    historyOf: (target, limit) => reading(() => read.historyOf(target, limit)),
    recent: (limit) => reading(() => read.page({}, null, limit)),
    ofNetwork: (network, sinceMs) => reading(() => read.ofNetwork(network, sinceMs)),
    countSince: (atMs) => inStore("count the bans", () => read.countSince(atMs)),
  };
}

function reader(db: Database) {
  // Two searches of the index: with OR, or sorted by id, SQLite reads every ban that there ever was.
  const inForce = db.prepare(
    `SELECT id, target, trigger, scope, until_ms FROM bans WHERE lifted_at_ms IS NULL AND until_ms IS NULL
     UNION ALL
     SELECT id, target, trigger, scope, until_ms FROM bans WHERE lifted_at_ms IS NULL AND until_ms > ?`,
  );
  const history = db.prepare("SELECT * FROM bans WHERE target = ? ORDER BY id DESC LIMIT ?");
  const wasBanned = db.prepare("SELECT EXISTS (SELECT 1 FROM bans WHERE target = ?)").pluck();
  // Without the evidence: this is asked after each ban.
  const ofNetwork = db.prepare(
    `SELECT id, target, trigger, proof, from_ms, lifted_by, json_extract(evidence, '$.attempts') AS attempts
     FROM bans WHERE network = ? AND from_ms >= ? ORDER BY from_ms DESC LIMIT 200`,
  );
  const countSince = db.prepare("SELECT count(*) FROM bans WHERE from_ms >= ?").pluck();
  const newestId = db.prepare("SELECT coalesce(max(id), 0) FROM bans").pluck();
  const prepared = new Map<string, ReturnType<Database["prepare"]>>();
  /** Only what is asked for is a condition, so that each finds its index. */
  const filtered = (
    scope: string,
    tail: string,
    { cause, standing, sinceMs, text }: BanFilter,
    bound: Readonly<Record<string, unknown>>,
  ): Ban[] => {
    const conditions = [
      scope,
      ...(cause == null ? [] : ["cause = @cause"]),
      // Not bound: the index of known sources is for this very text.
      ...(standing == null ? [] : [`standing = '${standing === "known" ? "known" : "stranger"}'`]),
      ...(sinceMs == null ? [] : ["from_ms >= @sinceMs"]),
      ...(text == null ? [] : ["instr(words, @text) > 0"]),
    ];
    const wanted = `${conditions.join(" AND ")} ORDER BY id DESC ${tail}`;
    // A text is looked for in the index alone, which is a tenth of the table.
    const sql =
      text == null
        ? `SELECT * FROM bans WHERE ${wanted}`
        : `SELECT * FROM bans WHERE id IN (SELECT id FROM bans INDEXED BY bans_words WHERE ${wanted}) ORDER BY id DESC`;
    const statement = prepared.get(sql) ?? db.prepare(sql);
    prepared.set(sql, statement);
    const asked = {
      ...(cause != null && { cause }),
      ...(sinceMs != null && { sinceMs }),
      ...(text != null && { text: text.toLowerCase() }),
    };
    return statement.all({ ...bound, ...asked }).map(parseBan);
  };

  return {
    inForce: (nowMs: number): BanInForce[] => {
      const bans = inForce.all(nowMs).map(parseInForce);
      return bans.sort((a, b) => a.id - b.id);
    },
    byIds: (ids: readonly number[], filter: BanFilter, limit = ids.length): Ban[] =>
      filtered("id IN (SELECT value FROM json_each(@ids))", "LIMIT @limit", filter, {
        ids: JSON.stringify(ids),
        limit,
      }),
    page: (filter: BanFilter, beforeId: number | null, limit: number, lowestId = 0): Ban[] =>
      filtered("id < @beforeId AND id >= @lowestId", "LIMIT @limit", filter, {
        beforeId: beforeId ?? Number.MAX_SAFE_INTEGER,
        ...{ lowestId, limit },
      }),
    newestId: (): number => Number(newestId.get()),
    // Most who are banned never were before, and each column that is asked for takes its time even where there is no row.
    historyOf: (target: Target, limit: number): Ban[] =>
      wasBanned.get(target) === 0 ? [] : history.all(target, limit).map(parseBan),
    ofNetwork: (network: Target, sinceMs: number): BannedNeighbour[] =>
      ofNetwork.all(network, sinceMs).map(parseNeighbour),
    countSince: (atMs: number): number => Number(countSince.get(atMs)),
  };
}

const banRow = z.object({ ...shutColumns, target: targetText, scope: scopeSlug });
const inForceRow = z.object({
  id: z.int(),
  target: targetText,
  trigger: triggerSlug,
  scope: scopeSlug,
  until_ms: z.nullable(z.int()),
});

function parseBan(row: unknown): Ban {
  return withTimes(parseRow("bans", idOf(row), banRow, row));
}

function parseInForce(row: unknown): BanInForce {
  const { id, target, trigger, scope, until_ms } = parseRow("bans", idOf(row), inForceRow, row);
  return { id, target, trigger, scope, untilMs: until_ms };
}

const neighbourRow = z.object({
  target: targetText,
  trigger: triggerSlug,
  proof: proofSlug,
  from_ms: z.int(),
  lifted_by: z.nullable(z.string()),
  attempts: z.int(),
});

function parseNeighbour(row: unknown): BannedNeighbour {
  const { from_ms, lifted_by, ...rest } = parseRow("bans", idOf(row), neighbourRow, row);
  return { ...rest, fromMs: from_ms, liftedBy: lifted_by };
}

function subjectOf(ban: Ban): { subject: string } {
  return { subject: `ban ${ban.target}` };
}
