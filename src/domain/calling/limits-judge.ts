import type { Policy } from "../policy.js";
import { areaName } from "./area-rule.js";
import { affordableSeconds, costMicros } from "./cost.js";
import { type Ledger, type LedgerChange, UNTOLD } from "./ledger.js";
import { type CallLimits, limitsFor } from "./limits.js";
import { formatUsd } from "./money.js";
import { LATE_SECONDS, leftMicros, type Slice, sliceOf } from "./slice.js";
import type { CallRequest, Rate, RefuseReason, Verdict } from "./verdict.js";

/** One call that is made, and not merely asked about. */
export interface CallAttempt {
  readonly channelId: string;
  readonly atMs: number;
}

export interface Limited {
  readonly verdict: Verdict;
  /** What the call changes if it is made; to be applied before the next one is judged, so that no two go on the same money. */
  readonly changes: readonly LedgerChange[];
}

/** What the limits make of a call that number, area and price have been judged of. Emergency calls are none of their business.
 *  A refusal stands, and counts as an attempt. `channelId` null: asked without a call. */
export function judgeLimits(
  verdict: Verdict,
  request: CallRequest,
  { channelId, atMs }: { readonly channelId: string | null; readonly atMs: number },
  policy: Policy,
  ledger: Ledger,
): Limited {
  if (verdict.reason === "emergency") return { verdict, changes: [] };
  const extension = request.from ?? UNTOLD;
  const limits = limitsFor(policy, request.from);
  const source = request.source ?? null;
  const before = channelId === null ? null : ledger.runningCall(channelId);
  // The same decision once more: it was not brought to its end, or the number is tried by another way.
  const again =
    before !== null &&
    before.extension === extension &&
    before.number === verdict.number &&
    (before.answeredAtMs ?? null) === null;

  const attempt = (counted: boolean): LedgerChange[] =>
    again ? [] : [{ type: "attempt", extension, source, atMs, counted }];
  const refused = (reason: RefuseReason, why: string, counted = true): Limited => ({
    verdict: refusal(verdict, reason, why),
    changes: attempt(counted),
  });

  const pausedMs = source === null ? null : ledger.pausedUntil(source, atMs);
  if (pausedMs !== null) {
    const minutes = Math.ceil((pausedMs - atMs) / 60_000);
    return refused(
      "call-script",
      `a program places calls from there; calls pass again in ${minutes} min`,
      false,
    );
  }
  const most = limits.attemptsPerMinute;
  if (most !== null && !again && ledger.attempts(extension, atMs) >= most) {
    return refused(
      "too-many-attempts",
      `more than ${most} call attempts within a minute (${whose(request)})`,
      false,
    );
  }
  if (verdict.decision === "refuse" || verdict.number === null) return { verdict, changes: attempt(true) };

  const seen = source === null ? "before" : ledger.calledFrom(extension, source);
  if (seen === "elsewhere" && limits.newSource === "refuse") {
    return refused("new-source", `${whose(request)} has never called from this address before`);
  }
  const { area, number } = verdict;
  const international = area !== policy.dialPlan.country;
  const mostCalls = limits.concurrentInternational;
  const others = ledger.runningInternational(extension) - (before?.international === true ? 1 : 0);
  if (international && mostCalls !== null && others >= mostCalls) {
    const calls = others === 1 ? "1 call" : `${others} calls`;
    return refused(
      "too-many-calls",
      `${whose(request)} has ${calls} to other countries at the same time already`,
    );
  }

  // What this channel did before is over: it makes one call at a time. A number that did not answer costs nothing.
  const ending =
    channelId === null || before === null
      ? null
      : ledger.settlement(channelId, before.answeredAtMs ?? null, atMs);
  const freed = before === null || ending?.type !== "settled" ? 0 : before.reservedMicros - ending.micros;
  const money = judgeMoney(verdict.rate, limits, international, {
    extension: ledger.committed(extension, atMs) - (before?.extension === extension ? freed : 0),
    system: ledger.committed(null, atMs) - freed,
  });
  if (money === null) return refused("spend-limit", spentWords(verdict.rate, limits, request));

  const changes: LedgerChange[] = attempt(true);
  if (source !== null && seen !== "before") changes.push({ type: "source", extension, source, atMs });
  if (international && area !== null && !ledger.hasCalled(extension, area)) {
    changes.push({ type: "country", extension, area, atMs });
  }
  if (channelId !== null) {
    if (ending !== null) changes.push(ending);
    const { rate } = verdict;
    const call = { channelId, extension, number, international, startedAtMs: atMs, rate, ...money };
    changes.push({ type: "dialled", call });
  }
  const { longestSeconds } = money;
  return {
    verdict: { ...verdict, longestSeconds, detail: withLength(verdict.detail, longestSeconds) },
    changes,
  };
}

interface Money extends Slice {
  readonly longestSeconds: number | null;
}

/** The dialplan ends the call when all that is left now would be used up, whether or not the daemon lives; set aside is only what it
 *  needs at first. Null: what is left does not pay for the shortest call. */
function judgeMoney(
  rate: Rate | null,
  limits: CallLimits,
  international: boolean,
  committed: { readonly extension: number; readonly system: number },
): Money | null {
  const longest = international ? limits.internationalSeconds : null;
  if (rate === null) return { reservedMicros: 0, paidSeconds: null, longestSeconds: longest };
  const left = leftMicros(limits, committed);
  const affordable = left === Infinity ? Infinity : affordableSeconds(rate, left);
  if (affordable === null || affordable <= LATE_SECONDS) return null;
  const seconds = Math.min(affordable - LATE_SECONDS, longest ?? Infinity);
  const longestSeconds = seconds === Infinity ? null : seconds;
  const slice = sliceOf(rate, 0, 0, left, longestSeconds);
  return slice === null ? null : { ...slice, longestSeconds };
}

function refusal(verdict: Verdict, reason: RefuseReason, why: string): Verdict {
  const { number, area } = verdict;
  const where =
    number === null ? "" : `${number}${area === null ? "" : ` (${areaName(area)})`} is not called: `;
  return { ...verdict, decision: "refuse", reason, detail: `Refused: ${where}${why}.` };
}

function spentWords(rate: Rate | null, limits: CallLimits, request: CallRequest): string {
  const least = rate === null ? "" : ` $${formatUsd(costMicros(rate, 1))} for the shortest call, and`;
  const bounds = [
    limits.spendMicros === null ? null : `$${formatUsd(limits.spendMicros)} of ${whose(request)}`,
    limits.systemSpendMicros === null ? null : `$${formatUsd(limits.systemSpendMicros)} of all extensions`,
  ].filter((bound) => bound !== null);
  return `it costs${least} not as much is left of what may be spent in 24 hours (${bounds.join(", ")})`;
}

const LONG_SECONDS = 2 * 3_600;

function withLength(detail: string, longestSeconds: number | null): string {
  if (longestSeconds === null) return detail;
  // Of hours, seconds say nothing.
  const hours = longestSeconds < LONG_SECONDS ? 0 : Math.floor(longestSeconds / 3_600);
  const minutes = Math.floor((longestSeconds - hours * 3_600) / 60);
  const seconds = hours > 0 ? 0 : longestSeconds % 60;
  const length = [
    hours > 0 ? `${hours} h` : "",
    minutes > 0 ? `${minutes} min` : "",
    seconds > 0 ? `${seconds} s` : "",
  ].filter(Boolean);
  return `${detail.replace(/\.$/, "")}; it may last ${length.join(" ")}.`;
}

/** Extension names come from Asterisk's configuration, and are still not trusted to be printable. */
function whose({ from }: CallRequest): string {
  if (from === null) return "callers that can't be told";
  return /^[\w.-]{1,40}$/.test(from) ? `extension ${from}` : "the extension";
}
