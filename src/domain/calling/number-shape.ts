import { digitLanguage, type DigitState } from "./digit-language.js";
import type { NumberRange } from "./numbering.js";

/** The tightest place-by-place description of some ranges: which digits can stand where, and how many there can be. */
export interface NumberShape {
  readonly lengths: readonly number[];
  readonly longest: number;
  /** Which digits can follow the first `place` digits; ascending. */
  digitsAt(place: number): readonly number[];
  /** POSIX extended regular expression of the whole number, without anchors. */
  readonly pattern: string;
}

/** `notFirst`: numbers that begin with this digit are left out. */
export function shapeOf(ranges: readonly NumberRange[], notFirst: number | null = null): NumberShape {
  const lengths = [...new Set(ranges.flatMap((range) => range.lengths))].sort((a, b) => a - b);
  const told = Math.min(lengths[0] ?? 0, MOST_PLACES_TOLD);
  const places: number[][] = [];
  let states: readonly DigitState[] = ranges.map((range) => digitLanguage(range.pattern));
  while (places.length < told) {
    places.push(ALL_DIGITS.filter((digit) => states.some((state) => state.after(digit) !== null)));
    const next = states.flatMap((state) => ALL_DIGITS.flatMap((digit) => state.after(digit) ?? []));
    states = [...new Set(next)];
  }
  if (places[0] !== undefined) places[0] = places[0].filter((digit) => digit !== notFirst);
  return {
    lengths,
    longest: lengths.at(-1) ?? 0,
    digitsAt: (place) => places[place] ?? ALL_DIGITS,
    pattern: places.map(digitClass).join("") + anyDigits(lengths.map((length) => length - told)),
  };
}

/** Ascending digits as a bracket expression: `[0-35]`. */
export function digitClass(digits: readonly number[]): string {
  const [digit] = digits;
  if (digits.length === 1 && digit !== undefined) return String(digit);
  const parts = runsOf(digits).map(([from, to]) => {
    if (from === to) return String(from);
    return to === from + 1 ? `${from}${to}` : `${from}-${to}`;
  });
  return `[${parts.join("")}]`;
}

const ALL_DIGITS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
const MOST_PLACES_TOLD = 6;

/** As many digits as `counts` say, ascending: `[0-9]{4,6}`. */
function anyDigits(counts: readonly number[]): string {
  const parts = runsOf(counts).map(([from, to]) => `[0-9]{${from === to ? from : `${from},${to}`}}`);
  return parts.length === 1 ? parts.join("") : `(${parts.join("|")})`;
}

/** Ascending numbers as runs without a gap, from and to. */
function runsOf(numbers: readonly number[]): [number, number][] {
  const runs: [number, number][] = [];
  for (const number of numbers) {
    const last = runs.at(-1);
    if (last?.[1] === number - 1) last[1] = number;
    else runs.push([number, number]);
  }
  return runs;
}
