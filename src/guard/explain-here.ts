import { describeDevice, type Device } from "../domain/intrusion/devices.js";
import type { AccountTries } from "../domain/intrusion/ban.js";
import type { AddressFacts } from "./explain.js";
import { ago, nameText, namesText, quotedText, spanText, times } from "./explain-words.js";

/** A device of a source, by the user name that it gives. `account` and the device's own words are hostile text. */
export interface DeviceThere {
  readonly account: string | null;
  readonly device: Device;
}

/** The calls of a source refused for a while, since a program places them. */
export interface CallsPaused {
  readonly untilMs: number;
  /** Extensions known there whose calls were refused for it, the last of them first. */
  readonly refused: readonly {
    readonly extension: string;
    readonly calls: number;
    readonly lastAtMs: number;
  }[];
}

const SHOWN = 5;
/** Whoever mistypes a password and then gets it right has failed less often. */
const MANY_TRIES = 10;

export function pausedHeadline({ target, callsPaused }: AddressFacts, nowMs: number): string | null {
  if (callsPaused === null) return null;
  return `${target} is not shut out, but its calls are refused for another ${spanText(callsPaused.untilMs - nowMs)}.`;
}

export function pausedStory({ target, callsPaused }: AddressFacts, nowMs: number): string[] {
  if (callsPaused === null) return [];
  const left = spanText(callsPaused.untilMs - nowMs);
  return [
    `A program places calls from ${target}, faster than people dial: its calls are refused for another ${left}, but for emergency calls. Everything else there goes on.`,
    ...callsPaused.refused
      .slice(0, SHOWN)
      .map(
        ({ extension, calls, lastAtMs }) =>
          `${calls === 1 ? "1 call" : `${calls} calls`} of ${nameText(extension)} ${calls === 1 ? "was" : "were"} refused for it, the last ${ago(lastAtMs, nowMs)}.`,
      ),
  ];
}

export function pausedAdvice({ callsPaused }: AddressFacts): string[] {
  if (callsPaused === null) return [];
  const names = callsPaused.refused.map(({ extension }) => extension);
  const whose =
    names.length === 0 ? "the password of the extension that calls" : `the password of ${namesText(names)}`;
  return [
    `If a dialler of yours places these calls: ringfence detection set call-attempts N lets N a minute pass. If not, somebody has ${whose}: change it, and look for the device. The calls pass again by themselves.`,
  ];
}

/** Monitors, dispatchers and carriers do it, and nothing is guessed by it. */
export function pingingStory({ pinging, inForce, recent }: AddressFacts, nowMs: number): string[] {
  if (pinging === null || inForce.length > 0) return [];
  const { names, everyMs, lastAtMs, status, userAgent } = pinging;
  const shown = names.flatMap((name) => (name === null ? [] : [`"${quotedText(name)}"`]));
  const as = shown.length === 0 ? " without a name" : ` as ${shown.join(" and ")}`;
  const every = everyMs === null ? "" : ` every ${spanText(everyMs)}`;
  const answered =
    status === null ? "" : `, which Asterisk answers with ${status}${STATUSES.get(status) ?? ""}`;
  return [
    `It sends OPTIONS pings${as}${every}, the last ${ago(lastAtMs, nowMs)}${answered}. It tries no password and nothing else: ${recent.count === 0 ? "nothing is counted" : "these are not counted"}.`,
    ...(userAgent === null ? [] : [`It calls itself ${namesText([userAgent])}.`]),
  ];
}

const STATUSES: ReadonlyMap<number, string> = new Map([
  [401, " (it asks for a password), as anybody whom it does not know"],
  [404, " (no such extension)"],
]);

/** Whose passwords were right from here. */
export function knownHereStory({ known }: AddressFacts, nowMs: number): string[] {
  if (known.length <= SHOWN) {
    return known.map(
      (pair) =>
        `The password of ${nameText(pair.account)} was right from here ${times(pair.successes)}, last ${ago(pair.lastAtMs, nowMs)}.`,
    );
  }
  const latest = known.toSorted((a, b) => b.lastAtMs - a.lastAtMs).slice(0, SHOWN);
  const shown = latest
    .map(({ account, lastAtMs }) => `${nameText(account)} (${ago(lastAtMs, nowMs)})`)
    .join(", ");
  return [
    `The passwords of ${known.length} accounts were right from here, last ${shown} and ${known.length - SHOWN} more.`,
  ];
}

/** An account under attack is shut to whoever it is not known at, the right password or not. */
export function lockedHereStory({ locks }: AddressFacts, nowMs: number): string[] {
  return locks.map(({ account, untilMs, sources }) => {
    const since = sources === 0 ? "by hand" : `since ${sources} sources tried it`;
    const left = spanText(Math.max(0, untilMs - nowMs));
    return `${nameText(account)} is shut to all but its known addresses for another ${left}, ${since}, and this is none of them: even the right password is refused.`;
  });
}

export function lockedHereAdvice({ locks }: AddressFacts): string[] {
  return locks.map(
    ({ account }) =>
      `If that is the phone of ${nameText(account)}: ringfence locks lift ${nameText(account)}`,
  );
}

/** What is to be known of each account that fails where others work: whether there is such an account, whether it works too, and
 *  which device it is that fails. */
export function failingHereStory(facts: AddressFacts): string[] {
  if (facts.standing !== "known") return [];
  return facts.recent.tried.slice(0, SHOWN).flatMap((tries) => {
    const name = nameText(tries.name);
    const device = deviceText(tries.name, facts);
    const who = device === null ? "" : ` It is tried by ${device}.`;
    if (callsUnderAnotherName(tries, facts)) {
      return [
        `Calls come from there as ${name}, which is no account here, and are refused; registrations under other names succeed.${who}`,
      ];
    }
    if (facts.unknownAccounts.includes(tries.name)) {
      return [
        `${name} is no account here: a device there still has one that is gone, or somebody mistyped it.${who}`,
      ];
    }
    if (failsAndWorks(tries, facts) && mayBeItsCalls(tries, facts)) {
      return [
        `${name} fails and works from there at once: its registrations succeed, and either its calls carry another user name or password, or a second device guesses. It is not shut there, since that would hit the one that works.${who}`,
      ];
    }
    if (failsAndWorks(tries, facts)) {
      return [
        `${name} fails and works from there at once, so two devices use it: one of them has an old password, or guesses. It is not shut there, since that would hit the one that works.${who}`,
      ];
    }
    return device === null ? [] : [`${name} is tried by ${device}.`];
  });
}

/** What to do about them; null where nothing fails. */
export function failingHereAdvice(facts: AddressFacts): string[] | null {
  const { recent, standing } = facts;
  if (recent.count === 0 || standing !== "known") return null;
  const odd = recent.tried.filter((tries) => failsAndWorks(tries, facts)).map(({ name }) => name);
  const calls = recent.tried
    .filter(
      (tries) =>
        callsUnderAnotherName(tries, facts) || (failsAndWorks(tries, facts) && mayBeItsCalls(tries, facts)),
    )
    .map(({ name }) => name);
  const gone = recent.tried
    .map(({ name }) => name)
    .filter((name) => facts.unknownAccounts.includes(name) && !calls.includes(name));
  const told = new Set([...odd, ...gone, ...calls]);
  const rest = recent.tried.length === 0 || recent.tried.length > told.size;
  return [
    ...(calls.length === 0
      ? []
      : [
          `Check the user name and password for outgoing calls in the device that calls as ${namesText(calls)}.`,
        ]),
    ...(odd.length === 0
      ? []
      : [
          `Look for a second device that uses ${namesText(odd)} there. If nobody has one, somebody guesses: find out who.`,
        ]),
    ...(gone.length === 0
      ? []
      : [`Look for the device that has ${namesText(gone)}, and set it up anew or switch it off.`]),
    ...(rest
      ? [
          "Look at the device that fails. If it goes on, its account is blocked there, and nobody else is touched.",
        ]
      : []),
  ];
}

function failsAndWorks({ name, tries, firstAtMs }: AccountTries, { known }: AddressFacts): boolean {
  return (
    tries >= MANY_TRIES && known.some(({ account, lastAtMs }) => account === name && lastAtMs >= firstAtMs)
  );
}

/** What the mirror counted under the name; it forgets nothing of what worked, so it proves little of what failed. */
function requestsOf(name: string, { devices }: AddressFacts): { invites: number; registers: number } {
  const { INVITE = 0, REGISTER = 0 } = devices.find(({ account }) => account === name)?.device.methods ?? {};
  return { invites: INVITE, registers: REGISTER };
}

/** Phone systems put the caller's number where the account belongs. */
function callsUnderAnotherName({ name, tries }: AccountTries, facts: AddressFacts): boolean {
  const { invites, registers } = requestsOf(name, facts);
  return facts.unknownAccounts.includes(name) && invites >= tries && registers === 0;
}

function mayBeItsCalls({ name, tries }: AccountTries, facts: AddressFacts): boolean {
  return requestsOf(name, facts).invites >= tries;
}

function deviceText(name: string, { devices }: AddressFacts): string | null {
  const device = devices.find(({ account }) => account === name)?.device;
  return device === undefined ? null : describeDevice(device);
}
