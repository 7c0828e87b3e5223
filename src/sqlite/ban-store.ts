import { z } from "zod";
import type { Target } from "../domain/address.js";
import {
  SUPERSEDED,
  type Ban,
  type BanEvidence,
  type Cause,
  type NewBan,
  type Proof,
  type Standing,
  type Trigger,
} from "../domain/intrusion/ban.js";
import type { AttemptKind } from "../domain/intrusion/attempt.js";
import type { BanStore } from "../guard/ports.js";
import { auditWriter } from "./audit.js";
import type { Database } from "./database.js";
import { idOf, jsonText, oneOf, parseRow, targetText } from "./row.js";
import { inStore } from "./store-error.js";

/** Bans, at most one in force for a target. A ban by hand and every lifting leave an audit row; a ban by the machine is its
 *  own record. */
export function banStore(db: Database): BanStore {
  const insert = db.prepare(
    `INSERT INTO bans (target, latest, cause, trigger, standing, proof, scope, rung, from_ms, until_ms, note, by, evidence)
     VALUES (@target, 1, @cause, @trigger, @standing, @proof, @scope, @rung, @fromMs, @untilMs, @note, @by, @evidence)
     RETURNING *`,
  );
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
  // Two searches of the index: with OR, or sorted by id, SQLite reads every ban that there ever was.
  const idsInForce = db
    .prepare(
      `SELECT id FROM bans WHERE lifted_at_ms IS NULL AND until_ms IS NULL
       UNION ALL SELECT id FROM bans WHERE lifted_at_ms IS NULL AND until_ms > ?`,
    )
    .pluck();
  const byId = db.prepare("SELECT * FROM bans WHERE id = ?");
  const history = db.prepare("SELECT * FROM bans WHERE target = ? ORDER BY id DESC LIMIT ?");
  const recent = db.prepare("SELECT * FROM bans ORDER BY id DESC LIMIT ?");
  const countSince = db.prepare("SELECT count(*) FROM bans WHERE from_ms >= ?").pluck();
  const audit = auditWriter(db);

  const add = db.transaction((ban: NewBan): Ban => {
    endOlder.run({ target: ban.target, atMs: ban.fromMs });
    const added = parseBan(insert.get({ ...ban, evidence: JSON.stringify(ban.evidence) }));
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

  // The keeper asks for all bans in force again and again. While a ban is in force its row does not change, so it is parsed once.
  let parsed: ReadonlyMap<number, Ban> = new Map();
  const inForce = (nowMs: number): Ban[] => {
    const ids = (idsInForce.all(nowMs) as number[]).sort((a, b) => a - b);
    const bans = ids.map((id) => parsed.get(id) ?? parseBan(byId.get(id)));
    parsed = new Map(bans.map((ban) => [ban.id, ban]));
    return bans;
  };

  return {
    add: (ban) => inStore(`store the ban of ${ban.target}`, () => add.immediate(ban)),
    lift: (target, atMs, by) => inStore(`lift the ban of ${target}`, () => lift.immediate(target, atMs, by)),
    inForce: (nowMs) => inStore("read the bans", () => inForce(nowMs)),
    historyOf: (target, limit) => inStore("read the bans", () => history.all(target, limit).map(parseBan)),
    recent: (limit) => inStore("read the bans", () => recent.all(limit).map(parseBan)),
    countSince: (atMs) => inStore("count the bans", () => Number(countSince.get(atMs))),
  };
}

const IN_FORCE = "lifted_at_ms IS NULL AND (until_ms IS NULL OR until_ms > @atMs)";

const time = z.int();
const texts = z.array(z.string());
const tries = z.object({
  name: z.string(),
  tries: z.int(),
  firstAtMs: time,
  lastAtMs: time,
  gapMs: z.nullable(z.number()),
  gapDeviationMs: z.nullable(z.number()),
  kinds: z.array(
    oneOf<AttemptKind>({
      "unknown-account": true,
      "wrong-password": true,
      "acl-refused": true,
      unidentified: true,
      login: true,
    }),
  ),
});
/** Rows of the first release lack what was not looked for then. */
const evidence: z.ZodType<BanEvidence> = z.object({
  attempts: z.int(),
  accounts: texts,
  firstAtMs: z.nullable(time),
  lastAtMs: z.nullable(time),
  services: texts,
  transports: texts,
  summary: z.string(),
  tried: z.array(tries).default([]),
  ports: z.nullable(z.int()).default(null),
  aclNames: texts.default([]),
  lastSuccessAtMs: z.nullable(time).default(null),
  userAgents: texts.default([]),
  methods: texts.default([]),
  confidence: z.number().default(1),
  advice: z.string().default(""),
});

const banRow = z.object({
  id: z.int(),
  target: targetText,
  cause: oneOf<Cause>({
    attack: true,
    "outdated-credentials": true,
    typo: true,
    "stale-device": true,
    "wrong-signalling": true,
    "call-script": true,
    "allow-list": true,
    "by-hand": true,
  }),
  trigger: oneOf<Trigger>({
    attempts: true,
    "account-names": true,
    "forged-headers": true,
    logins: true,
    "unanswered-challenges": true,
    "slow-attack": true,
    "account-failures": true,
    "failing-accounts": true,
    flood: true,
    "call-attempts": true,
    network: true,
    "by-hand": true,
  }),
  standing: oneOf<Standing>({ protected: true, known: true, stranger: true }),
  proof: oneOf<Proof>({ returned: true, unproven: true, forged: true }),
  scope: oneOf<Ban["scope"]>({ host: true, voip: true }),
  rung: z.int().min(0),
  from_ms: time,
  until_ms: z.nullable(time),
  lifted_at_ms: z.nullable(time),
  lifted_by: z.nullable(z.string()),
  note: z.nullable(z.string()),
  by: z.string(),
  evidence: jsonText(evidence),
});

function parseBan(row: unknown): Ban {
  const { from_ms, until_ms, lifted_at_ms, lifted_by, ...rest } = parseRow("bans", idOf(row), banRow, row);
  return { ...rest, fromMs: from_ms, untilMs: until_ms, liftedAtMs: lifted_at_ms, liftedBy: lifted_by };
}

function subjectOf(ban: Ban): { subject: string } {
  return { subject: `ban ${ban.target}` };
}
