import type { AllowList } from "../registration/allow-list.js";
import { type AllowEntry, parseEntry } from "../registration/entry.js";
import { flag, type Form, list, nullable, record, scalarOf, text } from "./form.js";

/** As it was written, blanks too. */
export const note: Form<string | null> = {
  write: (value) => value ?? "",
  read: (written, place) => {
    const found = scalarOf(written);
    if (found === null || found.length > 500 || /[\p{Cc}\u2028\u2029]/u.test(found)) {
      return place.fault("a note is one line of at most 500 characters");
    }
    return ["", "~", "null"].includes(found) ? null : found;
  },
};

/** RFC 3339 with its zone: a file is read where another zone may hold. */
const time: Form<number | null> = nullable(
  text<number>(
    (value) => new Date(value).toISOString(),
    (written) => {
      const ms = /^\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:\d{2})$/.test(written) ? Date.parse(written) : NaN;
      return Number.isFinite(ms) ? { value: ms } : { error: "write a time such as 2026-11-27T18:00:00Z" };
    },
  ),
  "none",
);

const fields = record<{ entry?: string; note?: string | null; until?: number | null }>(
  {
    entry: {
      name: "entry",
      form: text(
        (value) => value,
        (written) => {
          const parsed = parseEntry(written);
          return "error" in parsed ? parsed : { value: parsed.text };
        },
      ),
    },
    note: { name: "note", form: note },
    until: { name: "until", form: time },
  },
  { leftOut: "absent" },
);

/** `198.51.100.0/24`, or `{ entry: 198.51.100.12, note: hotel, until: … }`. */
const entry: Form<AllowEntry> = {
  write: ({ text: written, note: why, untilMs }) =>
    why === null && untilMs === null
      ? written
      : fields.write({
          entry: written,
          ...(why !== null && { note: why }),
          ...(untilMs !== null && { until: untilMs }),
        }),
  read: (written, place) => {
    const bare = scalarOf(written);
    const faults = place.faults.length;
    const read = fields.read(bare === null ? written : { entry: bare }, place, undefined);
    if (place.faults.length > faults) return undefined;
    if (read?.entry === undefined) return place.fault("write an address, or entry: with one");
    return { text: read.entry, note: read.note ?? null, untilMs: read.until ?? null };
  },
};

const MOST_ENTRIES = 1_000;

const entries = list(entry, "write a list of addresses, ranges and networks", MOST_ENTRIES);

const wanted = record<AllowList>(
  { on: { name: "on", form: flag }, entries: { name: "entries", form: entries } },
  { leftOut: "absent" },
);

/** `on` and `entries`, both always: a list that says one alone might let in whom nobody meant. */
export const allowList: Form<AllowList> = {
  write: wanted.write,
  read: (written, place) => {
    const faults = place.faults.length;
    const read = wanted.read(written, place, undefined) as Partial<AllowList> | undefined;
    if (place.faults.length > faults || read === undefined) return undefined;
    if (read.on === undefined || read.entries === undefined) {
      return place.fault("write on: true or false, and entries: with a list, which may be empty: []");
    }
    return { on: read.on, entries: read.entries };
  },
};
