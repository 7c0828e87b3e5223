import { firstMinuteMicros, WHOLE_MINUTES, type BillingTerms } from "../domain/calling/cost.js";
import { DECK_COLUMNS, type DeckColumn } from "../domain/calling/deck-heading.js";
import {
  layoutOf,
  type DeckLayout,
  type DeckSettings,
  type SampledRow,
} from "../domain/calling/deck-layout.js";
import { readDeckRow, type ReadRow } from "../domain/calling/deck-row.js";
import { nextChangeMs } from "../domain/calling/deck-schedule.js";
import type { DeckRow } from "./ports.js";

export interface DeckLineFault {
  /** Counts from 1, as editors do. */
  readonly line: number;
  readonly message: string;
}

/** How a file was understood, in the words of the settings that change it. */
export interface DeckFormat {
  /** The heading of each column, or its number where the file has no headings. */
  readonly columns: Readonly<Partial<Record<DeckColumn, readonly string[]>>>;
  /** Headings that meant nothing: their columns were passed over. */
  readonly unused: readonly string[];
  readonly decimalMark: string;
  readonly dates: string | null;
  readonly currency: string;
  readonly inCents: boolean;
  /** Put in front of every prefix. */
  readonly before: string;
}

/** What a file holds. */
export interface DeckRead {
  /** In order of prefix, then of the time from which they are in force. */
  readonly rows: readonly DeckRow[];
  /** Rows of the file below its headings. */
  readonly read: number;
  readonly refusedRows: number;
  /** The first of the refused rows. */
  readonly faults: readonly DeckLineFault[];
  /** Prefixes that were there already, in force from the same time: the dearer of two prices counts. */
  readonly duplicates: number;
  readonly firstDuplicates: readonly DeckDuplicate[];
  /** Lines without a price (titles, notes), rows taken out by their status, and rows that have ended. */
  readonly passedOver: { readonly remarks: number; readonly deleted: number; readonly ended: number };
  /** Prices that begin on a day to come, and when the first change comes. */
  readonly scheduled: { readonly count: number; readonly nextMs: number | null };
  /** Prefixes without a word on how they are billed: reckoned in whole minutes. */
  readonly withoutIncrements: number;
  /** Words of the status column that are not known: their rows were taken as they stand. */
  readonly unknownStatus: readonly string[];
  readonly format: DeckFormat;
}

/** Micro-dollars a minute; null: no calls are taken. */
export interface DeckDuplicate {
  readonly prefix: string;
  readonly line: number;
  readonly keptMicros: number | null;
  readonly droppedMicros: number | null;
}

export interface ReadingSettings extends DeckSettings {
  /** Leave out rows that can't be read. Where such a row's prefix can be read, calls there are refused, since by the price of a
   *  shorter prefix they might be far too cheap. */
  readonly skipBad?: boolean;
}

/** Takes a file's rows one by one. */
export interface DeckReading {
  line(fields: readonly string[], line: number): void;
  /** The fault is that of the whole file: how it is to be read can't be told. */
  end(): DeckRead | { readonly fault: string };
}

/** Enough to see what the columns hold. */
const SAMPLE_ROWS = 2_000;
const MOST_FAULTS = 100;
const MOST_DUPLICATES = 20;
const MOST_WORDS = 10;
const MOST_PREFIXES = 6_000_000;

export function startReading(settings: ReadingSettings, nowMs: number): DeckReading {
  let sample: SampledRow[] | null = [];
  let taking: Taking | null = null;
  let fault: string | null = null;

  const decide = (rows: readonly SampledRow[]): void => {
    const found = layoutOf(rows, settings);
    if ("fault" in found) {
      fault = found.fault;
      return;
    }
    taking = new Taking(found.layout, settings.skipBad ?? false, nowMs);
    for (const { fields, line } of rows.slice(found.first)) taking.line(fields, line);
  };

  return {
    line: (fields, line) => {
      if (fault !== null) return;
      if (sample === null) {
        taking?.line(fields, line);
        return;
      }
      sample.push({ fields, line });
      if (sample.length < SAMPLE_ROWS) return;
      const rows = sample;
      sample = null;
      decide(rows);
    },
    end: () => {
      if (sample !== null) decide(sample);
      return fault === null && taking !== null ? taking.end() : { fault: fault ?? "the file is empty" };
    },
  };
}

/** Gathers the rows of a file whose layout is known. */
class Taking {
  private readonly rows = new Map<string, DeckRow>();
  private readonly destinations = new Map<string, string>();
  private readonly terms = new Map<string, BillingTerms>();
  private readonly faults: DeckLineFault[] = [];
  private readonly firstDuplicates: DeckDuplicate[] = [];
  private readonly unknownStatus = new Set<string>();
  private readonly passedOver = { remarks: 0, deleted: 0, ended: 0 };
  private read = 0;
  private refusedRows = 0;
  private duplicates = 0;
  private scheduled = 0;
  private withoutIncrements = 0;

  constructor(
    private readonly layout: DeckLayout,
    private readonly skipBad: boolean,
    private readonly nowMs: number,
  ) {}

  line(fields: readonly string[], line: number): void {
    this.read++;
    const reading = readDeckRow(fields, this.layout, (word) => {
      if (this.unknownStatus.size < MOST_WORDS) this.unknownStatus.add(word);
    });
    if ("row" in reading) this.take(reading.row, line);
    else if ("fault" in reading) this.refuse(reading.fault, reading.prefixes, line);
    else if (reading.passed === "remark") this.passedOver.remarks++;
    else this.passedOver.deleted++;
  }

  end(): DeckRead | { readonly fault: string } {
    const rows = [...this.rows.values()].sort(byPrefixAndTime);
    if (rows.length > MOST_PREFIXES) return { fault: `the file names more than ${MOST_PREFIXES} prefixes` };
    return {
      rows,
      read: this.read,
      refusedRows: this.refusedRows,
      faults: this.faults,
      duplicates: this.duplicates,
      firstDuplicates: this.firstDuplicates,
      passedOver: this.passedOver,
      scheduled: { count: this.scheduled, nextMs: nextChangeMs(rows, this.nowMs) },
      withoutIncrements: this.withoutIncrements,
      unknownStatus: [...this.unknownStatus],
      format: formatOf(this.layout),
    };
  }

  private take({ prefixes, tariff, fromMs, untilMs }: ReadRow, line: number): void {
    if (untilMs !== null && untilMs <= this.nowMs) {
      this.passedOver.ended++;
      return;
    }
    const terms = tariff.terms === undefined ? undefined : this.sharedTerms(tariff.terms);
    const destination = this.sharedText(tariff.destination);
    for (const prefix of prefixes) {
      const { microsPerMinute } = tariff;
      const row: DeckRow = {
        prefix,
        destination,
        microsPerMinute,
        ...(terms !== undefined && { terms }),
        ...(fromMs !== null && { fromMs }),
        ...(untilMs !== null && { untilMs }),
      };
      this.put(row, line);
    }
  }

  private put(row: DeckRow, line: number): void {
    const key = row.fromMs === undefined ? row.prefix : `${row.prefix} ${row.fromMs}`;
    const known = this.rows.get(key);
    if (known === undefined) {
      if (this.rows.size <= MOST_PREFIXES) this.rows.set(key, row);
      if (row.terms === undefined && row.microsPerMinute !== null) this.withoutIncrements++;
      if ((row.fromMs ?? 0) > this.nowMs) this.scheduled++;
      return;
    }
    this.duplicates++;
    const kept = isDearer(row, known) ? row : known;
    if (kept === row) this.rows.set(key, row);
    if (this.firstDuplicates.length === MOST_DUPLICATES) return;
    const dropped = kept === row ? known : row;
    this.firstDuplicates.push({
      prefix: row.prefix,
      line,
      keptMicros: kept.microsPerMinute,
      droppedMicros: dropped.microsPerMinute,
    });
  }

  private refuse(message: string, prefixes: readonly string[], line: number): void {
    this.refusedRows++;
    if (this.faults.length < MOST_FAULTS) this.faults.push({ line, message });
    if (!this.skipBad) return;
    for (const prefix of prefixes) this.put({ prefix, destination: UNREAD, microsPerMinute: null }, line);
  }

  /** A text that a million rows share is kept once. */
  private sharedText(text: string): string {
    const known = this.destinations.get(text);
    if (known === undefined) this.destinations.set(text, text);
    return known ?? text;
  }

  private sharedTerms(terms: BillingTerms): BillingTerms {
    const key = `${terms.connectionMicros}/${terms.minimumSeconds}/${terms.incrementSeconds}`;
    const known = this.terms.get(key);
    if (known === undefined) this.terms.set(key, terms);
    return known ?? terms;
  }
}

/** The destination of a row whose price could not be read. */
const UNREAD = "(price not readable)";

function byPrefixAndTime(a: DeckRow, b: DeckRow): number {
  if (a.prefix !== b.prefix) return a.prefix < b.prefix ? -1 : 1;
  return (a.fromMs ?? 0) - (b.fromMs ?? 0);
}

/** By what a minute costs, then a second minute, then how coarsely it is billed. No price at all is dearest. */
function isDearer(a: DeckRow, b: DeckRow): boolean {
  if (a.microsPerMinute === null || b.microsPerMinute === null) return b.microsPerMinute !== null;
  const [one, other] = [a.terms ?? WHOLE_MINUTES, b.terms ?? WHOLE_MINUTES];
  const difference =
    firstMinuteMicros({ microsPerMinute: a.microsPerMinute, ...one }, true) -
      firstMinuteMicros({ microsPerMinute: b.microsPerMinute, ...other }, true) ||
    a.microsPerMinute - b.microsPerMinute ||
    one.minimumSeconds - other.minimumSeconds ||
    one.incrementSeconds - other.incrementSeconds;
  return difference > 0;
}

function formatOf(layout: DeckLayout): DeckFormat {
  const columns: Partial<Record<DeckColumn, readonly string[]>> = {};
  for (const column of DECK_COLUMNS) {
    const indexes = layout.columns[column];
    if (indexes === undefined) continue;
    columns[column] = indexes.map(
      (index) => (layout.headings[index] ?? "").slice(0, 80) || String(index + 1),
    );
  }
  const used = new Set(Object.values(layout.columns).flat());
  const unused = layout.headings.filter((heading, index) => heading !== "" && !used.has(index));
  const { decimalMark, dates, currency, inCents, before } = layout;
  return {
    columns,
    unused: unused.slice(0, 50).map((heading) => heading.slice(0, 80)),
    decimalMark,
    dates,
    currency,
    inCents,
    before,
  };
}
