import type { Random } from "./ports.js";

export interface Backoff {
  readonly firstMs: number;
  readonly mostMs: number;
}

/** How long to wait after the `failures`-th failure in a row, counted from 1: doubling, and less by up to a half, so that many
 *  who lost the same server do not come back at once. */
export function backoffMs({ firstMs, mostMs }: Backoff, failures: number, random: Random): number {
  const full = Math.min(mostMs, firstMs * 2 ** Math.min(failures - 1, 30));
  return Math.round(full * (1 - random() / 2));
}
