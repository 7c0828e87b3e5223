import { z } from "zod";
import {
  ATTEMPT_WINDOW_MS,
  type LedgerChange,
  type LedgerState,
  MOST_SOURCES,
} from "../domain/calling/ledger.js";
import { DAY_MS } from "../domain/calling/spend-window.js";
import type { E164, Rate } from "../domain/calling/verdict.js";
import type { SpendStore, SpendWarning } from "../guard/ports.js";
import type { Database } from "./database.js";
import { idOf, jsonText, parseRow, sourceText } from "./row.js";
import { inStore } from "./store-error.js";

/** Money, first calls and pauses, so that a restart forgets nothing. Attempts are read from the call log. */
export function spendStore(db: Database): SpendStore {
  const write = changeWriter(db);
  const writeAll = db.transaction((changes: readonly LedgerChange[]) => {
    for (const change of changes) write(change);
  });
  const warnings = db.prepare("SELECT scope, extension, percent FROM spend_warnings");
  const putWarning = db.prepare(
    `INSERT INTO spend_warnings (scope, extension, percent) VALUES (?, ?, ?)
     ON CONFLICT (scope, extension) DO UPDATE SET percent = excluded.percent`,
  );
  const read = stateReader(db);
  return {
    load: (nowMs) => inStore("read what was spent", () => read(nowMs)),
    add: (changes) =>
      inStore("store what was spent", () => {
        writeAll.immediate(changes);
      }),
    warned: () =>
      inStore("read the spend warnings", () =>
        warnings.all().map((raw): SpendWarning => {
          const row = parseRow("spend_warnings", idOf(raw, "extension"), warningRow, raw);
          return { extension: row.scope === "system" ? null : row.extension, percent: row.percent };
        }),
      ),
    warn: ({ extension, percent }) =>
      inStore("store a spend warning", () => {
        putWarning.run(extension === null ? "system" : "extension", extension ?? "", percent);
      }),
  };
}

function changeWriter(db: Database): (change: LedgerChange) => void {
  const end = db.prepare(
    "UPDATE spend_calls SET ended_at_ms = @endedAtMs, micros = @micros WHERE channel_id = @channelId AND ended_at_ms IS NULL",
  );
  const begin = db.prepare(
    `INSERT INTO spend_calls (channel_id, extension, number, international, started_at_ms, micros, paid_seconds, longest_seconds, rate)
     VALUES (@channelId, @extension, @number, @international, @startedAtMs, @reservedMicros, @paidSeconds, @longestSeconds, @rate)`,
  );
  const answer = db.prepare(
    `UPDATE spend_calls SET answered_at_ms = coalesce(answered_at_ms, @atMs), legs = json_insert(legs, '$[#]', @legId)
     WHERE channel_id = @channelId AND ended_at_ms IS NULL
       AND NOT EXISTS (SELECT 1 FROM json_each(spend_calls.legs) WHERE value = @legId)`,
  );
  const topUp = db.prepare(
    `UPDATE spend_calls SET micros = @reservedMicros, paid_seconds = @paidSeconds
     WHERE channel_id = @channelId AND ended_at_ms IS NULL`,
  );
  const country = db.prepare(
    "INSERT INTO called_countries (extension, area, first_at_ms) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
  );
  const source = db.prepare(
    "INSERT INTO call_sources (extension, source, first_at_ms) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
  );
  const forgetSources = db.prepare(
    `DELETE FROM call_sources WHERE extension = @extension AND source IN
       (SELECT source FROM call_sources WHERE extension = @extension
        ORDER BY first_at_ms DESC, source LIMIT -1 OFFSET ${MOST_SOURCES})`,
  );
  const pause = db.prepare(
    `INSERT INTO source_pauses (source, until_ms) VALUES (?, ?)
     ON CONFLICT (source) DO UPDATE SET until_ms = excluded.until_ms`,
  );
  return (change) => {
    switch (change.type) {
      // Every attempt is in the call log.
      case "attempt":
        return;
      case "dialled": {
        const { channelId, startedAtMs, international, rate } = change.call;
        // As the ledger has it: one channel makes one call at a time.
        end.run({ channelId, endedAtMs: startedAtMs, micros: 0 });
        const { extension, number, reservedMicros, longestSeconds, paidSeconds = null } = change.call;
        begin.run({
          channelId,
          extension,
          number,
          international: international ? 1 : 0,
          startedAtMs,
          reservedMicros,
          paidSeconds,
          longestSeconds,
          rate: rate === null ? null : JSON.stringify(rate),
        });
        return;
      }
      case "answered":
        answer.run({ channelId: change.channelId, legId: change.legId, atMs: change.atMs });
        return;
      case "topped-up": {
        const { channelId, reservedMicros, paidSeconds } = change;
        topUp.run({ channelId, reservedMicros, paidSeconds });
        return;
      }
      case "settled":
        end.run({ channelId: change.channelId, endedAtMs: change.endedAtMs, micros: change.micros });
        return;
      case "country":
        country.run(change.extension, change.area, change.atMs);
        return;
      case "source":
        source.run(change.extension, change.source, change.atMs);
        forgetSources.run({ extension: change.extension });
        return;
      case "pause":
        pause.run(change.source, change.untilMs);
    }
  };
}

function stateReader(db: Database): (nowMs: number) => LedgerState {
  const forgetCalls = db.prepare(
    "DELETE FROM spend_calls WHERE ended_at_ms IS NOT NULL AND started_at_ms <= ?",
  );
  const forgetPauses = db.prepare("DELETE FROM source_pauses WHERE until_ms <= ?");
  const running = db.prepare(
    "SELECT * FROM spend_calls WHERE ended_at_ms IS NULL ORDER BY started_at_ms, id",
  );
  const settled = db.prepare(
    `SELECT id, extension, started_at_ms, micros FROM spend_calls
     WHERE ended_at_ms IS NOT NULL AND micros > 0 ORDER BY started_at_ms, id`,
  );
  const attempts = db.prepare(
    `SELECT id, coalesce(endpoint, '') AS extension, at_ms FROM calls
     WHERE at_ms > ? AND reason NOT IN ('emergency', 'too-many-attempts', 'call-script') ORDER BY at_ms`,
  );
  const countries = db.prepare("SELECT extension, area FROM called_countries ORDER BY extension, area");
  const sources = db.prepare(
    "SELECT extension, source FROM call_sources ORDER BY extension, first_at_ms, source",
  );
  const pauses = db.prepare("SELECT source, until_ms FROM source_pauses ORDER BY source");
  const read = db.transaction((nowMs: number): LedgerState => {
    // A day more than counts, for a clock that is set back.
    forgetCalls.run(nowMs - 2 * DAY_MS);
    forgetPauses.run(nowMs);
    return {
      running: running.all().map((raw) => {
        const row = parseRow("spend_calls", idOf(raw), runningRow, raw);
        return {
          channelId: row.channel_id,
          extension: row.extension,
          number: row.number,
          international: row.international === 1,
          startedAtMs: row.started_at_ms,
          reservedMicros: row.micros,
          paidSeconds: row.paid_seconds,
          longestSeconds: row.longest_seconds,
          rate: row.rate,
          ...(row.answered_at_ms !== null && { answeredAtMs: row.answered_at_ms, legs: row.legs }),
        };
      }),
      settled: settled.all().map((raw) => {
        const row = parseRow("spend_calls", idOf(raw), settledRow, raw);
        return { extension: row.extension, startedAtMs: row.started_at_ms, micros: row.micros };
      }),
      attempts: attempts.all(nowMs - ATTEMPT_WINDOW_MS).map((raw) => {
        const row = parseRow("calls", idOf(raw), attemptRow, raw);
        return { extension: row.extension, atMs: row.at_ms };
      }),
      countries: countries
        .all()
        .map((raw) => parseRow("called_countries", idOf(raw, "extension"), countryRow, raw)),
      sources: sources.all().map((raw) => parseRow("call_sources", idOf(raw, "extension"), sourceRow, raw)),
      pauses: pauses.all().map((raw) => {
        const row = parseRow("source_pauses", idOf(raw, "source"), pauseRow, raw);
        return { source: row.source, untilMs: row.until_ms };
      }),
    };
  });
  return (nowMs) => read.immediate(nowMs);
}

const micros = z.int().min(0);
const rateJson: z.ZodType<Rate> = z.strictObject({
  deck: z.string(),
  prefix: z.string(),
  destination: z.string(),
  microsPerMinute: micros,
  connectionMicros: micros,
  minimumSeconds: z.int().min(0),
  incrementSeconds: z.int().positive(),
});
const e164 = z.custom<E164>((value) => typeof value === "string" && /^\+[0-9]{4,15}$/.test(value), {
  error: "not a number in E.164",
});
const settledRow = z.object({ extension: z.string(), started_at_ms: z.int(), micros });
const runningRow = settledRow.extend({
  channel_id: z.string(),
  number: e164,
  international: z.literal([0, 1]),
  paid_seconds: z.nullable(z.int().min(0)),
  longest_seconds: z.nullable(z.int().positive()),
  answered_at_ms: z.nullable(z.int()),
  legs: jsonText(z.array(z.string())),
  rate: z.nullable(jsonText(rateJson)),
});
const attemptRow = z.object({ extension: z.string(), at_ms: z.int() });
const countryRow = z.object({ extension: z.string(), area: z.string().min(1) });
const sourceRow = z.object({ extension: z.string(), source: sourceText });
const pauseRow = z.object({ source: sourceText, until_ms: z.int() });
const warningRow = z.object({
  scope: z.literal(["system", "extension"]),
  extension: z.string(),
  percent: z.int(),
});
