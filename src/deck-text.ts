import { isUtf8 } from "node:buffer";
import type { Delimiter } from "./guard/rates.js";

/** As TextDecoder names them. `windows-1252` holds all of Latin-1's letters. */
export type Encoding = "utf-8" | "utf-16le" | "utf-16be" | "windows-1252";

/** How the text of a file is written, by its first bytes: by its byte-order mark, by zeros at every other place, else UTF-8. That it
 *  is Latin-1 may show only later. */
export function encodingOf(head: Buffer): Encoding {
  if (head[0] === 0xff && head[1] === 0xfe) return "utf-16le";
  if (head[0] === 0xfe && head[1] === 0xff) return "utf-16be";
  const zeros = [0, 0];
  for (const [index, byte] of head.entries()) if (byte === 0) zeros[index % 2] = (zeros[index % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  if (odd > head.length / 4 && even === 0) return "utf-16le";
  if (even > head.length / 4 && odd === 0) return "utf-16be";
  // A character that is cut off at the end is no fault.
  const whole = [0, 1, 2, 3].some((cut) => isUtf8(head.subarray(0, Math.max(0, head.length - cut))));
  return whole ? "utf-8" : "windows-1252";
}

/** The delimiter that stands equally often in most lines, outside of quotes; of equals the one that is no decimal mark. */
export function delimiterOf(text: string): Delimiter {
  const told = /^\uFEFF?sep=([,;\t|])\r?\n/i.exec(text)?.[1];
  if (told !== undefined) return told as Delimiter;
  const lines = text
    .split(/\r\n|\n|\r/)
    .map(unquoted)
    .filter((line) => line.trim() !== "")
    .slice(0, 500);
  let best: { delimiter: Delimiter; score: number } = { delimiter: ",", score: 0 };
  for (const delimiter of [";", "\t", "|", ","] as const) {
    const score = scoreOf(lines, delimiter);
    if (score > best.score) best = { delimiter, score };
  }
  return best.delimiter;
}

/** In how many lines the delimiter stands as often as in most of those that have it at all; more columns count a little. */
function scoreOf(lines: readonly string[], delimiter: string): number {
  const times = new Map<number, number>();
  for (const line of lines) {
    const count = line.split(delimiter).length - 1;
    if (count > 0) times.set(count, (times.get(count) ?? 0) + 1);
  }
  let score = 0;
  for (const [count, agreeing] of times) score = Math.max(score, agreeing + Math.min(count, 20) / 100);
  return score;
}

function unquoted(line: string): string {
  return line.replace(/"[^"]*"/g, "");
}

/** What the first line of a file is that only names the delimiter. */
export function namesDelimiter(fields: readonly string[], line: number): boolean {
  return line === 1 && /^sep=/i.test(fields[0] ?? "");
}
