import type { Source } from "../address.js";
import type { JudgedTrigger } from "./evidence.js";
import { paceOf, rhythmOf } from "./pace.js";
import type { IntrusionSettings } from "./settings.js";
import type { StampLists } from "./stamps.js";
import type { Strikes } from "./strikes.js";
import type { TriedName } from "./tried-names.js";

/** A rule broken, and whether the proven strikes alone break it. */
export interface Broken {
  readonly trigger: JudgedTrigger;
  readonly proven: boolean;
}

/** The rule that a source has broken as of `atMs`, whoever it is; null where it has broken none.
 *  @param underWay 1 where the deciding attempt's answer, and with it its proof, is still to come: a ban does not wait for it,
 *  and where all the others are proven neither does its proof; 0 else */
export function ruleBroken(
  strikes: Strikes,
  suspect: number,
  atMs: number,
  settings: IntrusionSettings,
  underWay: 0 | 1 = 0,
): Broken | null {
  const { attempts, logins, unanswered, names } = strikes;
  const { windowMs, accountNames } = settings;
  const head = strikes.nameHead(suspect);
  if (names.countWithin(head, atMs, windowMs) > accountNames) {
    const proven = names.provenWithin(head, atMs, windowMs) + underWay > accountNames;
    return { trigger: "account-names", proven };
  }
  const counted = (trigger: JudgedTrigger, list: StampLists, most: number, withinMs: number, more: 0 | 1) =>
    list.sizeOf(suspect) < most || list.within(suspect, atMs, withinMs) < most
      ? null
      : { trigger, proven: list.provenWithin(suspect, atMs, withinMs) + more >= most };
  return (
    counted("attempts", attempts, settings.attempts, windowMs, underWay) ??
    counted("logins", logins, settings.loginAttempts, windowMs, 0) ??
    counted("slow-attack", attempts, settings.slowAttempts, settings.slowWindowMs, underWay) ??
    counted(
      "unanswered-challenges",
      unanswered,
      settings.unansweredChallenges,
      settings.unansweredWindowMs,
      0,
    ) ??
    counted("call-attempts", strikes.calls, settings.callAttempts, settings.callWindowMs, 0)
  );
}

/** What a known source does that no failing phone does, nor a whole office of them, and is proven to do. An account that worked
 *  there until it began to fail is a phone with an old password, or of an account that is gone, however many of them there
 *  are: it counts for nothing here, and is blocked alone if it fails too often. */
export function provenRuleBroken(
  strikes: Strikes,
  suspect: number,
  atMs: number,
  lastSuccessOf: LastSuccessOf,
  { windowMs, accountNames, failingAccounts }: IntrusionSettings,
): Broken | null {
  const { names } = strikes;
  const head = strikes.nameHead(suspect);
  const tried = names.countWithin(head, atMs, windowMs);
  if (tried <= accountNames && tried < failingAccounts) return null;
  const source = strikes.suspects.sourceOf(suspect);
  let failing = 0;
  let unknown = 0;
  for (const name of names.provenNames(head, atMs, windowMs, STILL_WORKS_MS)) {
    if (stoppedWorking(name, lastSuccessOf(name.name, source))) continue;
    failing++;
    if (name.isUnknown) unknown++;
  }
  if (unknown > accountNames) return { trigger: "account-names", proven: true };
  return failing >= failingAccounts ? { trigger: "failing-accounts", proven: true } : null;
}

/** A phone registers again before its registration runs out, which is after two hours at most by default
 *  (`maximum_expiration` of PJSIP's AORs): one that has not succeeded for so long does not work. */
const STILL_WORKS_MS = 2 * 3_600_000;

/** When `account` last succeeded at `source`; null: not within the time that a source is known for. */
type LastSuccessOf = (account: string, source: Source) => number | null;

/** Whether an account worked at a source until it began to fail, and fails no faster than a device does. One that works while
 *  it fails is guessed by somebody beside its phone. */
function stoppedWorking({ firstAtMs, timesMs }: TriedName, succeededAtMs: number | null): boolean {
  if (succeededAtMs === null || succeededAtMs >= firstAtMs) return false;
  return paceOf(rhythmOf(timesMs), false) !== "fast";
}

/** What the failures of one account at a known source say. `odd`: the account fails and works at once, so two senders use it, and
 *  a block would hit the one that works. */
export interface AccountVerdict {
  readonly decision: "block" | "odd";
  readonly proven: boolean;
}

/** What to do about `account` at a known source as of `atMs`; null while it has not failed too often.
 *
 *  Unproven failures can be anybody's in its name, so an account that may still work there is not blocked for them. Proven
 *  ones come from behind that address: where the password has not succeeded since they began, the phone is the one that
 *  fails, and a block takes nothing from it. Where it has, somebody beside a working phone guesses, and a person has to
 *  look: the block could not tell the two apart. */
export function judgeAccount(
  strikes: Strikes,
  suspect: number,
  account: string,
  atMs: number,
  lastSuccessOf: LastSuccessOf,
  { blockAttempts, windowMs }: IntrusionSettings,
): AccountVerdict | null {
  const { names } = strikes;
  const head = strikes.nameHead(suspect);
  if (names.triesWithin(head, account, atMs, windowMs) < blockAttempts) return null;
  // A block is an ACL of the account's in Asterisk: what Asterisk does not have can have none.
  if (names.isUnknown(head, account)) return null;
  const proven = names.provenTriesWithin(head, account, atMs, windowMs) >= blockAttempts;
  const succeededAtMs = lastSuccessOf(account, strikes.suspects.sourceOf(suspect));
  if (succeededAtMs === null) return { decision: "block", proven };
  const worksSinceMs = proven ? names.firstTryWithin(head, account, atMs, windowMs) : atMs - STILL_WORKS_MS;
  return { decision: succeededAtMs >= worksSinceMs ? "odd" : "block", proven };
}
