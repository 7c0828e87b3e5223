import type { AttemptKind } from "../domain/intrusion/attempt.js";
import type { AccountTries, Ban, Block, Cause } from "../domain/intrusion/ban.js";
import type { OpenArea } from "../domain/policy.js";

/** *"203.0.113.12 guessed passwords: 41 tries on 100 in 12 s, over UDP, none right. Shut out for 15 min, first time."* */
export function banStory(ban: Ban, nowMs: number): string {
  return [whatItDid(ban), standingText(ban), shutOutText(ban, nowMs)].filter((part) => part !== "").join(" ");
}

/** *"104 is blocked here: 41 tries in 6 min, by hand …"*: what one account is shut for, at one source. */
export function blockStory(block: Block, nowMs: number): string {
  const { account, source, by, note, untilMs, evidence } = block;
  const who = `${nameText(account)} is shut to ${source}, and nobody else there`;
  const why =
    block.trigger === "by-hand"
      ? `by hand (${by})${note === null ? "" : `: ${note}`}`
      : `after ${evidence.attempts} failed tries${duringText(block)}`;
  const left =
    untilMs === null ? "until it is lifted" : `for another ${spanText(Math.max(0, untilMs - nowMs))}`;
  return `${who}, ${left}, ${why}.`;
}

/** The evidence behind a ban or block, a sentence each, so that its reader needs no log. */
export function evidenceStory({ cause, evidence, proof, by, trigger }: Ban | Block, nowMs: number): string[] {
  const { tried, ports, userAgents, methods, aclNames, lastSuccessAtMs, confidence } = evidence;
  const story: string[] = [];
  const sure = confidence >= 0.85 ? "almost certainly" : confidence >= 0.6 ? "probably" : "perhaps";
  // Without advice nobody has worked the cause out.
  if (cause !== "by-hand" && evidence.advice !== "") story.push(`It is ${sure} ${CAUSES[cause]}.`);
  // Of a list of names, each tried once, the first sentence has said it all.
  const isList = tried.length > TRIED_SHOWN && tried.every(({ tries }) => tries === 1);
  if (!isList) for (const tries of tried.slice(0, TRIED_SHOWN)) story.push(triesText(tries, nowMs));
  if (!isList && tried.length > TRIED_SHOWN)
    story.push(`And ${tried.length - TRIED_SHOWN} more account names.`);
  if (ports !== null && ports > 1)
    story.push(`It sent from ${ports >= 32 ? "32 ports or more" : `${ports} ports`}.`);
  if (userAgents.length > 0) story.push(`It calls itself ${namesText(userAgents)}.`);
  if (methods.length > 0) story.push(`The failed requests were ${namesText(methods)}.`);
  if (aclNames.length > 0) story.push(`Asterisk refused it by ${listsText(aclNames)}.`);
  if (proof === "unproven" && by === "ringfence" && trigger !== "network") {
    story.push(
      "That it was sent from there is not proven: over UDP anybody can write any address on a packet.",
    );
  }
  if (lastSuccessAtMs !== null)
    story.push(`A password was last right from there ${ago(lastSuccessAtMs, nowMs)}.`);
  return story;
}

/** What Asterisk calls the refusal by an endpoint's own list (res_pjsip). */
const OWN_LIST = "not_match_endpoint_acl";

function listsText(aclNames: readonly string[]): string {
  const others = aclNames.filter((name) => name !== OWN_LIST);
  const own = others.length < aclNames.length ? ["the account's own list of addresses"] : [];
  return [...own, ...(others.length === 0 ? [] : [`the list ${namesText(others)}`])].join(" and ");
}

const TRIED_SHOWN = 5;

/** After "It is probably". */
const CAUSES: Readonly<Record<Exclude<Cause, "by-hand">, string>> = {
  attack: "an attack",
  "outdated-credentials": "a device with an old password",
  typo: "somebody who mistyped the name of an account",
  "stale-device": "a device whose account is gone",
  "wrong-signalling": "a device that registers, and whose calls are signalled wrongly",
  "call-script": "a program that places calls",
  "allow-list": "the right device at an address that its list does not allow",
};

function triesText({ name, tries, firstAtMs, lastAtMs, gapMs }: AccountTries, nowMs: number): string {
  const every = gapMs === null || gapMs < 1_000 ? "" : `, every ${spanText(gapMs)}`;
  const first = tries === 1 ? "" : `first ${ago(firstAtMs, nowMs)}, `;
  return `${nameText(name)}: ${tries === 1 ? "1 try" : `${tries} tries`}${every}, ${first}last ${ago(lastAtMs, nowMs)}.`;
}

/** `for another 12 min`, or `until it is lifted`. */
export function until(ban: Ban, nowMs: number): string {
  return ban.untilMs === null
    ? "until it is lifted"
    : `for another ${spanText(Math.max(0, ban.untilMs - nowMs))}`;
}

export function ago(atMs: number, nowMs: number): string {
  const ms = nowMs - atMs;
  return ms < 1000 ? "just now" : `${spanText(ms)} ago`;
}

/** In the largest unit that says enough: `12 s`, `15 min`, `6 h`, `7 d`. */
export function spanText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} d`;
}

export function times(count: number): string {
  if (count === 1) return "once";
  return count === 2 ? "twice" : `${count} times`;
}

/** An account or extension as its owner may have chosen it: plain ones as they are, all others in quotes. */
export function nameText(name: string): string {
  if (/^[a-z0-9][a-z0-9._+-]{0,39}$/i.test(name)) return name;
  return `"${quotedText(name)}"`;
}

/** What may stand between quotes. */
export function quotedText(name: string): string {
  const plain = name.replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029"]/gu, "?");
  return plain.length > 40 ? `${plain.slice(0, 40)}…` : plain;
}

/** At most five of them. */
export function namesText(names: readonly string[]): string {
  const shown = names.slice(0, 5).map(nameText).join(", ");
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
}

export function areaText({ area, types }: OpenArea): string {
  return types === null ? area : `${area} (${types.join(", ")})`;
}

function whatItDid(ban: Ban): string {
  const { attempts, accounts, transports } = ban.evidence;
  const over =
    transports.length === 0 ? "" : `, over ${transports.map((name) => name.toUpperCase()).join(" and ")}`;
  const tries = `${attempts} ${attempts === 1 ? "try" : "tries"}`;
  switch (ban.trigger) {
    case "attempts":
    case "slow-attack":
    case "account-failures":
    case "failing-accounts": {
      const on = accounts.length === 0 ? "" : ` on ${namesText(accounts)}`;
      const how = failedHow(ban);
      const end = how === GUESSED ? ", none right" : "";
      const slowly = ban.trigger === "slow-attack" ? ", too slowly for the short window" : "";
      return `${ban.target} ${how}${slowly}: ${tries}${on}${duringText(ban)}${over}${end}.`;
    }
    case "logins": {
      const as = accounts.length === 0 ? "" : ` as ${namesText(accounts)}`;
      return `${ban.target} guessed logins to ${servicesText(ban)}: ${tries}${as}${duringText(ban)}${over}, none right.`;
    }
    case "account-names":
      return `${ban.target} tried out account names: ${namesText(accounts)}, ${tries}${duringText(ban)}${over}.`;
    case "forged-headers":
      return `${ban.target} wrote line breaks into its requests to forge what Asterisk reports${over}.`;
    case "unanswered-challenges":
      return `${ban.target} asked to be let in and never showed a password: ${ban.evidence.summary}.`;
    case "flood":
      return `${ban.target} flooded the SIP ports${ban.evidence.summary.replace(/^A flood: /, " with ")}.`;
    case "call-attempts":
      return `${ban.target} placed too many calls: ${ban.evidence.summary}.`;
    case "neighbours": {
      const on = accounts.length === 0 ? "" : ` on ${namesText(accounts)}`;
      return `${ban.target} failed to sign in: ${tries}${on}${over}. That was enough, since somebody goes from address to address around it: ${ban.evidence.summary}.`;
    }
    case "network":
      return `${ban.target}: ${ban.evidence.summary}${duringText(ban)}, after ${tries} in all. So many are no accident: the network is shut out whole.`;
    case "by-hand":
      return `${ban.target} was shut out by hand (${ban.by})${ban.note === null ? "" : `: ${ban.note}`}.`;
  }
}

/** Guessing is what attackers do: of a phone that fails it would be wrong, and of one that a list refuses, whose password nobody
 *  looked at, most of all. */
function failedHow({ cause, evidence }: Ban): string {
  const kinds = new Set(evidence.tried.flatMap((tries) => tries.kinds));
  const only = (kind: AttemptKind): boolean => kinds.size === 1 && kinds.has(kind);
  if (only("acl-refused")) {
    const { aclNames } = evidence;
    const isNoList = aclNames.length > 0 && aclNames.every((name) => name === NO_SUCH_EXTENSION);
    return isNoList
      ? "called what is no extension here"
      : "may not sign in from there, by the lists of addresses";
  }
  if (only("unknown-account")) return "asked for what is no account here";
  return cause === "attack" ? GUESSED : "failed to sign in";
}

const GUESSED = "guessed passwords";
/** What chan_sip calls a guest's request for what is no extension (chan_sip.c of Asterisk 16). */
const NO_SUCH_EXTENSION = "no_extension_match";

function servicesText({ evidence: { services } }: Ban): string {
  const names = [
    services.includes("ami") ? "Asterisk's manager (AMI)" : "",
    services.includes("http") ? "Asterisk's web server" : "",
  ].filter((name) => name !== "");
  return names.length === 0 ? "Asterisk's own services" : names.join(" and ");
}

function duringText({ evidence: { firstAtMs, lastAtMs } }: Ban | Block): string {
  if (firstAtMs === null || lastAtMs === null || lastAtMs - firstAtMs < 1000) return "";
  return ` in ${spanText(lastAtMs - firstAtMs)}`;
}

function standingText(ban: Ban): string {
  if (ban.trigger === "by-hand") return "";
  if (ban.standing === "known") return "Passwords succeeded from it before.";
  return ban.rung <= 1 ? "No password ever succeeded from it." : "";
}

const ORDINALS = ["", "first", "second", "third", "fourth", "fifth"];

function shutOutText(ban: Ban, nowMs: number): string {
  const length = ban.untilMs === null ? "until it is lifted" : `for ${spanText(ban.untilMs - ban.fromMs)}`;
  const nth = ban.rung < 1 ? "" : `, ${ORDINALS[ban.rung] ?? `${ban.rung}th`} time`;
  const rest = ban.untilMs === null || ban.untilMs <= nowMs ? "" : ` (${spanText(ban.untilMs - nowMs)} left)`;
  return `Shut out ${length}${nth}${rest}.`;
}
