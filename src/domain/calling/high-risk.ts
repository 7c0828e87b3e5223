import type { AreaCode } from "../policy.js";
import table from "./high-risk-ranges.json";

/** A range of numbers that toll fraud is known to end in. */
export interface HighRiskRange {
  /** E.164 digits without `+`. */
  readonly prefix: string;
  readonly area: AreaCode;
  /** `area`: all of the area is so, and whoever opens it by name means it. `prefix`: a part of an area, which stays closed until
   *  the prefix itself is allowed, or the type of its numbers by name. */
  readonly opensWith: "area" | "prefix";
  readonly why: string;
  /** Who says so. */
  readonly source: string;
  /** ISO 8601: when the entry was last looked at. */
  readonly date: string;
}

export const HIGH_RISK_RANGES: readonly HighRiskRange[] = table.ranges.map(readRange);

/** The longest range within an area that E.164 digits begin with; null where none does, or where all of the area is so. */
export function riskyPartOf(digits: string): HighRiskRange | null {
  for (let length = longest; length >= shortest; length -= 1) {
    const range = parts.get(digits.slice(0, length));
    if (range !== undefined) return range;
  }
  return null;
}

/** The ranges that make all of an area risky; empty for most areas. */
export function risksOfArea(area: AreaCode): readonly HighRiskRange[] {
  return HIGH_RISK_RANGES.filter((range) => range.opensWith === "area" && range.area === area);
}

const parts: ReadonlyMap<string, HighRiskRange> = new Map(
  HIGH_RISK_RANGES.filter(({ opensWith }) => opensWith === "prefix").map((range) => [range.prefix, range]),
);
const lengths = [...parts.keys()].map((prefix) => prefix.length);
const longest = Math.max(...lengths);
const shortest = Math.min(...lengths);

function readRange(raw: (typeof table.ranges)[number]): HighRiskRange {
  const [prefix = "", area = "", opensWith, why = "", source = "", date = ""] = raw;
  const sources: Readonly<Record<string, string>> = table.sources;
  const named = sources[source];
  if (named === undefined || (opensWith !== "area" && opensWith !== "prefix")) {
    throw new TypeError(`the high-risk range +${prefix} has no such source or way to open it`);
  }
  return { prefix, area, opensWith, why, source: named, date };
}
