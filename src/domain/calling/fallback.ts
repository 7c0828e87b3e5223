import type { DialPlan, NumberType, OpenArea, Policy, PrefixRule } from "../policy.js";
import { areaVerdict } from "./area-rule.js";
import { isGeneral, isIn, type NumberTest, ownerOf } from "./area.js";
import { homePlanOf, needsTrunkPrefix } from "./dial-plan.js";
import { HIGH_RISK_RANGES } from "./high-risk.js";
import { MOST_E164_DIGITS } from "./number.js";
import { type NumberShape, shapeOf } from "./number-shape.js";
import { NumberWalk, type Opinion } from "./number-walk.js";
import { prefixRuleOf } from "./prefix-rule.js";
import { matchStart, type NumberingPlan, type NumberRange, plansOf } from "./numbering.js";

/** POSIX extended regular expressions on the digits as dialled: while the daemon is away, a call passes if they match
 *  `allow` and do not match `deny`. */
export interface FallbackPatterns {
  readonly allow: string;
  readonly deny: string;
}

/** What the dialplan may let pass on its own: ordinary numbers of the home country, as far as the global rules open it.
 *  Where a pattern cannot draw the line as finely as the rules do, it refuses. Neither is longer than 900 bytes, since AMI
 *  drops longer lines. Emergency numbers are no part of it: they pass ahead of everything. Takes a tenth of a second. */
export function fallbackPatterns({ dialPlan, calling }: Policy): FallbackPatterns {
  const home = homePlanOf(dialPlan);
  if (home === null) return NOTHING;
  const prefixes = prefixesWithin(home, calling);
  if (prefixes === "denied") return NOTHING;
  const scene: Scene = { home, dialPlan, openAreas: calling.openAreas, prefixes };
  const ranges = home.ranges
    .filter((range) => isOpen(scene, range.type))
    .flatMap((range) => dialledOutside(range, home, dialPlan));
  if (ranges.length === 0) return NOTHING;
  const ways = waysOfDialling(scene, ranges);
  const overrides = home.overrides.filter((range) => !isOpen(scene, range.type));
  const abroad = internationalPattern(scene, ways);
  const bytes = Math.floor((MOST_BYTES - abroad.length) / ways.length);
  const drawn = ways.map((way) => drawnFinest(way, scene, overrides, bytes)).filter(({ left }) => left > 0);
  if (drawn.length === 0) return NOTHING;
  return {
    allow: drawn.map(({ allow }) => allow).join("|"),
    deny: [abroad, ...drawn.flatMap(({ deny }) => deny)].join("|"),
  };
}

/** `deny` matches every string there is. */
const NOTHING: FallbackPatterns = { allow: "^$", deny: "^" };
const MOST_BYTES = 900;
const ROOM_FOR_SIGNS = 8;

interface Scene {
  readonly home: NumberingPlan;
  readonly dialPlan: DialPlan;
  readonly openAreas: readonly OpenArea[];
  /** Of the home country's numbers, without its code, the longest first and of those as long the denied ones. */
  readonly prefixes: readonly PrefixRule[];
}

interface Way {
  /** Pattern of what is dialled ahead of the national number. */
  readonly prefix: string;
  /** What is dialled so, in one or several choices of ranges: fewer can be told apart more finely. */
  readonly shapes: readonly NumberShape[];
  /** It may be dialled with nothing ahead of the national number. */
  readonly bare: boolean;
  /** Only numbers that are never dialled with the trunk prefix. */
  readonly bareOnly: boolean;
}

/** With the trunk prefix or the country code, and bare where numbers are dialled so. No digits can be read in two ways: a
 *  way that could be mistaken for another is left out or needs the outside prefix. */
function waysOfDialling({ home, dialPlan }: Scene, ranges: readonly NumberRange[]): Way[] {
  const { trunkPrefix } = home;
  const { outsidePrefix } = dialPlan;
  const country = `[+]${home.callingCode}`;
  const choices = choicesOf(ranges);
  const shapes = choices.map((choice) => shapeOf(choice));
  const firstDigits = shapeOf(ranges).digitsAt(0);
  if (trunkPrefix === null) {
    const prefix = oneOf(outsidePattern(outsidePrefix, firstDigits), country);
    return [{ prefix, shapes, bare: true, bareOnly: false }];
  }
  const trunkDigit = Number(trunkPrefix.charAt(0));
  const trunk = outsidePattern(outsidePrefix, [trunkDigit]) + trunkPrefix;
  const noTrunk = outsidePattern(outsidePrefix, [...firstDigits, trunkDigit]);
  const needs = new Set(home.formats.map((format) => format.needsTrunkPrefix));
  if (!needs.has(true) && !firstDigits.includes(trunkDigit)) {
    return [{ prefix: oneOf(noTrunk, trunk, country), shapes, bare: true, bareOnly: false }];
  }
  const whole = { prefix: oneOf(trunk, country), shapes, bare: false, bareOnly: false };
  if (!needs.has(false)) return [whole];
  const bareShapes = choices.map((choice) => shapeOf(choice, trunkDigit));
  return [whole, { prefix: noTrunk, shapes: bareShapes, bare: true, bareOnly: true }];
}

/** The fewer ranges, the fewer lengths and exceptions, and the more finely the rest is told apart. */
function choicesOf(ranges: readonly NumberRange[]): (readonly NumberRange[])[] {
  const of = (...types: NumberType[]) => ranges.filter(({ type }) => types.includes(type));
  const main = of("fixed", "mobile", "fixed-or-mobile");
  return [ranges, main, of("mobile"), of("fixed")].filter((choice) => choice.length > 0);
}

/** The outside prefix may be left out where no number begins with it. */
function outsidePattern(outsidePrefix: string | null, firstDigits: readonly number[]): string {
  if (outsidePrefix === null) return "";
  return firstDigits.includes(Number(outsidePrefix.charAt(0))) ? outsidePrefix : `(${outsidePrefix})?`;
}

/** POSIX knows no empty alternative. */
function oneOf(...alternatives: string[]): string {
  const written = alternatives.filter((alternative) => alternative !== "");
  return `(${written.join("|")})${written.length < alternatives.length ? "?" : ""}`;
}

/** Whatever begins like a call abroad is none at home. */
function internationalPattern({ home, dialPlan }: Scene, ways: readonly Way[]): string {
  const prefixes = [home.internationalPrefix, ...dialPlan.internationalPrefixes].filter(
    (prefix) => prefix !== "",
  );
  const outside = dialPlan.outsidePrefix ?? "";
  const optional = ways.some(({ prefix }) => prefix.includes(`(${outside})?`));
  return `^${optional ? `(${outside})?` : outside}(${prefixes.map(asPosix).join("|")})`;
}

/** The patterns of one way, in the choice of ranges that leaves the most numbers. */
function drawnFinest(way: Way, scene: Scene, overrides: readonly NumberRange[], bytes: number) {
  // Ranges that run across all others would have to be told in each of them: they are told once, apart.
  const apart = overrides.map((range) => `^${way.prefix}${asPosix(range.pattern)}`);
  const room = bytes - apart.join("|").length - way.prefix.length - ROOM_FOR_SIGNS;
  const choices = way.shapes.map((shape) => {
    const { pattern, left } = walkOf(way, scene, shape).refused(room);
    const deny = pattern === null ? apart : [...apart, `^${way.prefix}${pattern}`];
    return { allow: `^${way.prefix}${shape.pattern}$`, deny, left };
  });
  return choices.reduce((best, choice) => (choice.left > best.left ? choice : best));
}

function walkOf({ bare, bareOnly }: Way, scene: Scene, shape: NumberShape): NumberWalk {
  const { home, openAreas, dialPlan, prefixes } = scene;
  const plans = plansOf(home.callingCode);
  // What is no number at home is read again in other ways: as one with the country code but no `+`, and, where the
  // outside prefix and the trunk prefix look like the international one (0 and 0), as one abroad.
  const ahead = (dialPlan.outsidePrefix ?? "") + (home.trunkPrefix ?? "");
  const noneIsAnother =
    dialPlan.outsidePrefix !== null && matchStart(home.internationalPrefix, ahead) !== null;
  // With an area code of its own, what is no national number may be a local one.
  const none: Opinion = bare && (dialPlan.areaCode ?? null) !== null ? "closed" : "none";
  const opinion = (test: NumberTest): Opinion => {
    // What an allowed prefix opens beyond the areas stays closed here.
    if (prefixes.find(({ prefix }) => test.begins(prefix))?.action === "deny") return "closed";
    if (home.overrides.some((range) => isIn(range, test))) return "none";
    const owned = ownerOf(plans, test, home.country ?? "");
    if (owned?.plan.country !== home.country || !isOpen({ home, openAreas }, owned.numberType))
      return "closed";
    if (!plans.some((plan) => isGeneral(plan, test))) {
      return noneIsAnother || (bare && test.begins(home.callingCode)) ? "closed" : none;
    }
    if (bareOnly && needsTrunkPrefix(home, test)) return "closed";
    return bare && owned.numberType === "unknown" ? none : "open";
  };
  const formats = bareOnly ? home.formats : [];
  const leading = [...plans, ...formats].map(({ leadingDigits }) => leadingDigits);
  const asked = {
    ranges: plans.flatMap((plan) => plan.ranges.map((range) => range.pattern)),
    wholes: [
      ...plans.flatMap((plan) => [plan.general, ...plan.overrides.map((range) => range.pattern)]),
      ...formats.map((format) => format.pattern),
    ],
    beginnings: [
      home.callingCode,
      ...prefixes.map(({ prefix }) => prefix),
      ...leading.filter((pattern) => pattern !== null),
    ],
  };
  return new NumberWalk(shape, asked, opinion);
}

/** Rules for prefixes of the home country's numbers, and the risky parts of it as denied ones; `denied` where all of it is. A
 *  type that is opened by name opens no risky part here. */
function prefixesWithin(
  home: NumberingPlan,
  { prefixRules = [], highRisk = "refuse" }: Policy["calling"],
): readonly PrefixRule[] | "denied" {
  const risky = HIGH_RISK_RANGES.filter(({ opensWith }) => highRisk === "refuse" && opensWith === "prefix");
  const parts = risky
    .filter(({ prefix }) => !prefixRules.some((rule) => prefix.startsWith(rule.prefix)))
    .map(({ prefix }): PrefixRule => ({ prefix, action: "deny" }));
  const wide = prefixRuleOf(home.callingCode, prefixRules);
  const within = [...parts, ...prefixRules]
    .filter(({ prefix }) => prefix.startsWith(home.callingCode) && prefix !== home.callingCode)
    .map(({ prefix, action }): PrefixRule => ({ prefix: prefix.slice(home.callingCode.length), action }))
    .sort((a, b) => b.prefix.length - a.prefix.length || (a.action === "deny" ? -1 : 1));
  // A denied country may have allowed parts, which are refused with it: too fine a line for the dialplan.
  return wide?.action === "deny" ? "denied" : within;
}

/** Japan and Germany know longer numbers, which no call from abroad and no rate deck can name; shorter ones than the dial plan says
 *  are none outside. */
function dialledOutside(range: NumberRange, home: NumberingPlan, dialPlan: DialPlan): NumberRange[] {
  const shortest = dialPlan.shortestOutside ?? 0;
  const lengths = range.lengths.filter(
    (length) => length >= shortest && home.callingCode.length + length <= MOST_E164_DIGITS,
  );
  return lengths.length === 0 ? [] : [{ ...range, lengths }];
}

function isOpen({ home, openAreas }: Pick<Scene, "home" | "openAreas">, numberType: NumberType): boolean {
  const area = home.country ?? "";
  return areaVerdict({ area, candidates: [area], numberType }, openAreas).open;
}

function asPosix(pattern: string): string {
  return pattern.replaceAll("(?:", "(").replaceAll("\\d", "[0-9]");
}
