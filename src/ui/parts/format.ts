const UNITS: readonly (readonly [number, string])[] = [
  [31_536_000, "year"],
  [2_592_000, "month"],
  [86_400, "day"],
  [3_600, "h"],
  [60, "min"],
  [1, "s"],
];

/** How long, in its two largest units, such as `2 days 3 h` or `41 s`. */
export function duration(ms: number): string {
  let seconds = Math.max(0, Math.round(ms / 1000));
  const words: string[] = [];
  for (const [size, name] of UNITS) {
    const count = Math.floor(seconds / size);
    if (count === 0 && words.length === 0) continue;
    if (count === 0) break;
    words.push(`${count} ${size >= 86_400 && count !== 1 ? `${name}s` : name}`);
    seconds -= count * size;
    // Beside days, seconds say nothing.
    if (words.length === 2 || size >= 2_592_000) break;
  }
  return words.length === 0 ? "0 s" : words.join(" ");
}

/** `4 min ago`, `in 2 h`, `just now`: rounded as in the sentences that the daemon writes, which stand beside it. */
export function relative(at: Date, now: Date): string {
  const ms = at.getTime() - now.getTime();
  if (Math.abs(ms) < 5_000) return "just now";
  return ms < 0 ? `${rounded(-ms)} ago` : `in ${rounded(ms)}`;
}

/** Changes to the larger unit where one of it says enough. */
function rounded(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  if (hours < 48) return `${hours} h`;
  const days = Math.round(hours / 24);
  if (days < 60) return `${days} days`;
  return days < 730 ? `${Math.round(days / 30)} months` : `${Math.round(days / 365)} years`;
}

const EXACT = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

export function exact(at: Date): string {
  return EXACT.format(at);
}

/** `12,345`. */
export function count(value: number): string {
  return value.toLocaleString("en-US");
}

/** `1 try`, `3 tries`. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** A decimal string of dollars as people read it: two decimals for sums, all that it has (at least four) for prices. */
export function dollars(usd: string, kind: "sum" | "price" = "sum"): string {
  const [whole = "0", fraction = ""] = usd.replace("-", "").split(".");
  const sign = usd.startsWith("-") ? "−" : "";
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  if (kind === "price")
    return `${sign}$${grouped}.${fraction.padEnd(4, "0").replace(/(\d{4}\d*?)0+$/, "$1")}`;
  const cents = Math.round(Number(`0.${fraction || "0"}`) * 100);
  const carried = cents === 100;
  const shown = carried ? (BigInt(whole) + 1n).toString().replace(/\B(?=(\d{3})+$)/g, ",") : grouped;
  return `${sign}$${shown}.${String(carried ? 0 : cents).padStart(2, "0")}`;
}

const REGIONS = new Intl.DisplayNames("en", { type: "region" });

/** The country's name for its ISO code. */
export function countryName(code: string): string {
  try {
    return REGIONS.of(code) ?? code;
  } catch {
    return code;
  }
}

/** A name that an attacker may have chosen, for the midst of a sentence: marks that turn the direction of what follows, and whatever
 *  else can't be seen, are shown as `?`. */
export function plainName(name: string): string {
  return name.replace(/[\p{Cc}\p{Cf}]/gu, "?");
}

/** The value of a limit, which the API gives as it is written: `10`, `1h`, or dollars with four decimals. */
export function limitValue(value: string): string {
  if (!/^\d+\.\d{4}$/.test(value)) return value;
  return dollars(value, value.endsWith("00") ? "sum" : "price");
}
