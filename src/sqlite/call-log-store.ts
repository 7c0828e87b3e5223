import { z } from "zod";
import { WHOLE_MINUTES } from "../domain/calling/cost.js";
import type { AllowReason, Cap, E164, Rate, RefuseReason, Verdict } from "../domain/calling/verdict.js";
import type { CallFilter, CallLogEntry, CallLogStore } from "../guard/ports.js";
import type { Database } from "./database.js";
import { idOf, oneOf, parseRow, numberType } from "./row.js";
import { inStore } from "./store-error.js";

/** One row a decision: the same digits on the same channel are logged once. */
export function callLogStore(db: Database): CallLogStore {
  const insert = db.prepare(
    `INSERT INTO calls (at_ms, channel_id, digits, endpoint, trunk, decision, reason, number, area, number_type,
       rate_deck, rate_prefix, rate_destination, rate_micros_per_minute, rate_connection_micros,
       rate_minimum_seconds, rate_increment_seconds, cap_micros_per_minute, cap_extension,
       detail, policy_version, took_us)
     VALUES (@atMs, @channelId, @digits, @endpoint, @trunk, @decision, @reason, @number, @area, @numberType,
       @rateDeck, @ratePrefix, @rateDestination, @rateMicros, @rateConnection,
       @rateMinimum, @rateIncrement, @capMicros, @capExtension,
       @detail, @policyVersion, @tookUs)
     ON CONFLICT (channel_id, digits) DO NOTHING`,
  );
  const list = db.prepare(
    "SELECT * FROM calls WHERE at_ms >= @since ORDER BY at_ms DESC, id DESC LIMIT @limit",
  );
  const listRefused = db.prepare(
    `SELECT * FROM calls WHERE decision = 'refuse' AND at_ms >= @since ORDER BY at_ms DESC, id DESC LIMIT @limit`,
  );
  const count = db.prepare(
    `SELECT count(*) FILTER (WHERE decision = 'allow') AS allowed, count(*) FILTER (WHERE decision = 'refuse') AS refused
     FROM calls WHERE at_ms >= ?`,
  );
  return {
    add: (entry) => {
      inStore("log the call", () => insert.run(columnsOf(entry)));
    },
    list: ({ refusedOnly, sinceMs, limit }: CallFilter) =>
      inStore("read the call log", () =>
        (refusedOnly ? listRefused : list).all({ since: sinceMs ?? 0, limit }).map(parseEntry),
      ),
    count: (sinceMs) =>
      inStore("count calls", () => parseRow("calls", "count", countRow, count.get(sinceMs))),
  };
}

function columnsOf({ verdict, ...entry }: Omit<CallLogEntry, "id">) {
  const { rate, cap } = verdict;
  return {
    atMs: entry.atMs,
    channelId: entry.channelId,
    trunk: entry.trunk,
    tookUs: Math.max(0, Math.round(entry.tookMs * 1_000)),
    digits: verdict.digits,
    endpoint: verdict.from,
    decision: verdict.decision,
    reason: verdict.reason,
    number: verdict.number,
    area: verdict.area,
    numberType: verdict.numberType,
    rateDeck: rate?.deck ?? null,
    ratePrefix: rate?.prefix ?? null,
    rateDestination: rate?.destination ?? null,
    rateMicros: rate?.microsPerMinute ?? null,
    rateConnection: rate?.connectionMicros ?? null,
    rateMinimum: rate?.minimumSeconds ?? null,
    rateIncrement: rate?.incrementSeconds ?? null,
    capMicros: cap?.microsPerMinute ?? null,
    capExtension: cap === null || cap.scope === "global" ? null : cap.scope.extension,
    detail: verdict.detail,
    policyVersion: verdict.policyVersion,
  };
}

const countRow = z.object({ allowed: z.int(), refused: z.int() });

const nullableText = z.nullable(z.string());
const micros = z.nullable(z.int().min(0));

const allowReason = oneOf<AllowReason>({
  allowed: true,
  emergency: true,
  "no-deck": true,
  "no-rate-allowed": true,
});
const refuseReason = oneOf<RefuseReason>({
  "number-not-understood": true,
  "area-closed": true,
  "rate-over-cap": true,
  "no-rate": true,
  "too-many-attempts": true,
  "too-many-calls": true,
  "spend-limit": true,
  "call-script": true,
  "new-source": true,
});

const callRow = z.object({
  id: z.int(),
  at_ms: z.int(),
  channel_id: z.string(),
  digits: z.string(),
  endpoint: nullableText,
  trunk: nullableText,
  outcome: z.discriminatedUnion("decision", [
    z.object({ decision: z.literal("allow"), reason: allowReason }),
    z.object({ decision: z.literal("refuse"), reason: refuseReason }),
  ]),
  number: z.nullable(
    z.custom<E164>((value) => typeof value === "string" && /^\+[0-9]{4,15}$/.test(value), {
      error: "not a number in E.164",
    }),
  ),
  area: nullableText,
  number_type: z.nullable(numberType),
  rate_deck: nullableText,
  rate_prefix: nullableText,
  rate_destination: nullableText,
  rate_micros_per_minute: micros,
  rate_connection_micros: micros,
  rate_minimum_seconds: z.nullable(z.int().min(0)),
  rate_increment_seconds: z.nullable(z.int().positive()),
  cap_micros_per_minute: micros,
  cap_extension: nullableText,
  detail: z.string(),
  policy_version: z.int(),
  took_us: z.int().min(0),
});

type CallRow = z.infer<typeof callRow>;

function parseEntry(raw: unknown): CallLogEntry {
  const { decision, reason } = raw as { decision: unknown; reason: unknown };
  const row = parseRow("calls", idOf(raw), callRow, { ...(raw as object), outcome: { decision, reason } });
  const verdict: Verdict = {
    ...row.outcome,
    from: row.endpoint,
    digits: row.digits,
    number: row.number,
    area: row.area,
    numberType: row.number_type,
    rate: rateOf(row),
    cap: capOf(row),
    detail: row.detail,
    policyVersion: row.policy_version,
  };
  return {
    id: row.id,
    atMs: row.at_ms,
    channelId: row.channel_id,
    trunk: row.trunk,
    tookMs: row.took_us / 1_000,
    verdict,
  };
}

function rateOf(row: CallRow): Rate | null {
  const { rate_deck: deck, rate_prefix: prefix, rate_destination: destination } = row;
  if (deck === null || prefix === null || destination === null || row.rate_micros_per_minute === null)
    return null;
  return {
    deck,
    prefix,
    destination,
    microsPerMinute: row.rate_micros_per_minute,
    connectionMicros: row.rate_connection_micros ?? WHOLE_MINUTES.connectionMicros,
    minimumSeconds: row.rate_minimum_seconds ?? WHOLE_MINUTES.minimumSeconds,
    incrementSeconds: row.rate_increment_seconds ?? WHOLE_MINUTES.incrementSeconds,
  };
}

function capOf(row: CallRow): Cap | null {
  if (row.cap_micros_per_minute === null) return null;
  return {
    microsPerMinute: row.cap_micros_per_minute,
    scope: row.cap_extension === null ? "global" : { extension: row.cap_extension },
  };
}
