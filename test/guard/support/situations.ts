import { createHash } from "node:crypto";
import type { Evidence } from "../../../src/domain/intrusion/security-event.js";
import type { Service, Transport } from "../../../src/domain/intrusion/security-event.js";
import { script, T0 } from "../../domain/intrusion/script.js";

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

let lastCall = 0;

export interface Sender {
  readonly address: string;
  readonly transport?: Transport;
  readonly service?: Service;
}

/** When the tries of a story happen, from its beginning: the first after one interval. */
export function every(ms: number, count: number, startMs = 0): number[] {
  return Array.from({ length: count }, (_, index) => startMs + (index + 1) * ms);
}

/** A person at a keyboard: never the same pause twice. */
export function byHand(count: number, startMs = 0): number[] {
  const pausesMs = [7_300, 31_900, 12_100, 64_700, 9_200, 22_800, 41_500, 15_600];
  let atMs = startMs;
  return Array.from({ length: count }, (_, index) => (atMs += pausesMs[index % pausesMs.length] ?? 0));
}

/** A phone signs in, with what Asterisk says of it. */
export function signsIn(account: string, sender: Sender, times: readonly number[]): Evidence[] {
  return tries(`C(${account}) S(${account})`, sender, times);
}

/** The account exists, the password is wrong. */
export function wrongPassword(account: string, sender: Sender, times: readonly number[]): Evidence[] {
  return times.flatMap((atMs, index) =>
    tries(`C(${account}) F(${account},${atMs}.${index})`, sender, [atMs]),
  );
}

/** No such account; the device answers the challenge all the same, as phones do. */
export function unknownAccount(account: string, sender: Sender, times: readonly number[]): Evidence[] {
  return times.flatMap((atMs, index) =>
    tries(`I(${account}) C(-) I(${account}) F(-,${atMs}.${index})`, sender, [atMs]),
  );
}

/** No such account; nobody waits for the answer, as scanners do. */
export function scan(account: string, sender: Sender, times: readonly number[]): Evidence[] {
  return tries(`I(${account}) C(-)`, sender, times);
}

/** The account exists; nobody waits for the challenge. */
export function asksAndLeaves(account: string, sender: Sender, times: readonly number[]): Evidence[] {
  return tries(`C(${account})`, sender, times);
}

/** Refused by an ACL, and what follows it: an ordinary challenge, answered. */
export function refusedBy(
  acl: string,
  account: string,
  sender: Sender,
  times: readonly number[],
): Evidence[] {
  return times.flatMap((atMs, index) =>
    tries(`A(${account},${acl}) C(-) A(${account},${acl}) F(-,${atMs}.${index})`, sender, [atMs]),
  );
}

/** The same told under one Call-ID, as tools do that never change it. */
export function underOneCallId(story: readonly Evidence[]): Evidence[] {
  return story.map((each) => (each.type === "security" ? { ...each, session: "the-same-for-all" } : each));
}

/** The same, each try from another port. */
export function fromAnyPort(story: readonly Evidence[]): Evidence[] {
  return story.map((each, index) =>
    each.type === "security" ? { ...each, port: 1024 + ((index * 7919) % 60_000) } : each,
  );
}

/** When a SIP request over UDP that hears no answer is sent, from its beginning (RFC 3261, timer E): eleven times. */
export const SENT_AGAIN_MS: readonly number[] = [
  0, 500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500,
];

/** Each of these sessions told whole, and again whenever its request is sent again. */
export function sentAgain(story: readonly Evidence[]): Evidence[] {
  return story.flatMap((each) => SENT_AGAIN_MS.map((ms) => ({ ...each, atMs: each.atMs + ms })));
}

/** Everything in order of time, as one connection to Asterisk would bring it. */
export function together(...stories: readonly (readonly Evidence[])[]): Evidence[] {
  return stories.flat().sort((a, b) => a.atMs - b.atMs);
}

/** What a script of events says, once at each of these times and each time in a session of its own. */
export function tries(line: string, sender: Sender, times: readonly number[]): Evidence[] {
  return times.flatMap((atMs) =>
    script(line, {
      transport: "udp",
      ...sender,
      atMs: T0 + atMs,
      session: `situation-${++lastCall}`,
    }).map((each) => (each.challenge === null ? each : { ...each, challenge: nonceOf(each.atMs) })),
  );
}

/** A nonce as PJSIP makes it. */
function nonceOf(atMs: number): string {
  return `${Math.floor(atMs / 1000)}/${createHash("md5").update(`${atMs}`).digest("hex")}`;
}
