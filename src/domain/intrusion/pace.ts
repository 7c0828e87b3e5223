import type { AccountTries } from "./ban.js";

/** How tries follow one another: `fast` as no phone and no person does, `regular` as a timer does, `irregular` as people do
 *  and phones whose pauses double, `unknown` where there were too few. */
export type Pace = "fast" | "regular" | "irregular" | "unknown";

/** Guessing programs make 5 to 50 tries a second, careful ones one or two. */
const FAST_MS = 500;
/** Even a device gone wild, which asks again at each refusal, waits for the answer. */
const FAST_WILD_MS = 100;
/** The shortest wait that phones are set to: Snom 3 to 6 s at first, then doubling. */
const TIMER_LEAST_MS = 3_000;
/** The longest: Aastra and Mitel wait 30 minutes, Cisco's long retry is 20. */
const TIMER_MOST_MS = 2 * 3_600_000;
/** Snom and others shift each wait by 10 %; the network, and a phone busy with other lines, add seconds. */
const TIMER_DEVIATION = 0.25;

/** `registerEveryMs` is the interval that the mirror (HEP) saw, if it did. `workedHere`: this account's password has
 *  succeeded from this very source. */
export function paceOf(
  tries: Pick<AccountTries, "gapMs" | "gapDeviationMs">,
  workedHere: boolean,
  registerEveryMs: number | null = null,
): Pace {
  const { gapMs, gapDeviationMs } = tries;
  if (gapMs !== null && gapMs < (workedHere ? FAST_WILD_MS : FAST_MS)) return "fast";
  if (registerEveryMs !== null && isTimer(registerEveryMs)) return "regular";
  if (gapMs === null) return "unknown";
  const steady = gapDeviationMs !== null && gapDeviationMs <= gapMs * TIMER_DEVIATION;
  return steady && isTimer(gapMs) ? "regular" : "irregular";
}

function isTimer(ms: number): boolean {
  return ms >= TIMER_LEAST_MS && ms <= TIMER_MOST_MS;
}

/** Mean time between tries and the mean deviation from it: how regular they come. */
export function rhythmOf(timesMs: readonly number[]): Pick<AccountTries, "gapMs" | "gapDeviationMs"> {
  if (timesMs.length < 3) return { gapMs: null, gapDeviationMs: null };
  const gaps = timesMs.slice(1).map((time, i) => time - (timesMs[i] ?? time));
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  const deviation = gaps.reduce((sum, gap) => sum + Math.abs(gap - mean), 0) / gaps.length;
  return { gapMs: Math.round(mean), gapDeviationMs: Math.round(deviation) };
}
