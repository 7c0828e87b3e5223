import { affordableSeconds, type BillingTerms, costMicros } from "./cost.js";
import type { Ledger, LedgerChange, RunningCall } from "./ledger.js";
import type { CallLimits } from "./limits.js";
import type { Rate } from "./verdict.js";

/** What is set aside for a call at a time: a dear call must not shut out all others for minutes that it may never talk. */
const SLICE_SECONDS = 300;
/** Even where little is left, so that a call need not be topped up all the time. */
const LEAST_SECONDS = 60;
/** A call ends some milliseconds after its time, which begins another second, and with it another increment. */
export const LATE_SECONDS = 1;
/** A call is topped up when what it has paid for ends so soon. */
const AHEAD_MS = 60_000;
/** The dialplan ends a call at its longest; it is given this time to do so. */
const DIALPLAN_MS = 2_000;

export interface Slice {
  readonly reservedMicros: number;
  /** Seconds from the answer on that this pays for; null: for any. */
  readonly paidSeconds: number | null;
}

type Price = Pick<Rate, "microsPerMinute" | keyof BillingTerms>;

/** What is to be set aside in all for a call that has lasted `atSeconds`, of the `leftMicros` that are left beyond the
 *  `heldMicros` which it holds already: five minutes' worth, or half of what is left, or at least a minute's worth, or all that is left.
 *  Null: not even a second is paid for. */
export function sliceOf(
  rate: Price,
  atSeconds: number,
  heldMicros: number,
  leftMicros: number,
  longestSeconds: number | null,
): Slice | null {
  const more = (seconds: number): number =>
    Math.max(0, costMicros(rate, atSeconds + seconds + LATE_SECONDS) - heldMicros);
  const fair = Math.min(more(SLICE_SECONDS), Math.floor(leftMicros / 2));
  const share = Math.max(0, Math.min(leftMicros, Math.max(more(LEAST_SECONDS), fair)));
  const affordable = affordableSeconds(rate, heldMicros + share);
  if (affordable === null || affordable <= LATE_SECONDS) return null;
  const paidSeconds = Math.min(affordable - LATE_SECONDS, longestSeconds ?? Infinity);
  if (paidSeconds === Infinity) return { reservedMicros: costMicros(rate, 0), paidSeconds: null };
  return { reservedMicros: costMicros(rate, paidSeconds + LATE_SECONDS), paidSeconds };
}

/** Micro-dollars that an extension's calls may still cost; Infinity: no limit. Negative where a limit was lowered. */
export function leftMicros(
  limits: Pick<CallLimits, "spendMicros" | "systemSpendMicros">,
  committed: { readonly extension: number; readonly system: number },
): number {
  return Math.min(
    limits.spendMicros === null ? Infinity : limits.spendMicros - committed.extension,
    limits.systemSpendMicros === null ? Infinity : limits.systemSpendMicros - committed.system,
  );
}

/** What a running call sets aside beyond what it has; null: nothing, because it need not yet, or because nothing is left. What it has
 *  cost already (the daemon was away) is set aside whatever is left. */
export function topUpOf(
  call: RunningCall,
  limits: CallLimits,
  ledger: Ledger,
  nowMs: number,
): LedgerChange | null {
  const { rate, paidSeconds = null, channelId, longestSeconds } = call;
  if (rate === null || paidSeconds === null) return null;
  if (paidUntilMs(call) - nowMs > AHEAD_MS) return null;
  const atSeconds = Math.max(0, Math.ceil((nowMs - talkingSinceMs(call)) / 1_000));
  const left = leftMicros(limits, {
    extension: ledger.committed(call.extension, nowMs),
    system: ledger.committed(null, nowMs),
  });
  const slice = sliceOf(rate, atSeconds, call.reservedMicros, left, longestSeconds);
  const due = costMicros(rate, atSeconds);
  const reservedMicros = Math.max(due, slice?.reservedMicros ?? 0);
  const paid = slice === null || slice.reservedMicros < due ? atSeconds : slice.paidSeconds;
  if (reservedMicros <= call.reservedMicros && (paid ?? 0) <= paidSeconds) return null;
  return { type: "topped-up", channelId, reservedMicros, paidSeconds: paid };
}

/** When a call has to be ended from outside: what is set aside is used up, or the dialplan did not end it at its longest, because the
 *  channel that the dialplan bounded has left the call by a transfer. Infinity: never. */
export function endsAtMs(call: RunningCall): number {
  const { longestSeconds, startedAtMs } = call;
  const longestMs = longestSeconds === null ? Infinity : startedAtMs + longestSeconds * 1_000 + DIALPLAN_MS;
  return Math.min(paidUntilMs(call), longestMs);
}

function paidUntilMs(call: RunningCall): number {
  const { paidSeconds = null } = call;
  return paidSeconds === null ? Infinity : talkingSinceMs(call) + paidSeconds * 1_000;
}

/** Not answered yet, as far as is known: from its start. */
function talkingSinceMs({ answeredAtMs = null, startedAtMs }: RunningCall): number {
  return answeredAtMs ?? startedAtMs;
}
