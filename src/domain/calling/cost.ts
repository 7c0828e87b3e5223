import type { Rate } from "./verdict.js";

/** How a carrier bills beyond the price per minute. */
export interface BillingTerms {
  /** Asked once for each answered call, micro-dollars. */
  readonly connectionMicros: number;
  /** A shorter call is billed as this many seconds. */
  readonly minimumSeconds: number;
  /** What comes after the minimum is billed in steps of this many seconds, each begun step whole. */
  readonly incrementSeconds: number;
}

/** Taken where a deck says nothing: it overstates the cost by less than a minute, and never understates it. */
export const WHOLE_MINUTES: BillingTerms = { connectionMicros: 0, minimumSeconds: 60, incrementSeconds: 60 };

/** What an answered call of `seconds` costs, micro-dollars: the connection fee, and the price of the seconds that are billed,
 *  rounded up to a whole micro-dollar. A call that ended within its first second is one of 0 seconds; one that was
 *  never answered costs nothing and is not to be asked about. Throws a TypeError on what is no length of a call. */
export function costMicros(
  rate: Pick<Rate, "microsPerMinute" | keyof BillingTerms>,
  seconds: number,
): number {
  if (!Number.isFinite(seconds) || seconds < 0 || seconds > LONGEST_SECONDS) {
    throw new TypeError(`not the length of a call in seconds: ${seconds}`);
  }
  const billed = billedSeconds(rate, seconds);
  // Minute by minute, since the price of all seconds at once may be more than a double holds exactly.
  const minutes = Math.floor(billed / 60);
  const rest = Math.ceil((rate.microsPerMinute * (billed % 60)) / 60);
  return rate.connectionMicros + minutes * rate.microsPerMinute + rest;
}

/** Seconds that a call of `seconds` is billed as. */
export function billedSeconds(
  { minimumSeconds, incrementSeconds }: Omit<BillingTerms, "connectionMicros">,
  seconds: number,
): number {
  const beyond = Math.max(0, seconds - minimumSeconds);
  return minimumSeconds + Math.ceil(beyond / incrementSeconds) * incrementSeconds;
}

/** The longest call in whole seconds that `micros` pay for; null where they don't pay for the shortest one; Infinity where the
 *  call costs nothing by its length. */
export function affordableSeconds(
  rate: Pick<Rate, "microsPerMinute" | keyof BillingTerms>,
  micros: number,
): number | null {
  if (costMicros(rate, 0) > micros) return null;
  if (rate.microsPerMinute === 0) return Infinity;
  // Billed seconds that the money covers; then down to the last whole step, since a begun one is paid whole.
  const covered = Math.floor(((micros - rate.connectionMicros) / rate.microsPerMinute) * 60) + 1;
  const steps = Math.floor((covered - rate.minimumSeconds) / rate.incrementSeconds);
  let seconds = Math.min(
    rate.minimumSeconds + Math.max(0, steps) * rate.incrementSeconds,
    LONGEST_SECONDS - (LONGEST_SECONDS % rate.incrementSeconds),
  );
  while (seconds > 0 && costMicros(rate, seconds) > micros) seconds -= rate.incrementSeconds;
  return Math.max(seconds, 0);
}

/** What the first minute costs by the cap's reckoning: the price of a minute, and with `feeCounts` the connection fee. */
export function firstMinuteMicros(
  rate: Pick<Rate, "microsPerMinute" | "connectionMicros">,
  feeCounts: boolean,
): number {
  return rate.microsPerMinute + (feeCounts ? rate.connectionMicros : 0);
}

/** A year: no call is longer, and no product below comes near 2^53 for the dearest price a deck may hold. */
const LONGEST_SECONDS = 366 * 86_400;
