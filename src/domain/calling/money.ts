/** Micro-dollars as USD in the one form of JSON and messages: a decimal string with four decimals or more, `0.2100`. */
export function usdText(micros: number): string {
  const sign = micros < 0 ? "-" : "";
  const digits = String(Math.abs(micros)).padStart(7, "0");
  const decimals = digits.slice(-6).replace(/0{1,2}$/, "");
  return `${sign}${digits.slice(0, -6)}.${decimals}`;
}

/** A price such as `0.25`, `1` or `0.2100`, in micro-dollars; null where `text` is none, is negative or has more than six
 *  decimals. */
export function parseUsd(text: string): number | null {
  const match = /^([0-9]{1,9})(?:\.([0-9]{1,6}))?$/.exec(text.trim());
  if (match === null) return null;
  return Number(match[1]) * 1_000_000 + Number((match[2] ?? "").padEnd(6, "0"));
}
