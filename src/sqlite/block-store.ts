import { z } from "zod";
import type { Source } from "../domain/address.js";
import { SUPERSEDED, type Block, type BlockInForce, type NewBlock } from "../domain/intrusion/ban.js";
import type { BlockStore } from "../guard/ports.js";
import { auditWriter } from "./audit.js";
import { IN_FORCE, shutColumns, triggerSlug, withTimes } from "./ban-row.js";
import type { Database } from "./database.js";
import { idOf, parseRow, sourceText } from "./row.js";
import { inStore } from "./store-error.js";

/** Blocks, at most one in force for an account and a source; audited as bans are. Account names are hostile text. */
export function blockStore(db: Database): BlockStore {
  const insert = db
    .prepare(
      `INSERT INTO blocks
         (account, source, latest, cause, trigger, standing, proof, rung, from_ms, until_ms, note, by, evidence)
       VALUES (@account, @source, 1, @cause, @trigger, @standing, @proof, @rung, @fromMs, @untilMs, @note, @by, @evidence)
       RETURNING id`,
    )
    .pluck();
  const pair = "account = @account AND source = @source AND latest = 1";
  const endOlder = db.prepare(
    `UPDATE blocks SET latest = 0,
       lifted_at_ms = CASE WHEN ${IN_FORCE} THEN @atMs ELSE lifted_at_ms END,
       lifted_by = CASE WHEN ${IN_FORCE} THEN '${SUPERSEDED}' ELSE lifted_by END
     WHERE ${pair}`,
  );
  const endInForce = db.prepare(
    `UPDATE blocks SET lifted_at_ms = @atMs, lifted_by = @by WHERE ${pair} AND ${IN_FORCE} RETURNING *`,
  );
  const inForce = db.prepare(
    `SELECT id, account, source, trigger, until_ms FROM blocks WHERE lifted_at_ms IS NULL AND until_ms IS NULL
     UNION ALL
     SELECT id, account, source, trigger, until_ms FROM blocks WHERE lifted_at_ms IS NULL AND until_ms > ?`,
  );
  const byIds = db.prepare(
    "SELECT * FROM blocks WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id DESC",
  );
  const history = db.prepare(
    "SELECT * FROM blocks WHERE account = ? AND source = ? ORDER BY id DESC LIMIT ?",
  );
  const ofAccount = db.prepare("SELECT * FROM blocks WHERE account = ? ORDER BY id DESC LIMIT ?");
  const ofSource = db.prepare("SELECT * FROM blocks WHERE source = ? ORDER BY id DESC LIMIT ?");
  const recent = db.prepare("SELECT * FROM blocks ORDER BY id DESC LIMIT ?");
  const countSince = db.prepare("SELECT count(*) FROM blocks WHERE from_ms >= ?").pluck();
  const note = db.prepare("UPDATE blocks SET note = ? WHERE id = ?");
  const audit = auditWriter(db);

  const add = db.transaction((block: NewBlock): Block => {
    const { account, source, fromMs: atMs, by } = block;
    endOlder.run({ account, source, atMs });
    const id = Number(insert.get({ ...block, evidence: JSON.stringify(block.evidence) }));
    const added: Block = { ...block, id, liftedAtMs: null, liftedBy: null };
    if (block.trigger === "by-hand") {
      audit({ ...subjectOf(block), atMs, by, change: "blocked", before: null, after: added });
    }
    return added;
  });

  const lift = db.transaction((account: string, source: Source, atMs: number, by: string): Block[] => {
    const lifted = endInForce.all({ account, source, atMs, by }).map(parseBlock);
    for (const block of lifted) {
      const before = { untilMs: block.untilMs };
      audit({ ...subjectOf(block), atMs, by, change: "lifted", before, after: null });
    }
    return lifted;
  });

  const setNote = db.transaction(
    (account: string, source: Source, text: string | null, atMs: number, by: string): Block | null => {
      const [block] = history.all(account, source, 1).map(parseBlock);
      if (block === undefined) return null;
      note.run(text, block.id);
      const [before, after] = [{ note: block.note }, { note: text }];
      if (block.note !== text) audit({ ...subjectOf(block), atMs, by, change: "noted", before, after });
      return { ...block, note: text };
    },
  );

  const reading = <T>(work: () => T): T => inStore("read the blocks", work);
  return {
    add: (block) => inStore(`store a block at ${block.source}`, () => add.immediate(block)),
    lift: (account, source, atMs, by) =>
      inStore(`lift a block at ${source}`, () => lift.immediate(account, source, atMs, by)),
    setNote: (account, source, text, atMs, by) =>
      inStore(`note something on a block at ${source}`, () =>
        setNote.immediate(account, source, text, atMs, by),
      ),
    inForce: (nowMs) =>
      reading(() =>
        inForce
          .all(nowMs)
          .map(parseInForce)
          .sort((a, b) => a.id - b.id),
      ),
    byIds: (ids) => reading(() => byIds.all(JSON.stringify(ids)).map(parseBlock)),
    historyOf: (account, source, limit) => reading(() => history.all(account, source, limit).map(parseBlock)),
    of: (whose, limit) =>
      reading(() =>
        ("account" in whose ? ofAccount.all(whose.account, limit) : ofSource.all(whose.source, limit)).map(
          parseBlock,
        ),
      ),
    recent: (limit) => reading(() => recent.all(limit).map(parseBlock)),
    countSince: (atMs) => inStore("count the blocks", () => Number(countSince.get(atMs))),
  };
}

const blockRow = z.object({ ...shutColumns, account: z.string(), source: sourceText });
const inForceRow = z.object({
  id: z.int(),
  account: z.string(),
  source: sourceText,
  trigger: triggerSlug,
  until_ms: z.nullable(z.int()),
});

function parseBlock(row: unknown): Block {
  return withTimes(parseRow("blocks", idOf(row), blockRow, row));
}

function parseInForce(row: unknown): BlockInForce {
  const { until_ms, ...rest } = parseRow("blocks", idOf(row), inForceRow, row);
  return { ...rest, untilMs: until_ms };
}

function subjectOf({ account, source }: Pick<Block, "account" | "source">): { subject: string } {
  return { subject: `block ${account} at ${source}` };
}
