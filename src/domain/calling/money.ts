/** Money is integer micro-dollars inside and a decimal string outside; no float ever holds a price. */

export const MICROS_PER_USD = 1_000_000;
const DECIMALS = 6;
/** No carrier asks for more a minute; a dearer row is a misread column. */
const MAX_USD = 10_000;

/** US dollars as text with at least four decimals, and up to six where they are needed: 210000 is `0.2100`. */
export function formatUsd(micros: number): string {
  if (!Number.isSafeInteger(micros)) throw new TypeError(`not a number of micro-dollars: ${micros}`);
  const size = Math.abs(micros);
  const fraction = String(size % MICROS_PER_USD).padStart(DECIMALS, "0");
  const shown = fraction.endsWith("00") ? fraction.slice(0, 4) : fraction.replace(/0$/, "");
  return `${micros < 0 ? "-" : ""}${Math.floor(size / MICROS_PER_USD)}.${shown}`;
}

/** Micro-dollars of a price such as `0.21`, `.0085`, `$1.50`. What is finer than a micro-dollar is rounded up: a
 *  price may be overstated by less than a millionth of a dollar, never understated. */
export function parseUsd(text: string): { micros: number } | { error: string } {
  const match = /^\$?\s*(\d*)(?:\.(\d*))?$/.exec(text.trim());
  const [whole = "", fraction = ""] = match?.slice(1) ?? [];
  if (match === null || whole + fraction === "") {
    return { error: "the price is not an amount in US dollars: write it as 0.2100" };
  }
  const dollars = whole.replace(/^0+(?=\d)/, "") || "0";
  if (dollars.length > 5 || Number(dollars) >= MAX_USD) {
    return { error: `the price is ${MAX_USD} US dollars or more: write the price per minute, as 0.2100` };
  }
  const micros = Number(fraction.slice(0, DECIMALS).padEnd(DECIMALS, "0"));
  const rest = /[1-9]/.test(fraction.slice(DECIMALS)) ? 1 : 0;
  return { micros: Number(dollars) * MICROS_PER_USD + micros + rest };
}
