import type { CallLogEntry } from "../guard/ports.js";
import type { CallJson } from "./contract.js";
import { csvRow } from "./csv.js";
import { callJson } from "./json.js";

/** Rows of the export of calls, written where they are read: of a million calls, to make text of them holds a thread for seconds. */
export interface CallsCsvPage {
  readonly text: string;
  readonly rows: number;
  /** Null: there was none. */
  readonly lastId: number | null;
}

export function callsCsvPage(calls: readonly CallLogEntry[]): CallsCsvPage {
  const text = calls
    .map(callJson)
    .map((call) => csvRow(COLUMNS.map(([, cell]) => cell(call))))
    .join("");
  return { text, rows: calls.length, lastId: calls.at(-1)?.id ?? null };
}

const COLUMNS: readonly (readonly [title: string, cell: (call: CallJson) => string | number | null])[] = [
  ["id", (call) => call.id],
  ["at", (call) => call.at],
  ["from", (call) => call.from],
  ["dialled", (call) => call.dialled],
  ["number", (call) => call.number],
  ["area", (call) => call.area],
  ["number_type", (call) => call.numberType],
  ["trunk", (call) => call.trunk],
  ["decision", (call) => call.decision],
  ["reason", (call) => call.reason],
  ["rule", (call) => call.rule],
  ["usd_per_minute", (call) => call.rate?.usdPerMinute ?? null],
  ["deck", (call) => call.rate?.deck ?? null],
  ["rate_prefix", (call) => call.rate?.prefix ?? null],
  ["cap_usd_per_minute", (call) => call.cap?.usdPerMinute ?? null],
  ["cap_scope", (call) => call.cap?.scope ?? null],
  ["policy_version", (call) => call.policyVersion],
  ["took_ms", (call) => call.tookMs],
  ["channel", (call) => call.channel],
  ["detail", (call) => call.detail],
];

export const CALLS_CSV_TITLES = csvRow(COLUMNS.map(([title]) => title));
