import type { ChangeDetectionJson } from "../../http/contract.js";
import { WrongUsage } from "../exit.js";

/** `attempts 12 window 5m` as names and values. */
export function pairs(words: readonly string[]): ChangeDetectionJson {
  if (words.length % 2 !== 0) {
    throw new WrongUsage("write a value after each name: ringfence detection set attempts 12 window 5m");
  }
  return Object.fromEntries(
    words.flatMap((name, index) => (index % 2 === 0 ? [[name, words[index + 1] ?? ""]] : [])),
  );
}
