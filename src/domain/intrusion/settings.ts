import type { BanScope } from "./ban.js";

/** Windows and thresholds of the attack flow. Times in milliseconds. */
export interface IntrusionSettings {
  /** A stranger is banned at this many failed attempts within `windowMs`. */
  readonly attempts: number;
  readonly windowMs: number;
  /** More distinct account names than this within `windowMs` ban at once. */
  readonly accountNames: number;
  /** Failed logins to AMI, ARI or the web server within `windowMs`. */
  readonly loginAttempts: number;
  /** Rungs of the ladder; the last one repeats. */
  readonly ladderMs: readonly number[];
  /** The last rung that evidence without proof may reach, counted from 1. */
  readonly unprovenRungs: number;
  /** Each ban is longer or shorter by up to this share, so that attackers can't tell the end of it. */
  readonly jitter: number;
  /** After this long without a ban a source starts again on the first rung. */
  readonly forgetMs: number;
  /** A source is known for this long after a password succeeded from it. */
  readonly knownMs: number;
  /** Challenges of a source left without an answer within `unansweredWindowMs`. */
  readonly unansweredChallenges: number;
  readonly unansweredWindowMs: number;
  /** The slow attack: this many failed attempts within `slowWindowMs`. */
  readonly slowAttempts: number;
  readonly slowWindowMs: number;
  /** Failures of one account at a known source within `windowMs`: the account is blocked there. */
  readonly blockAttempts: number;
  /** This many accounts failing at a known source within `windowMs`, with proof, ban it. */
  readonly failingAccounts: number;
  /** Proven failures of `groupSources` or more strangers of one IPv6 /48 within `groupWindowMs`: from then on one try bans a
   *  stranger there. Of one IPv4 /24 too where `groupAction` is `ban`. */
  readonly groupAttempts: number;
  /** Banned sources in one IPv4 /24 or IPv6 /48 within `groupWindowMs`. */
  readonly groupSources: number;
  readonly groupWindowMs: number;
  readonly groupAction: "propose" | "ban";
  /** Sources that try one account within `accountWindowMs`. */
  readonly accountSources: number;
  readonly accountWindowMs: number;
  /** `lock`: the account is shut to all but its known sources for `accountLockMs`. */
  readonly accountAction: "alarm" | "lock";
  readonly accountLockMs: number;
  /** Call attempts of one source within `callWindowMs`: a call script. */
  readonly callAttempts: number;
  readonly callWindowMs: number;
  /** How much a ban by the machine shuts. */
  readonly scope: BanScope;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const DEFAULT_INTRUSION: IntrusionSettings = {
  attempts: 10,
  windowMs: 10 * MINUTE,
  accountNames: 8,
  loginAttempts: 5,
  ladderMs: [15 * MINUTE, HOUR, 6 * HOUR, DAY, 7 * DAY],
  unprovenRungs: 2,
  jitter: 0.1,
  forgetMs: 30 * DAY,
  knownMs: 30 * DAY,
  unansweredChallenges: 50,
  unansweredWindowMs: HOUR,
  slowAttempts: 100,
  slowWindowMs: DAY,
  blockAttempts: 40,
  failingAccounts: 10,
  groupAttempts: 50,
  groupSources: 5,
  groupWindowMs: DAY,
  groupAction: "propose",
  accountSources: 20,
  accountWindowMs: HOUR,
  accountAction: "alarm",
  accountLockMs: HOUR,
  callAttempts: 30,
  callWindowMs: MINUTE,
  scope: "host",
};
