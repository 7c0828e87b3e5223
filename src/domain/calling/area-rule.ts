import type { AreaCode, NumberType, OpenArea } from "../policy.js";
import type { Place } from "./area.js";
import { knownCountries } from "./numbering.js";
import { SPECIAL_DESTINATIONS } from "./special-destinations.js";

export type AreaVerdict =
  | { readonly open: true }
  /** `type`: the area is open, though not for numbers of this type. `untold`: not every area that it may be in is open. */
  | { readonly open: false; readonly because: "area" | "type" | "untold" };

export interface KnownArea {
  readonly code: AreaCode;
  /** In English. */
  readonly name: string;
  readonly kind: "country" | "special";
}

/** Whether a number of this place may be called. A number whose country can't be told may be called only where every
 *  country that it may be in is open. */
export function areaVerdict(place: Place, openAreas: readonly OpenArea[]): AreaVerdict {
  const inAny = place.candidates.map((area) => openFor(area, place.numberType, openAreas));
  if (inAny.length > 0 && inAny.every((verdict) => verdict === "open")) return { open: true };
  if (place.area === null) return { open: false, because: "untold" };
  return { open: false, because: inAny.includes("type") ? "type" : "area" };
}

/** The types that `types: null` does not open: dear by design. */
export const HIGH_RISK_TYPES: readonly NumberType[] = ["premium", "shared-cost", "personal", "pager", "uan"];

function openFor(
  area: AreaCode,
  numberType: NumberType,
  openAreas: readonly OpenArea[],
): "open" | "type" | "area" {
  const rules = openAreas.filter((rule) => rule.area === area);
  if (rules.length === 0) return "area";
  return rules.some((rule) => opensType(rule, numberType)) ? "open" : "type";
}

/** Whoever opens a special destination by its name means its numbers, which are of a high-risk type throughout. */
function opensType(rule: OpenArea, numberType: NumberType): boolean {
  if (rule.types !== null) return rule.types.includes(numberType);
  return isSpecial(rule.area) || !HIGH_RISK_TYPES.includes(numberType);
}

/** Every area that a rule can name, countries first, by name. */
export function knownAreas(): readonly KnownArea[] {
  return areas;
}

/** English name of an area; the code itself where it is not known. */
export function areaName(code: AreaCode): string {
  return names.get(code) ?? code;
}

export function isKnownCountry(code: AreaCode): boolean {
  return knownCountries().includes(code);
}

/** Reads `US`, `JM:mobile`, `US:premium,shared-cost`, `satellite`. */
export function parseAreaRule(text: string): { area: OpenArea } | { error: string } {
  const [areaText = "", typesText, ...rest] = text.trim().split(":");
  const code = codeOf(areaText.trim());
  if (code === null || rest.length > 0) return { error: areaAdvice(areaText.trim()) };
  if (typesText === undefined) return { area: { area: code, types: null } };
  const types = typesText.split(",").map((type) => type.trim().toLowerCase());
  if (!types.every(isNumberType)) {
    return {
      error: `unknown number type: write ${code}:TYPE with one or more of ${NUMBER_TYPES.join(", ")}`,
    };
  }
  return { area: { area: code, types } };
}

/** The form that `parseAreaRule` reads. */
export function formatAreaRule(rule: OpenArea): string {
  return rule.types === null ? rule.area : `${rule.area}:${rule.types.join(",")}`;
}

export const NUMBER_TYPES: readonly NumberType[] = [
  "fixed",
  "mobile",
  "fixed-or-mobile",
  "toll-free",
  "premium",
  "shared-cost",
  "personal",
  "pager",
  "voip",
  "uan",
  "voicemail",
  "unknown",
];

const regionNames = new Intl.DisplayNames(["en"], { type: "region" });
const areas: readonly KnownArea[] = [
  ...knownCountries()
    .map((code): KnownArea => ({ code, name: regionNames.of(code) ?? code, kind: "country" }))
    .sort((a, b) => a.name.localeCompare(b.name, "en")),
  ...SPECIAL_DESTINATIONS.map(({ slug, name }): KnownArea => ({ code: slug, name, kind: "special" })),
];

const names: ReadonlyMap<AreaCode, string> = new Map(areas.map(({ code, name }) => [code, name]));

/** What people write who do not look the code up. */
const OTHER_CODES: Readonly<Record<string, AreaCode>> = { UK: "GB", EL: "GR" };

function codeOf(text: string): AreaCode | null {
  return (
    areas.find((area) => area.code === text.toUpperCase() || area.code === text.toLowerCase())?.code ?? null
  );
}

function areaAdvice(text: string): string {
  const named = areas.find((area) => area.name.toLowerCase() === text.toLowerCase())?.code;
  const other = Object.hasOwn(OTHER_CODES, text.toUpperCase()) ? OTHER_CODES[text.toUpperCase()] : undefined;
  const meant = named ?? other;
  const start = /^[\w .'-]{1,40}$/.test(text) ? `"${text}" is no area` : "that is no area";
  if (meant !== undefined) return `${start}: write ${meant} for ${areaName(meant)}`;
  const slugs = SPECIAL_DESTINATIONS.map((destination) => destination.slug).join(", ");
  return `${start}: write the two letters of a country, such as US or JM:mobile, or one of ${slugs}`;
}

function isSpecial(code: AreaCode): boolean {
  return SPECIAL_DESTINATIONS.some((destination) => destination.slug === code);
}

function isNumberType(text: string): text is NumberType {
  return (NUMBER_TYPES as readonly string[]).includes(text);
}
