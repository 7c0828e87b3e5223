import type { Source } from "../address.js";
import { fingerprint } from "../text.js";
import { failure, shortAccount, type AttemptChange } from "./attempt.js";
import { Dialogs, type DialogLimits } from "./dialogs.js";
import { answered, challenged, named, succeeded, TRANSACTION_MS, wrongPassword } from "./legs.js";
import type { SecurityEvent, Service } from "./security-event.js";

/** An office behind one address may have that many phones registering at once; 50,000 are about 10 MB. */
export const DIALOG_LIMITS: DialogLimits = { perSource: 64, overall: 50_000, idleMs: TRANSACTION_MS };
/** One session id means another session where the service is another. */
const SERVICE_SEED: Readonly<Record<Service, number>> = {
  pjsip: 1,
  sip: 2,
  iax2: 3,
  ami: 4,
  http: 5,
  other: 6,
};
const NOTHING: readonly AttemptChange[] = [];

/** A phone is refused here for what is configured, not for what it knows (names from Asterisk's registrar). */
const CONFIGURATION_FAULTS: ReadonlySet<string | null> = new Set([
  "registrar_attempt_exceeds_maximum_configured_contacts",
  "registrar_attempt_without_configured_aors",
  "registrar_invalid_contacts_provided",
]);

/** Makes attempts of security events. An attempt is told of at its first sign, so that a ban does not wait for the rest, and
 *  each of its later events is taken for what it is. */
export class Attempts {
  private readonly dialogs: Dialogs;

  constructor(limits: DialogLimits = DIALOG_LIMITS) {
    this.dialogs = new Dialogs(limits);
  }

  observe(event: SecurityEvent): readonly AttemptChange[] {
    if (event.kind === "other") return NOTHING;
    if (event.kind === "acl-refused" && CONFIGURATION_FAULTS.has(event.aclName)) return NOTHING;
    if (event.service === "ami" || event.service === "http") {
      const failed = event.kind !== "success" && event.kind !== "challenge-sent";
      return failed ? [failure(event, "login", shortAccount(event))] : NOTHING;
    }
    const key = fingerprint(event.session, SERVICE_SEED[event.service]);
    const dialog = this.dialogs.touch(event.source, key, event.atMs);
    switch (event.kind) {
      case "invalid-account":
        return named(dialog, event, "unknown-account");
      case "acl-refused":
        return named(dialog, event, "acl-refused");
      case "challenge-sent":
        if (event.account === null) return challenged(dialog, event);
        dialog.challengedAtMs = event.atMs;
        return NOTHING;
      case "challenge-failed":
        return event.account === null ? answered(dialog, event) : wrongPassword(dialog, event);
      case "invalid-password":
        return wrongPassword(dialog, event);
      case "success":
        return succeeded(dialog, event);
    }
  }

  /** Challenges of known accounts from `source` that have stayed without an answer: the first leg of every good
   *  registration looks like that for a moment. */
  unansweredOf(source: Source): number {
    let count = 0;
    for (const dialog of this.dialogs.of(source)) if (dialog.challengedAtMs !== null) count++;
    return count;
  }

  /** Dialogs held in memory. */
  get size(): number {
    return this.dialogs.size;
  }
}
