import type { DeckFormatJson, DeckImportJson, DeckRiseJson } from "../../http/contract.js";
import type { Printer } from "../printer.js";
import { counted } from "../words.js";

/** What an import did or would do, for people: how the file was understood first, since everything else rests on that. */
export function printImport(answer: DeckImportJson, printer: Printer): void {
  const line = (text: string): void => printer.line(`  ${text}`);
  const { added, changed, removed, dearerThanCap, blocked } = answer;
  printer.line(
    `Deck ${answer.deck} ${answer.dryRun ? "would hold" : "now holds"} ${counted(answer.rows, "price")}.`,
  );
  line(formatWords(answer.format));
  line(`${counted(answer.read, "row")} read, ${answer.refusedRows} refused${passedOverWords(answer)}.`);
  line(
    `${added} added, ${changed} changed, ${removed} removed; ${dearerThanCap} above the cap, ${blocked} blocked.`,
  );
  if (answer.format.unused.length > 0) line(`Columns passed over: ${answer.format.unused.join(", ")}.`);
  for (const note of notesOf(answer)) line(note);
  if (answer.newlyBlocked.count > 0) {
    printer.line(`Refused from now on, and not before: ${prefixes(answer.newlyBlocked.count)}`, "red");
    printRises(answer.newlyBlocked.first, printer);
  }
  if (answer.rises.count > 0) {
    printer.line(`Dearer than before: ${prefixes(answer.rises.count)}; the biggest rises:`);
    printRises(answer.rises.biggest, printer);
  }
  printFaults(answer, printer);
}

function prefixes(count: number): string {
  return counted(count, "prefix", "prefixes");
}

const DELIMITERS: Readonly<Record<string, string>> = { "\t": "tabs" };

function formatWords({ columns, delimiter, encoding, ...format }: DeckFormatJson): string {
  const mapped = Object.entries(columns).map(([column, headings]) => `${column}=${headings.join("+")}`);
  const more = [
    encoding,
    `delimiter ${DELIMITERS[delimiter] ?? delimiter}`,
    `decimal mark ${format.decimalMark}`,
    ...(format.dates === null ? [] : [`dates ${format.dates}`]),
    `${format.currency}${format.inCents ? " in hundredths" : ""}`,
    ...(format.before === "" ? [] : [`${format.before} in front of every prefix`]),
  ];
  return `Read as ${mapped.join(", ")} (${more.join(", ")}).`;
}

function passedOverWords({ passedOver: { remarks, deleted, ended } }: DeckImportJson): string {
  const parts = [
    ...(remarks > 0 ? [`${remarks} without prefix and price`] : []),
    ...(deleted > 0 ? [`${deleted} deleted by their status`] : []),
    ...(ended > 0 ? [`${ended} whose time is over`] : []),
  ];
  return parts.length === 0 ? "" : `; passed over ${parts.join(", ")}`;
}

function priceOf(usdPerMinute: string | null): string {
  return usdPerMinute === null ? "no price" : `$${usdPerMinute}`;
}

function notesOf(answer: DeckImportJson): string[] {
  const { duplicates, firstDuplicates, scheduled, withoutIncrements, unknownStatus, presentFault } = answer;
  const notes: string[] = [];
  if (presentFault !== null) notes.push(`Not compared with the deck before: ${presentFault}`);
  if (duplicates > 0) {
    const first = firstDuplicates
      .slice(0, 3)
      .map(
        (each) => `${each.prefix} ${priceOf(each.usdPerMinute)} and not ${priceOf(each.usdPerMinuteDropped)}`,
      );
    const examples =
      first.length === 0 ? "" : ` (${first.join("; ")}${duplicates > first.length ? "; …" : ""})`;
    notes.push(`${counted(duplicates, "row")} named a prefix again: the dearer price counts${examples}.`);
  }
  if (scheduled.nextAt !== null) {
    const later = scheduled.count > 0 ? `${counted(scheduled.count, "price")} begin later; ` : "";
    notes.push(`${later}the deck next changes by itself at ${scheduled.nextAt}.`);
  }
  if (withoutIncrements > 0) {
    const which = counted(withoutIncrements, "price");
    notes.push(
      `${which} without billing increments: whole minutes are reckoned (--increments says otherwise).`,
    );
  }
  if (unknownStatus.length > 0)
    notes.push(`Status not known, and taken as open: ${unknownStatus.join(", ")}.`);
  return notes;
}

function printRises(rises: readonly DeckRiseJson[], printer: Printer): void {
  printer.table(
    [
      { title: "PREFIX" },
      { title: "BEFORE", right: true },
      { title: "$/MIN", right: true },
      { title: "DESTINATION" },
    ],
    rises.map((rise) => [
      rise.prefix,
      rise.usdPerMinuteBefore ?? "none",
      rise.usdPerMinute ?? "none",
      rise.destination,
    ]),
  );
}

function printFaults({ refusedRows, faults, dryRun }: DeckImportJson, printer: Printer): void {
  if (refusedRows === 0) return;
  const rows = counted(refusedRows, "row");
  printer.line(
    dryRun
      ? `${rows} can't be read, and nothing is imported while they are there (--skip-bad leaves them out):`
      : `${rows} can't be read, and were left out; calls to where they lead are refused:`,
    "red",
  );
  for (const fault of faults) printer.line(`  line ${fault.line}: ${fault.message}`);
  if (refusedRows > faults.length) printer.line(`  and ${refusedRows - faults.length} more`);
}
