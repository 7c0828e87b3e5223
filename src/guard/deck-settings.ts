import { DECK_COLUMNS, type DeckColumn } from "../domain/calling/deck-heading.js";
import { parseIncrements } from "../domain/calling/deck-increments.js";
import { parseDecimal, type Decimal } from "../domain/calling/deck-price.js";
import type { Delimiter, FileSettings } from "./rates.js";

/** The settings of an import as people write them; what is left out is worked out from the file. */
export interface SettingTexts {
  /** `prefix=Code,rate="Rate, per min"`: headings, or numbers of columns. */
  readonly map?: string | undefined;
  /** One of `,` `;` `|` `tab`. */
  readonly delimiter?: string | undefined;
  /** `.` or `,`. */
  readonly decimal?: string | undefined;
  /** `dmy` or `mdy`. */
  readonly dates?: string | undefined;
  /** `EUR=1.0850,GBP=1.2700`: what one is worth in US dollars. */
  readonly currency?: string | undefined;
  /** `60/60`, for rows that say nothing. */
  readonly increments?: string | undefined;
  /** Digits in front of every prefix. */
  readonly before?: string | undefined;
  readonly skipBad?: boolean | undefined;
}

/** Reads the settings; the fault says what to write instead. */
export function parseDeckSettings(
  texts: SettingTexts,
): { readonly settings: FileSettings } | { readonly fault: string } {
  const columns = columnsOf(texts.map);
  const worth = worthOf(texts.currency);
  const increments = texts.increments === undefined ? undefined : parseIncrements(texts.increments);
  for (const part of [columns, worth, increments]) {
    if (part !== undefined && "fault" in part) return { fault: part.fault };
  }
  const fault = faultOf(texts);
  if (fault !== null) return { fault };
  const { decimal, dates, delimiter, before } = texts;
  return {
    settings: {
      ...(columns !== undefined && "columns" in columns && { columns: columns.columns }),
      ...(worth !== undefined && "worth" in worth && { worth: worth.worth }),
      ...(increments !== undefined && "minimumSeconds" in increments && { increments }),
      ...((decimal === "." || decimal === ",") && { decimalMark: decimal }),
      ...((dates === "dmy" || dates === "mdy") && { dates }),
      ...(delimiter !== undefined && { delimiter: (delimiter === "tab" ? "\t" : delimiter) as Delimiter }),
      ...(before !== undefined && { before }),
      ...(texts.skipBad === true && { skipBad: true }),
    },
  };
}

function faultOf({ delimiter, decimal, dates, before }: SettingTexts): string | null {
  if (delimiter !== undefined && ![",", ";", "|", "\t", "tab"].includes(delimiter)) {
    return "delimiter is one of , ; | tab";
  }
  if (decimal !== undefined && decimal !== "." && decimal !== ",") return "decimal is . or ,";
  if (dates !== undefined && dates !== "dmy" && dates !== "mdy") return "dates is dmy (31/12) or mdy (12/31)";
  if (before !== undefined && !/^[1-9]\d{0,6}$/.test(before)) return "before is digits, such as 1";
  return null;
}

function columnsOf(
  text: string | undefined,
): { columns: Partial<Record<DeckColumn, readonly string[]>> } | { fault: string } | undefined {
  if (text === undefined) return undefined;
  const columns: Partial<Record<DeckColumn, string[]>> = {};
  for (const part of text.match(/(?:[^",]|"[^"]*")+/g) ?? []) {
    const [, name = "", value = ""] = /^\s*([a-z-]+)\s*=\s*(.*?)\s*$/s.exec(part) ?? [];
    const column = DECK_COLUMNS.find((each) => each === name);
    const heading = value.replace(/^"(.*)"$/s, "$1").trim();
    if (column === undefined || heading === "") {
      return {
        fault: `map is COLUMN=HEADING,… such as prefix=Code,rate="Rate per min"; the columns are ${DECK_COLUMNS.join(", ")}`,
      };
    }
    columns[column] = [...(columns[column] ?? []), heading];
  }
  return { columns };
}

function worthOf(
  text: string | undefined,
): { worth: Record<string, Decimal> } | { fault: string } | undefined {
  if (text === undefined) return undefined;
  const worth: Record<string, Decimal> = {};
  for (const part of text.split(",")) {
    const [, code = "", amount = ""] = /^\s*([A-Z]{3})\s*=\s*([\d.]+)\s*$/.exec(part) ?? [];
    const decimal = parseDecimal(amount, ".");
    if (code === "" || decimal === null || decimal.units === 0n) {
      return { fault: "currency is what one is worth in US dollars, such as EUR=1.0850" };
    }
    worth[code] = decimal;
  }
  return { worth };
}
