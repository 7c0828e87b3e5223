import metadata from "libphonenumber-js/metadata.max.json";
import newAreaCodes from "./new-area-codes.json";
import type { AreaCode, NumberType } from "../policy.js";

/** The world's numbering plans, from libphonenumber's full metadata. Read from the metadata itself rather than through
 *  its parser: the parser forgives and guesses, and a fence may not. */

export interface NumberRange {
  readonly type: NumberType;
  /** Matches a whole national number. */
  readonly pattern: string;
  readonly lengths: readonly number[];
}

export interface NumberFormat {
  readonly pattern: string;
  /** Matches the beginning of a national number; null: any. */
  readonly leadingDigits: string | null;
  /** Within the country, such a number is dialled with the trunk prefix. */
  readonly needsTrunkPrefix: boolean;
}

export interface NumberingPlan {
  /** ISO 3166-1 alpha-2; null for a calling code that belongs to no country. */
  readonly country: AreaCode | null;
  readonly callingCode: string;
  /** Matches the prefix of international calls, at the beginning. */
  readonly internationalPrefix: string;
  /** Matches a whole national number of the plan. */
  readonly general: string;
  readonly lengths: readonly number[];
  /** Such as `0`; null where there is none. */
  readonly trunkPrefix: string | null;
  /** Matches the trunk prefix and a carrier code, at the beginning; with `trunkTransform` also short local forms. */
  readonly trunkPattern: string | null;
  readonly trunkTransform: string | null;
  /** Where several countries share the calling code: the beginning of this one's numbers; null: told by its ranges. */
  readonly leadingDigits: string | null;
  /** What costs most comes first, so that a number in two ranges has the dearer type. */
  readonly ranges: readonly NumberRange[];
  /** Ranges across others, which give a number of the plan another type and do not make it one of the plan. */
  readonly overrides: readonly NumberRange[];
  readonly formats: readonly NumberFormat[];
}

/** Null where `country` is not known. */
export function planOf(country: AreaCode): NumberingPlan | null {
  return plans.get(country) ?? null;
}

/** All countries that share a calling code, the main one first; empty for an unassigned code. */
export function plansOf(callingCode: string): readonly NumberingPlan[] {
  return plansByCallingCode.get(callingCode) ?? [];
}

export function knownCountries(): readonly AreaCode[] {
  return [...plans.keys()];
}

/** The calling code that international digits begin with; no two calling codes begin alike. */
export function splitCallingCode(digits: string): { callingCode: string; national: string } | null {
  for (let length = 1; length <= 3; length += 1) {
    const callingCode = digits.slice(0, length);
    if (plansByCallingCode.has(callingCode)) return { callingCode, national: digits.slice(length) };
  }
  return null;
}

/** Whether a calling code begins with the digits, or they begin with one. */
export function startsCallingCode(digits: string): boolean {
  return (
    splitCallingCode(digits) !== null ||
    [...plansByCallingCode.keys()].some((code) => code.startsWith(digits))
  );
}

/** Whether `pattern` matches the whole of `digits`. */
export function matchesWhole(pattern: string, digits: string): boolean {
  return compiled(wholePatterns, pattern, "$").test(digits);
}

/** What `pattern` matches at the beginning of `digits`, with its groups. */
export function matchStart(pattern: string, digits: string): RegExpExecArray | null {
  return compiled(startPatterns, pattern, "").exec(digits);
}

/** Positions in a plan's array, as libphonenumber-js documents them in its METADATA.md. */
const AT = {
  callingCode: 0,
  internationalPrefix: 1,
  general: 2,
  lengths: 3,
  formats: 4,
  trunkPrefix: 5,
  trunkRule: 6,
  trunkPattern: 7,
  trunkTransform: 8,
  trunkOptional: 9,
  leadingDigits: 10,
  ranges: 11,
} as const;

/** Positions of the number types in a plan's ranges, in the order in which libphonenumber asks for them. */
const TYPES: readonly (readonly [NumberType, number])[] = [
  ["premium", 3],
  ["toll-free", 2],
  ["shared-cost", 9],
  ["voip", 8],
  ["personal", 4],
  ["pager", 7],
  ["uan", 6],
  ["voicemail", 5],
];
const FIXED = 0;
const MOBILE = 1;

/** What the metadata does not say: area code 700 is the carrier's own and 456 reaches networks abroad (NANPA). */
const MISSING_RANGES: Readonly<Record<AreaCode, readonly NumberRange[]>> = {
  US: [{ type: "personal", pattern: "(?:456|700)[2-9]\\d{6}", lengths: [10] }],
};

/** Area codes that are newer than the metadata: without them, calls to new numbers at home were refused as of nobody's area. */
const NEW_AREA_CODES: readonly (readonly [code: string, country: AreaCode])[] = newAreaCodes.codes.map(
  ([code = "", country = ""]) => [code, country],
);

/** North America's 976 exchange carries information services at the caller's expense in every area code of the USA, its
 *  territories and Canada (ATIS, Central Office Code Assignment Guidelines); the islands' plans list theirs. */
const EXCHANGE_976: NumberRange = { type: "premium", pattern: "[2-9]\\d\\d976\\d{4}", lengths: [10] };
const WITH_EXCHANGE_976: readonly AreaCode[] = ["US", "CA", "PR", "VI", "GU", "MP", "AS"];

/** Calling codes of no country whose numbers have one type, whatever the metadata says: +878 is listed there as VoIP. */
const TYPE_OF_CALLING_CODE: Readonly<Record<string, NumberType>> = { "878": "personal", "979": "premium" };

type RawPlan = readonly unknown[];

const rawCountries = metadata.countries as Readonly<Record<string, RawPlan>>;
const rawCallingCodes = metadata.country_calling_codes as Readonly<Record<string, readonly AreaCode[]>>;
const rawSpecial = metadata.nonGeographic as Readonly<Record<string, RawPlan>>;

const plans: ReadonlyMap<AreaCode, NumberingPlan> = new Map(
  Object.entries(rawCountries).map(([country, raw]) => [country, readPlan(country, raw, mainOf(raw))]),
);
const plansByCallingCode: ReadonlyMap<string, readonly NumberingPlan[]> = new Map<string, NumberingPlan[]>([
  ...Object.entries(rawCallingCodes).map(([code, countries]): [string, NumberingPlan[]] => [
    code,
    countries.flatMap((country) => plans.get(country) ?? []),
  ]),
  ...Object.entries(rawSpecial).map(([code, raw]): [string, NumberingPlan[]] => [
    code,
    [readPlan(null, raw, raw)],
  ]),
]);

const wholePatterns = new Map<string, RegExp>();
const startPatterns = new Map<string, RegExp>();

/** Only the metadata's patterns come here, so the maps cannot grow at a caller's will. */
function compiled(patterns: Map<string, RegExp>, source: string, end: "$" | ""): RegExp {
  let pattern = patterns.get(source);
  if (pattern === undefined) patterns.set(source, (pattern = new RegExp(`^(?:${source})${end}`)));
  return pattern;
}

/** Formats and trunk rules of a shared calling code stand with its main country alone. */
function mainOf(raw: RawPlan): RawPlan {
  const main = rawCallingCodes[textAt(raw, AT.callingCode) ?? ""]?.[0];
  return (main === undefined ? undefined : rawCountries[main]) ?? raw;
}

function readPlan(country: AreaCode | null, raw: RawPlan, main: RawPlan): NumberingPlan {
  const callingCode = textAt(raw, AT.callingCode) ?? "";
  const trunkPrefix = textAt(raw, AT.trunkPrefix);
  return {
    country,
    callingCode,
    internationalPrefix: textAt(raw, AT.internationalPrefix) ?? "",
    general: textAt(raw, AT.general) ?? "",
    lengths: lengthsIn(raw[AT.lengths]) ?? [],
    trunkPrefix,
    trunkPattern: textAt(raw, AT.trunkPattern) ?? trunkPrefix,
    trunkTransform: textAt(raw, AT.trunkTransform),
    leadingDigits: textAt(raw, AT.leadingDigits),
    ranges: readRanges(country, callingCode, raw),
    overrides: WITH_EXCHANGE_976.includes(country ?? "") ? [EXCHANGE_976] : [],
    formats: readFormats(raw, main),
  };
}

function readRanges(country: AreaCode | null, callingCode: string, raw: RawPlan): NumberRange[] {
  const all = listAt(raw, AT.ranges);
  const rangeAt = (type: NumberType, index: number): NumberRange[] => {
    const range = listAt(all, index);
    const pattern = textAt(range, 0);
    if (pattern === null) return [];
    const lengths = lengthsIn(range[1]) ?? lengthsIn(raw[AT.lengths]) ?? [];
    return [{ type: TYPE_OF_CALLING_CODE[callingCode] ?? type, pattern, lengths }];
  };
  // An empty mobile pattern stands for "the same as fixed": the plan does not tell them apart.
  const merged = listAt(all, MOBILE)[0] === "";
  return [
    ...(MISSING_RANGES[country ?? ""] ?? []),
    ...TYPES.flatMap(([type, index]) => rangeAt(type, index)),
    ...rangeAt(merged ? "fixed-or-mobile" : "fixed", FIXED),
    ...rangeAt("mobile", MOBILE),
    ...NEW_AREA_CODES.filter(([, of]) => of === country).map(([code]): NumberRange => ({
      type: "fixed-or-mobile",
      pattern: `${code}[2-9]\\d{6}`,
      lengths: [10],
    })),
  ];
}

function readFormats(raw: RawPlan, main: RawPlan): NumberFormat[] {
  const own = listAt(raw, AT.formats);
  return (own.length > 0 ? own : listAt(main, AT.formats)).map((format) => {
    const parts = Array.isArray(format) ? (format as RawPlan) : [];
    const rule = textAt(parts, 3) ?? textAt(raw, AT.trunkRule) ?? textAt(main, AT.trunkRule);
    const optional = [parts[4], raw[AT.trunkOptional], main[AT.trunkOptional]].some((flag) => flag === 1);
    return {
      pattern: textAt(parts, 0) ?? "",
      leadingDigits: textAt(listAt(parts, 2), listAt(parts, 2).length - 1),
      // A rule of the first group alone, such as `($1)`, writes the number without the prefix.
      needsTrunkPrefix: rule !== null && !/^\(?\$1\)?$/.test(rule) && !optional,
    };
  });
}

function textAt(raw: RawPlan, index: number): string | null {
  const value = raw[index];
  return typeof value === "string" && value !== "" ? value : null;
}

function listAt(raw: RawPlan, index: number): RawPlan {
  const value = raw[index];
  return Array.isArray(value) ? (value as RawPlan) : [];
}

function lengthsIn(value: unknown): number[] | null {
  return Array.isArray(value) ? value.filter((length) => typeof length === "number") : null;
}
