import { z } from "zod";
import { WHOLE_MINUTES } from "../domain/calling/cost.js";
import { REFUSE_REASONS } from "../domain/calling/refusals.js";
import type {
  AllowReason,
  Cap,
  E164,
  PayerKind,
  Rate,
  RefuseReason,
  Verdict,
} from "../domain/calling/verdict.js";
import type { CallFilter, CallLogEntry, CallLogStore } from "../guard/ports.js";
import type { Database } from "./database.js";
import { idOf, oneOf, parseRow, numberType } from "./row.js";
import { inStore } from "./store-error.js";

/** One row a decision: the same digits on the same channel are logged once. What the dialplan did without a verdict takes the place of
 *  a verdict that came too late for it, since that is what became of the call. */
export function callLogStore(db: Database): CallLogStore {
  const insert = db.prepare(
    `INSERT INTO calls (at_ms, channel_id, digits, endpoint, payer, trunk, decision, reason, number, area, number_type,
       rate_deck, rate_prefix, rate_destination, rate_micros_per_minute, rate_connection_micros,
       rate_minimum_seconds, rate_increment_seconds, cap_micros_per_minute, cap_extension,
       detail, policy_version, took_us, rule)
     VALUES (@atMs, @channelId, @digits, @endpoint, @payer, @trunk, @decision, @reason, @number, @area, @numberType,
       @rateDeck, @ratePrefix, @rateDestination, @rateMicros, @rateConnection,
       @rateMinimum, @rateIncrement, @capMicros, @capExtension,
       @detail, @policyVersion, @tookUs, @rule)
     ON CONFLICT (channel_id, digits) DO UPDATE SET
       (at_ms, endpoint, payer, trunk, decision, reason, number, area, number_type, rate_deck, rate_prefix, rate_destination,
        rate_micros_per_minute, rate_connection_micros, rate_minimum_seconds, rate_increment_seconds, cap_micros_per_minute,
        cap_extension, detail, policy_version, took_us, rule) =
       (excluded.at_ms, excluded.endpoint, excluded.payer, excluded.trunk, excluded.decision, excluded.reason, excluded.number,
        excluded.area, excluded.number_type, excluded.rate_deck, excluded.rate_prefix, excluded.rate_destination,
        excluded.rate_micros_per_minute, excluded.rate_connection_micros, excluded.rate_minimum_seconds,
        excluded.rate_increment_seconds, excluded.cap_micros_per_minute, excluded.cap_extension, excluded.detail,
        excluded.policy_version, excluded.took_us, excluded.rule)
     WHERE excluded.reason = 'fallback'`,
  );
  const insertAll = db.transaction((entries: readonly Omit<CallLogEntry, "id">[]) => {
    for (const entry of entries) insert.run(columnsOf(entry));
  });
  const has = db.prepare("SELECT 1 FROM calls WHERE channel_id = ? AND digits = ?");
  /** By the filters that are asked for; a dozen at most. */
  const lists = new Map<string, ReturnType<Database["prepare"]>>();
  const listBy = (filters: readonly (keyof typeof CONDITIONS)[]) => {
    const conditions = filters.map((filter) => CONDITIONS[filter]);
    const where = conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`;
    const known = lists.get(where);
    if (known !== undefined) return known;
    const made = db.prepare(`SELECT * FROM calls ${where} ORDER BY at_ms DESC, id DESC LIMIT @limit`);
    lists.set(where, made);
    return made;
  };
  const few = {
    number: db.prepare(
      "SELECT 1 FROM calls WHERE number >= @prefix AND number < @prefix || ':' LIMIT 1 OFFSET @most",
    ),
    dialled: db.prepare(
      "SELECT 1 FROM calls WHERE digits >= @prefix AND digits < @prefix || char(1114111) LIMIT 1 OFFSET @most",
    ),
  };
  const isRare: IsRare = (what, prefix) => few[what].get({ prefix, most: MOST_RARE }) === undefined;
  const count = db.prepare(
    `SELECT count(*) FILTER (WHERE decision = 'allow') AS allowed, count(*) FILTER (WHERE decision = 'refuse') AS refused
     FROM calls WHERE at_ms >= ?`,
  );
  const placed = db.prepare(
    `SELECT id, at_ms AS atMs, endpoint AS extension, number, trunk FROM calls
     WHERE at_ms >= @sinceMs AND (at_ms, id) < (@beforeMs, @beforeId) AND number IS NOT NULL AND reason <> 'emergency'
     ORDER BY at_ms DESC, id DESC LIMIT @limit`,
  );
  return {
    placed: ({ sinceMs, before, limit }) =>
      inStore("read the numbers of the call log", () =>
        placed
          .all({
            ...{ sinceMs, limit },
            beforeMs: before?.atMs ?? Number.MAX_SAFE_INTEGER,
            beforeId: before?.id ?? Number.MAX_SAFE_INTEGER,
          })
          .map((raw) => parseRow("calls", idOf(raw), placedRow, raw)),
      ),
    add: (entry) => {
      inStore("log the call", () => insert.run(columnsOf(entry)));
    },
    addAll: (entries) => inStore("log the calls", () => insertAll(entries)),
    has: (channelId, digits) => inStore("read the call log", () => has.get(channelId, digits) !== undefined),
    list: (filter: CallFilter) =>
      inStore("read the call log", () => {
        const values = valuesOf(filter, isRare);
        const asked = FILTERS.filter((name) => values[name] !== null);
        const bound = Object.fromEntries(asked.map((name) => [name, values[name]]));
        return listBy(asked)
          .all({ ...bound, limit: filter.limit })
          .map(parseEntry);
      }),
    count: (sinceMs) =>
      inStore("count calls", () => parseRow("calls", "count", countRow, count.get(sinceMs))),
  };
}

/** What each filter asks of a row. A number is found by the beginning of its E.164, or of what was dialled. */
const CONDITIONS = {
  decision: "decision = @decision",
  since: "at_ms >= @since",
  until: "at_ms < @until",
  extension: "endpoint = @extension",
  number: "number >= @number AND number < @number || ':'",
  // A beginning may fit a large part of the log: it is read by time then, for which the `+` keeps the index away.
  oftenNumber: "+number >= @oftenNumber AND +number < @oftenNumber || ':'",
  dialled: "digits >= @dialled AND digits < @dialled || char(1114111)",
  oftenDialled: "+digits >= @oftenDialled AND +digits < @oftenDialled || char(1114111)",
  area: "area = @area",
  reason: "reason = @reason",
  trunk: "trunk = @trunk",
  before: "(at_ms, id) < (SELECT at_ms, id FROM calls WHERE id = @before)",
} as const;
type IsRare = (what: "number" | "dialled", prefix: string) => boolean;
/** So many calls are read and sorted in a few milliseconds. */
const MOST_RARE = 2_000;
const FILTERS = Object.keys(CONDITIONS) as readonly (keyof typeof CONDITIONS)[];

function valuesOf(
  filter: CallFilter,
  isRare: IsRare,
): Record<keyof typeof CONDITIONS, string | number | null> {
  const prefix = filter.numberPrefix ?? null;
  const what = prefix?.startsWith("+") === true ? "number" : "dialled";
  const rare = prefix !== null && isRare(what, prefix);
  const where = (column: typeof what, among: boolean) => (what === column && rare === among ? prefix : null);
  return {
    decision: filter.refusedOnly ? "refuse" : (filter.decision ?? null),
    since: filter.sinceMs,
    until: filter.untilMs ?? null,
    extension: filter.extension ?? null,
    number: where("number", true),
    oftenNumber: where("number", false),
    dialled: where("dialled", true),
    oftenDialled: where("dialled", false),
    area: filter.area ?? null,
    reason: filter.reason ?? null,
    trunk: filter.trunk ?? null,
    before: filter.beforeId ?? null,
  };
}

function columnsOf({ verdict, ...entry }: Omit<CallLogEntry, "id">) {
  const { rate, cap } = verdict;
  return {
    atMs: entry.atMs,
    channelId: entry.channelId,
    trunk: entry.trunk,
    payer: entry.payer ?? null,
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
    rule: verdict.rule ?? null,
  };
}

const e164 = z.custom<E164>((value) => typeof value === "string" && /^\+[0-9]{4,15}$/.test(value), {
  error: "not a number in E.164",
});
const placedRow = z.object({
  id: z.int(),
  atMs: z.int(),
  extension: z.nullable(z.string()),
  number: e164,
  trunk: z.nullable(z.string()),
});

const countRow = z.object({ allowed: z.int(), refused: z.int() });

const nullableText = z.nullable(z.string());
const micros = z.nullable(z.int().min(0));

const allowReason = oneOf<AllowReason>({
  allowed: true,
  fallback: true,
  emergency: true,
  "no-deck": true,
  "no-rate-allowed": true,
});
const refuseReason = oneOf<RefuseReason>(REFUSE_REASONS);

const payerKind = oneOf<PayerKind>({ endpoint: true, transfer: true, forward: true, unknown: true });

const callRow = z.object({
  id: z.int(),
  at_ms: z.int(),
  channel_id: z.string(),
  digits: z.string(),
  endpoint: nullableText,
  trunk: nullableText,
  payer: z.nullable(payerKind),
  outcome: z.discriminatedUnion("decision", [
    z.object({ decision: z.literal("allow"), reason: allowReason }),
    z.object({ decision: z.literal("refuse"), reason: refuseReason }),
  ]),
  number: z.nullable(e164),
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
  rule: nullableText,
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
    ...(row.rule !== null && { rule: row.rule }),
    detail: row.detail,
    policyVersion: row.policy_version,
  };
  return {
    id: row.id,
    atMs: row.at_ms,
    channelId: row.channel_id,
    trunk: row.trunk,
    payer: row.payer,
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
