import { MICROS_PER_USD } from "./money.js";

/** An exact decimal: `units` / 10^`scale`. */
export interface Decimal {
  readonly units: bigint;
  readonly scale: number;
}

/** The mark between whole and fraction. */
export type DecimalMark = "." | ",";

export type Amount =
  | {
      readonly amount: Decimal;
      /** ISO 4217, where the cell names it. */
      readonly currency: string | null;
    }
  /** A word that says that no calls are taken. */
  | { readonly blocked: true }
  | { readonly fault: string };

/** Reads a price as carriers write it: `0.0123`, `$0.21`, `0,21 €`, `USD 1,234.50`, `1.2E-3`, `0.01/min`. */
export function parseAmount(text: string, mark: DecimalMark): Amount {
  const cell = text.replace(/[\s\u00a0\u202f\u2007]+/g, " ").trim();
  if (BLOCKED.test(cell)) return { blocked: true };
  const match = WRITTEN.exec(cell);
  const [before = "", number = "", after = ""] = match?.slice(1) ?? [];
  if (match === null || !/\d/.test(number))
    return { fault: `${shown(text)} is no price: write it as 0${mark}2100` };
  if (number.startsWith("-")) return { fault: `a price can't be below zero, as ${shown(text)} is` };
  const amount = parseDecimal(number, mark);
  if (amount === null) {
    return { fault: `${shown(text)} is no price with the decimal mark ${mark}: write it as 0${mark}2100` };
  }
  const codes = [before, after].filter((sign) => sign !== "").map(currencyOf);
  if (codes.includes(null))
    return { fault: `the currency of ${shown(text)} is not known: write its code, such as EUR` };
  if (new Set(codes).size > 1) return { fault: `${shown(text)} names two currencies` };
  return { amount, currency: codes[0] ?? null };
}

const SIGN = String.raw`[^\d\s.,'’+-][^\d\s,'’/+-]{0,3}`;
const WRITTEN = new RegExp(
  String.raw`^(${SIGN})? ?(-?[\d.,'’ ]*\d[.,]?(?:E[+-]?\d{1,2})?|-?[.,]\d+) ?(${SIGN})?(?: ?(?:/|per|p/) ?m(?:in(?:ute)?)?)?$`,
  "i",
);
const BLOCKED =
  /^(?:blocked|closed|barred|suspended|not (?:available|offered|supported)|n\/?a|no (?:route|service|access)|unavailable|gesperrt|bloqu[eé]e?|bloqueado|cerrado|fechado)$/i;

/** A plain number with the decimal mark given; groups of three digits may have the other mark, a space or an apostrophe. */
export function parseDecimal(text: string, mark: DecimalMark): Decimal | null {
  const match = (mark === "." ? WITH_POINT : WITH_COMMA).exec(text);
  if (match === null) return null;
  const [, whole = "", fraction = "", exponent = "0"] = match;
  const digits = whole.replace(/\D/g, "") + fraction;
  if (digits === "" || digits.length > MOST_DIGITS) return null;
  const scale = fraction.length - Number(exponent);
  return scale >= 0
    ? { units: BigInt(digits), scale }
    : { units: BigInt(digits) * 10n ** BigInt(-scale), scale: 0 };
}

const WITH_POINT = /^(\d+|\d{1,3}(?:[,'’ ]\d{3})+)?(?:\.(\d*))?(?:E([+-]?\d{1,2}))?$/i;
const WITH_COMMA = /^(\d+|\d{1,3}(?:[.'’ ]\d{3})+)?(?:,(\d*))?(?:E([+-]?\d{1,2}))?$/i;
const MOST_DIGITS = 30;

/** Which decimal mark a cell can only have; null where it tells nothing, such as `3` and `1,234`. */
export function markOf(text: string): DecimalMark | null {
  const number = /[\d.,'’ ]*[.,]\d*/.exec(text)?.[0].trim() ?? "";
  const [point, comma] = [number.lastIndexOf("."), number.lastIndexOf(",")];
  if (point < 0 && comma < 0) return null;
  if (point >= 0 && comma >= 0) return point > comma ? "." : ",";
  const mark = point >= 0 ? "." : ",";
  // Three digits behind one to three that don't begin with 0 may be thousands.
  return /^[1-9]\d{0,2}([.,]\d{3})+$/.test(number) ? null : mark;
}

/** ISO 4217 of a sign or a code; null where it is neither. */
export function currencyOf(sign: string): string | null {
  const text = sign.trim().toUpperCase();
  return SIGNS[text] ?? (/^[A-Z]{3}$/.test(text) ? text : null);
}

const SIGNS: Readonly<Record<string, string>> = {
  $: "USD",
  US$: "USD",
  USD$: "USD",
  "€": "EUR",
  EURO: "EUR",
  "£": "GBP",
  R$: "BRL",
  C$: "CAD",
  CA$: "CAD",
  A$: "AUD",
  AU$: "AUD",
  "₹": "INR",
  "FR.": "CHF",
  ZŁ: "PLN",
};

const ONE: Decimal = { units: 1n, scale: 0 };

/** Micro-dollars of an amount, of which one is `worth` US dollars: exact, and what is finer than a micro-dollar is rounded up. Null
 *  where it is $10,000 or more: no carrier asks for that a minute, and the column is a misread one. */
export function microsOfAmount(amount: Decimal, worth: Decimal = ONE): number | null {
  const units = amount.units * worth.units * BigInt(MICROS_PER_USD);
  const divisor = 10n ** BigInt(amount.scale + worth.scale);
  const micros = (units + divisor - 1n) / divisor;
  return micros < MOST_MICROS ? Number(micros) : null;
}

/** `cents` of a currency worth this much are worth a hundredth. */
export function hundredth(worth: Decimal): Decimal {
  return { units: worth.units, scale: worth.scale + 2 };
}

const MOST_MICROS = 10_000n * BigInt(MICROS_PER_USD);

function shown(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
