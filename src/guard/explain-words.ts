import type { Ban } from "../domain/intrusion/ban.js";
import type { OpenArea } from "../domain/policy.js";

/** *"203.0.113.12 guessed passwords: 41 tries on 100 in 12 s, over UDP, none right. Shut out for 15 min, first time."* */
export function banStory(ban: Ban, nowMs: number): string {
  return [whatItDid(ban), standingText(ban), shutOutText(ban, nowMs)].filter((part) => part !== "").join(" ");
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
  const plain = name.replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029"]/gu, "?");
  return `"${plain.length > 40 ? `${plain.slice(0, 40)}…` : plain}"`;
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
    case "failing-accounts":
    case "logins": {
      const on = accounts.length === 0 ? "" : ` on ${namesText(accounts)}`;
      return `${ban.target} guessed passwords: ${tries}${on}${duringText(ban)}${over}, none right.`;
    }
    case "account-names":
      return `${ban.target} tried out account names: ${namesText(accounts)}, ${tries}${duringText(ban)}${over}.`;
    case "forged-headers":
      return `${ban.target} wrote line breaks into its requests to forge what Asterisk reports${over}.`;
    case "unanswered-challenges":
      return `${ban.target} asked to be let in and never answered the challenge: ${tries}${duringText(ban)}${over}.`;
    case "flood":
      return `${ban.target} flooded the SIP ports${duringText(ban)}${over}.`;
    case "call-attempts":
      return `${ban.target} placed too many calls: ${tries}${duringText(ban)}.`;
    case "network":
      return `Many sources in ${ban.target} were shut out one by one.`;
    case "by-hand":
      return `${ban.target} was shut out by hand (${ban.by})${ban.note === null ? "" : `: ${ban.note}`}.`;
  }
}

function duringText({ evidence: { firstAtMs, lastAtMs } }: Ban): string {
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
