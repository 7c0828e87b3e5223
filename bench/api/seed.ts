import { parseTarget, sourceOf, type Source, type Target } from "../../src/domain/address.js";
import { WHOLE_MINUTES } from "../../src/domain/calling/cost.js";
import type { E164, Verdict } from "../../src/domain/calling/verdict.js";
import { type BanEvidence, NO_FINDINGS } from "../../src/domain/intrusion/ban.js";
import { activityStore } from "../../src/sqlite/activity-store.js";
import { auditWriter } from "../../src/sqlite/audit.js";
import { banStore } from "../../src/sqlite/ban-store.js";
import { blockStore } from "../../src/sqlite/block-store.js";
import { callLogStore } from "../../src/sqlite/call-log-store.js";
import type { Database } from "../../src/sqlite/database.js";
import { knownSourceStore } from "../../src/sqlite/known-source-store.js";

/** Rows of each table. */
export interface SeedSize {
  readonly calls: number;
  /** Of these a tenth is in force. */
  readonly bans: number;
  /** Of these a tenth is in force. */
  readonly blocks: number;
  readonly audit: number;
  readonly known: number;
}

/** What a system with `calls` logged calls has beside them. */
export function sizeOf(calls: number): SeedSize {
  return { calls, bans: calls, blocks: calls / 50, audit: calls, known: calls / 50 };
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** So far back the log reaches. */
const SPAN_MS = 90 * DAY_MS;
const EXTENSIONS = 500;
const DESTINATIONS = [
  { area: "US", number: "+1212555", type: "fixed", micros: 10_000 },
  { area: "US", number: "+1310555", type: "fixed", micros: 10_000 },
  { area: "GB", number: "+4420794", type: "fixed", micros: 12_000 },
  { area: "DE", number: "+4930123", type: "fixed", micros: 15_000 },
  { area: "JM", number: "+1876555", type: "mobile", micros: 210_000 },
  { area: "LV", number: "+3712200", type: "mobile", micros: 450_000 },
] as const;

/** The same rows each time, by the stores of the daemon. */
export function seed(db: Database, size: SeedSize, nowMs: number): void {
  const inOne = (work: () => void): void => db.transaction(work).immediate();
  inOne(() => seedCalls(db, size.calls, nowMs));
  inOne(() => seedBans(db, size.bans, nowMs));
  inOne(() => seedBlocks(db, size.blocks, nowMs));
  inOne(() => seedAudit(db, size.audit, nowMs));
  inOne(() => seedActivity(db, nowMs));
  const known = Array.from({ length: size.known }, (_, n) => ({
    source: source(0x0a_00_00_00 + n),
    account: extension(n),
    firstAtMs: nowMs - SPAN_MS,
    lastAtMs: nowMs - (n % 20) * DAY_MS,
    successes: 1 + (n % 90),
  }));
  knownSourceStore(db).remember(known);
  db.exec("ANALYZE");
}

function seedCalls(db: Database, count: number, nowMs: number): void {
  const store = callLogStore(db);
  for (let n = 0; n < count; n++) {
    const [from, trunk] = [extension(n * 7), n % 3 === 0 ? "carrier-b" : "carrier-a"];
    const to = DESTINATIONS[(n * 31) % DESTINATIONS.length] ?? DESTINATIONS[0];
    const number = `${to.number}${String((n * 48_271) % 10_000).padStart(4, "0")}` as E164;
    const about = {
      ...{ from, number, area: to.area, numberType: to.type, policyVersion: 1 + (n % 40) },
      digits: `011${number.slice(1)}`,
      rate: {
        ...{ deck: "default", prefix: number.slice(1, 6), destination: to.area, microsPerMinute: to.micros },
        ...WHOLE_MINUTES,
      },
      cap: { microsPerMinute: 250_000, scope: "global" as const },
      rule: `global list: ${to.area}`,
    };
    const verdict: Verdict =
      n % 7 === 0
        ? {
            ...about,
            decision: "refuse",
            reason: n % 14 === 0 ? "area-closed" : "rate-over-cap",
            detail: WHY,
          }
        : { ...about, decision: "allow", reason: "allowed", detail: WHY };
    const atMs = at(n, count, nowMs);
    store.add({
      atMs,
      channelId: `${Math.floor(atMs / 1000)}.${n}`,
      trunk,
      payer: "endpoint",
      tookMs: 1,
      verdict,
    });
  }
}

const WHY = "Refused or let through by the global list of areas and the price cap, as a sentence for people.";

function seedBans(db: Database, count: number, nowMs: number): void {
  const store = banStore(db);
  for (let n = 0; n < count; n++) {
    const fromMs = at(n, count, nowMs);
    const isInForce = n % 10 === 0;
    store.add({
      ...{ target: target(n), cause: CAUSES[n % CAUSES.length] ?? "attack", trigger: "attempts" },
      ...{
        standing: n % 400 === 0 ? "known" : "stranger",
        proof: "returned",
        scope: "host",
        rung: 1 + (n % 5),
      },
      ...{ fromMs, untilMs: isInForce ? nowMs + 7 * DAY_MS : fromMs + 900_000, note: null, by: "ringfence" },
      evidence: evidence(n, fromMs),
    });
  }
}

const CAUSES = ["attack", "attack", "attack", "outdated-credentials", "stale-device", "typo"] as const;

function seedBlocks(db: Database, count: number, nowMs: number): void {
  const store = blockStore(db);
  for (let n = 0; n < count; n++) {
    const fromMs = at(n, count, nowMs);
    store.add({
      ...{ account: extension(n), source: source(0x0a_00_00_00 + n), cause: "outdated-credentials" },
      ...{ trigger: "attempts", standing: "known", proof: "returned", rung: 1 },
      ...{
        fromMs,
        untilMs: n % 10 === 0 ? nowMs + 7 * DAY_MS : fromMs + 900_000,
        note: null,
        by: "ringfence",
      },
      evidence: evidence(n, fromMs),
    });
  }
}

function seedAudit(db: Database, count: number, nowMs: number): void {
  const audit = auditWriter(db);
  for (let n = 0; n < count; n++) {
    const [before, after] = [{ "calling.cap": "0.2500" }, { "calling.cap": "0.3000" }];
    const subject = n % 4 === 0 ? "policy" : `ban ${target(n)}`;
    audit({ atMs: at(n, count, nowMs), by: `web:admin${n % 5}`, subject, change: "changed", before, after });
  }
}

function seedActivity(db: Database, nowMs: number): void {
  const store = activityStore(db);
  for (let hour = 0; hour < 2 * 30 * 24; hour++) {
    const amounts = [
      ["attempts", 900],
      ["bans", 20],
      ["blocks", 2],
      ["calls-allowed", 300],
      ["calls-refused", 50],
      ["refused-micros", 4_000_000],
    ] as const;
    const atMs = nowMs - hour * HOUR_MS;
    store.add(atMs - (atMs % HOUR_MS), new Map(amounts));
  }
}

function evidence(n: number, atMs: number): BanEvidence {
  const name = extension(n);
  const seen = { firstAtMs: atMs - 12_000, lastAtMs: atMs, gapMs: 300, gapDeviationMs: 20 };
  return {
    ...NO_FINDINGS,
    ...{ attempts: 10 + (n % 50), accounts: [name], firstAtMs: seen.firstAtMs, lastAtMs: atMs },
    ...{
      services: ["PJSIP"],
      transports: ["UDP"],
      summary: `${10 + (n % 50)} wrong passwords for ${name} in 12 s`,
    },
    tried: [{ name, tries: 10 + (n % 50), ...seen, kinds: ["wrong-password"] }],
    userAgents: ["friendly-scanner"],
    methods: ["REGISTER"],
    ports: 1,
    confidence: 0.9,
    advice: "Too many sign-in attempts came from here. Ask your administrator.",
    story: `It guessed passwords of ${name}, evenly, none right.`,
  };
}

/** The oldest first, as they would be written. */
function at(n: number, count: number, nowMs: number): number {
  return Math.floor(nowMs - SPAN_MS + (n * SPAN_MS) / count);
}

function extension(n: number): string {
  return String(1_000 + (n % EXTENSIONS));
}

function target(n: number): Target {
  const text = addressOf(0x2d_00_00_00 + n * 37);
  const read = parseTarget(text);
  if ("error" in read) throw new Error(read.error);
  return read.target;
}

function source(number: number): Source {
  const read = sourceOf(addressOf(number));
  if (read === null) throw new Error(`${addressOf(number)} is no source`);
  return read;
}

function addressOf(number: number): string {
  return [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join(".");
}
