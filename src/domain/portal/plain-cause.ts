import type { Ban, Trigger } from "../intrusion/ban.js";
import { namesOf, type PlainSight, plainSightOf } from "../intrusion/plain-sight.js";

/** What a page may say to anybody at the address. `credentials` is what a wrong password, a mistyped name and a forgotten device look
 *  like from outside: which of them it is would tell a stranger which accounts there are. */
export type PlainCause =
  | "credentials"
  | "outdated-credentials"
  | "typo"
  | "stale-device"
  | "wrong-signalling"
  | "call-script"
  | "allow-list"
  | "attack"
  | "network"
  | "by-hand";

/** What the sender did says it all. */
const BY_TRIGGER: Readonly<Record<Trigger, PlainCause | null>> = {
  attempts: null,
  "account-names": null,
  "slow-attack": null,
  "account-failures": null,
  "failing-accounts": null,
  "forged-headers": "attack",
  logins: "attack",
  "unanswered-challenges": "attack",
  flood: "attack",
  network: "network",
  "call-attempts": "call-script",
  neighbours: "network",
  "by-hand": "by-hand",
};

type Shut = Pick<Ban, "trigger" | "cause"> & {
  readonly evidence: Parameters<typeof plainSightOf>[0];
};

/** The cause as it may be shown to who has shown no PIN.
 *  @param workedHere whether a password of the account has succeeded from this very address: whoever is there knows that it exists */
export function plainCause(shut: Shut, workedHere: (account: string) => boolean): PlainCause {
  const byTrigger = BY_TRIGGER[shut.trigger];
  if (byTrigger !== null) return byTrigger;
  const names = namesOf(shut.evidence);
  if (names.length > 0 && names.every(workedHere)) return shut.cause;
  // By that rule it was many names, whichever are kept of them.
  const otherwise = shut.trigger === "account-names" ? "many-names" : "nothing";
  return BY_SIGHT[plainSightOf(shut.evidence) ?? otherwise];
}

const BY_SIGHT: Readonly<Record<NonNullable<PlainSight> | "nothing", PlainCause>> = {
  "calls-fail": "wrong-signalling",
  "many-names": "attack",
  "too-fast": "attack",
  nothing: "credentials",
};

/** Whether the person behind the address may lift it: never what a person has shut, nor an attack. */
export function mayLift({ cause, trigger }: Pick<Ban, "cause" | "trigger">): boolean {
  return cause !== "attack" && cause !== "by-hand" && trigger !== "by-hand" && trigger !== "network";
}
