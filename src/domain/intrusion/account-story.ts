import type { AccountTries, Cause } from "./ban.js";
import { attack, type CauseFacts, type Opinion, type Story, type TriedAccount } from "./cause-facts.js";
import { paceOf, type Pace } from "./pace.js";
import { agentOf } from "./user-agent.js";

/** A registration renews itself at least once a day. */
const REGISTERED_LATELY_MS = 24 * 3_600_000;
/** Phones wait at least 3 s before they ask again, and people need as long to press a button; a careful guesser does not. */
const SHORTEST_WAIT_MS = 2_500;
/** A person notices after this many tries, or gives up. */
const FEW_TRIES = 50;
/** Names that guessing programs begin with. */
const FAVOURITES: ReadonlySet<string> = new Set(
  (
    "100 101 102 200 201 300 1000 1001 1002 2000 2001 3000 4000 5000 10000 9999 admin administrator root test guest user " +
    "sip voip asterisk default phone trunk anonymous nobody"
  ).split(" "),
);

/** What the tries on one account look like, by themselves. */
export function storyOf(tries: AccountTries, account: TriedAccount, facts: CauseFacts): Story {
  const workedHere = account.lastSuccessAtMs !== null;
  const pace = paceOf(tries, workedHere, account.device?.registerEveryMs);
  const finding = findingOf({ tries, account, facts, pace, workedHere });
  return { tries, account, ...withDevice(finding, account) };
}

interface Case {
  readonly tries: AccountTries;
  readonly account: TriedAccount;
  readonly facts: CauseFacts;
  readonly pace: Pace;
  readonly workedHere: boolean;
}

function findingOf(seen: Case): Opinion {
  if (seen.pace === "fast") return attack(seen.workedHere ? 0.6 : 0.9);
  const signalling = wrongSignalling(seen);
  if (signalling !== null) return signalling;
  switch (presenceOf(seen)) {
    case "here":
      return isOffTheList(seen) ? offTheList(seen) : wrongPassword(seen);
    case "gone":
      return gone(seen);
    case "never":
      return neverThere(seen);
    case "untold":
      return attack(0.6);
  }
}

/** Asterisk's own word, given with each failed try, comes before a list that is read every few minutes. But chan_sip says of
 *  an account that it does not know that its password is wrong (alwaysauthreject, which is the default; seen on 16). */
function presenceOf({ tries, account, facts, workedHere }: Case): "here" | "gone" | "never" | "untold" {
  const { kinds } = tries;
  const wasUnknown = kinds.includes("unknown-account");
  const mayBePretended = facts.evidence.services.includes("sip") && account.state !== "unknown";
  const wasKnown = kinds.includes("acl-refused") || (kinds.includes("wrong-password") && !mayBePretended);
  if (wasKnown && !wasUnknown) return "here";
  if (wasKnown || (mayBePretended && !wasUnknown && account.state !== "never")) {
    return account.state === "exists" ? "here" : "gone";
  }
  if (!wasUnknown && !kinds.includes("wrong-password")) return "untold";
  if (workedHere || account.state === "existed" || account.state === "exists") return "gone";
  return "never";
}

/** Registrations succeed from here, and what fails is calls. */
function wrongSignalling({ tries, account, facts }: Case): Opinion | null {
  const { lastSuccessAtMs, methods } = facts.evidence;
  const registered = lastSuccessAtMs !== null && lastSuccessAtMs >= tries.lastAtMs - REGISTERED_LATELY_MS;
  if (!registered || tries.kinds.includes("acl-refused")) return null;
  if (methods.length > 0) {
    if (!methods.includes("INVITE") || methods.includes("REGISTER")) return null;
    return { cause: "wrong-signalling", confidence: 0.9 };
  }
  if (account.device !== null) {
    const { INVITE = 0, REGISTER = 0 } = account.device.methods;
    const alongside = account.lastSuccessAtMs !== null && account.lastSuccessAtMs >= tries.firstAtMs;
    if (INVITE === 0 || (REGISTER > 0 && !alongside)) return null;
    return { cause: "wrong-signalling", confidence: REGISTER === 0 ? 0.85 : 0.7 };
  }
  // Phone systems put the caller's number where the account belongs.
  const isNumber = /^\+?\d{7,15}$/.test(account.name);
  return isNumber && tries.kinds.includes("unknown-account") && account.state === "never"
    ? { cause: "wrong-signalling", confidence: 0.55 }
    : null;
}

/** Asterisk looks at the list before it looks at the password. Where the password was wrong as well, the list is the block that
 *  Ringfence itself put there for it. */
function isOffTheList({ tries: { kinds } }: Case): boolean {
  return kinds.includes("acl-refused") && !kinds.includes("wrong-password");
}

function offTheList({ workedHere }: Case): Opinion {
  return { cause: "allow-list", confidence: workedHere ? 0.95 : 0.85 };
}

function wrongPassword({ tries, facts, pace, workedHere }: Case): Opinion {
  const outdated = (confidence: number): Opinion => ({ cause: "outdated-credentials", confidence });
  if (workedHere) return outdated(pace === "regular" ? 0.95 : isHasty(tries) ? 0.7 : 0.85);
  if (isHasty(tries)) return attack(0.75);
  if (facts.standing !== "known" && tries.gapMs !== null && tries.gapMs < SHORTEST_WAIT_MS)
    return attack(0.6);
  if (facts.standing === "known") return outdated(pace === "regular" ? 0.8 : 0.6);
  // Nobody has ever signed in from there, and somebody takes a day over it: so does a patient guesser.
  if (facts.trigger === "slow-attack") return attack(pace === "regular" ? 0.5 : 0.65);
  if (pace === "regular") return outdated(0.6);
  return tries.tries <= FEW_TRIES ? outdated(0.45) : attack(0.6);
}

function gone({ pace, workedHere }: Case): Opinion {
  const confidence = workedHere ? 0.9 : 0.8;
  return { cause: "stale-device", confidence: pace === "regular" ? confidence : confidence - 0.2 };
}

function neverThere({ tries, account, facts, pace }: Case): Opinion {
  const isStranger = facts.standing !== "known";
  if (isStranger && (FAVOURITES.has(account.name.toLowerCase()) || isHasty(tries))) return attack(0.7);
  if (account.nearest !== null && tries.tries <= FEW_TRIES) {
    return { cause: "typo", confidence: (pace === "regular" ? 0.55 : 0.75) + (isStranger ? 0 : 0.1) };
  }
  // An account may have gone before Ringfence came: its device goes on asking at its own rhythm.
  if (pace === "regular" && (!isStranger || facts.trigger !== "slow-attack")) {
    return { cause: "stale-device", confidence: isStranger ? 0.45 : 0.65 };
  }
  if (isStranger) return attack(0.6);
  return { cause: "typo", confidence: 0.4 };
}

/** A try a second or more. */
function isHasty({ gapMs }: AccountTries): boolean {
  return gapMs !== null && gapMs < 1_000;
}

/** A phone's name makes the phone likelier, and nothing more: anybody can write it. */
function withDevice(finding: Opinion, { device }: TriedAccount): Opinion {
  if (device?.userAgent == null || agentOf(device.userAgent)?.kind !== "device") return finding;
  const { cause, confidence } = finding;
  return { cause, confidence: confidence + (IS_INNOCENT[cause] ? 0.05 : -0.05) };
}

const IS_INNOCENT: Readonly<Record<Cause, boolean>> = {
  attack: false,
  "outdated-credentials": true,
  typo: true,
  "stale-device": true,
  "wrong-signalling": true,
  "call-script": false,
  "allow-list": true,
  "by-hand": false,
};
