import type { Source } from "../address.js";
import { fingerprint } from "../text.js";
import { failure, isProven, shortAccount, type AttemptChange, type AttemptProof } from "./attempt.js";
import type { Proof } from "./ban.js";
import { Dialogs, type Dialog, type DialogLimits } from "./dialogs.js";
import { excuse, isExcused } from "./excuse.js";
import type { Circumstances } from "./finding.js";
import {
  answered,
  CHALLENGED,
  challenged,
  forged,
  knownChallenged,
  NAMED,
  named,
  succeeded,
  TRANSACTION_MS,
  wrongPassword,
} from "./legs.js";
import type { SecurityEvent, Service } from "./security-event.js";
import { countWaiting, expire, giveUp } from "./waiting.js";

/** An office behind one address may have that many phones registering at once; 50,000 are about 15 MB. */
export const DIALOG_LIMITS: DialogLimits = { perSource: 64, overall: 50_000, idleMs: TRANSACTION_MS };

/** Who knows which nonces went where. */
export type Witness = Pick<Circumstances, "proofOf">;

/** One session id means another session where the service is another. */
const SERVICE_SEED: Readonly<Record<Service, number>> = {
  pjsip: 1,
  sip: 2,
  iax2: 3,
  ami: 4,
  http: 5,
  other: 6,
  web: 7,
};
const NOTHING: readonly AttemptChange[] = [];
/** Each event begins one dialog at most, so this keeps up. */
const SWEPT_AT_ONCE = 2;

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
  private told: AttemptChange[] = [];

  constructor(limits: DialogLimits = DIALOG_LIMITS) {
    this.dialogs = new Dialogs(limits, (dialog) => {
      giveUp(dialog, this.told);
    });
  }

  observe(event: SecurityEvent, witness: Witness): readonly AttemptChange[] {
    if (event.kind === "other") return NOTHING;
    if (event.kind === "acl-refused" && CONFIGURATION_FAULTS.has(event.aclName)) return NOTHING;
    if (event.service === "ami" || event.service === "http" || event.service === "web") {
      const failed = event.kind !== "success" && event.kind !== "challenge-sent";
      if (!failed) return NOTHING;
      const proof = isProven(event.transport) ? "returned" : "unproven";
      return [failure(event, "login", shortAccount(event), proof)];
    }
    this.dialogs.sweep(event.atMs, SWEPT_AT_ONCE);
    const key = fingerprint(event.session, SERVICE_SEED[event.service]);
    const dialog = this.dialogs.touch(event.source, key, event.atMs);
    dialog.service = event.service;
    dialog.transport = event.transport;
    expire(dialog, event.atMs, TRANSACTION_MS, this.told);
    this.follow(dialog, event, witness);
    return this.tell();
  }

  /** The mirror has shown that the request of PJSIP's `session` at `atMs` was a ping. */
  ping(source: Source, session: string, atMs: number): readonly AttemptChange[] {
    const dialog = this.dialogs.touch(source, fingerprint(session, SERVICE_SEED.pjsip), atMs);
    dialog.service = "pjsip";
    excuse(dialog, atMs, this.told);
    return this.tell();
  }

  /** The challenges that nobody has answered by `nowMs`, where no event has come to tell the time. */
  tick(nowMs: number): readonly AttemptChange[] {
    while (this.dialogs.sweep(nowMs, SWEPT_AT_ONCE));
    return this.tell();
  }

  /** Challenges sent to `source` that have stayed without an answer so far: the first leg of every good registration
   *  looks like that for a moment. */
  unansweredOf(source: Source): number {
    let count = 0;
    for (const dialog of this.dialogs.of(source)) count += countWaiting(dialog);
    return count;
  }

  /** Dialogs held in memory. */
  get size(): number {
    return this.dialogs.size;
  }

  private follow(dialog: Dialog, event: SecurityEvent, witness: Witness): void {
    const { told } = this;
    const shown: AttemptProof = isProven(event.transport) ? "returned" : "unproven";
    switch (event.kind) {
      case "invalid-account":
        if (!isExcused(dialog, NAMED, event.atMs)) named(dialog, event, "unknown-account", shown, told);
        return;
      case "acl-refused":
        named(dialog, event, "acl-refused", shown, told);
        return;
      case "challenge-sent":
        if (isExcused(dialog, CHALLENGED, event.atMs)) return;
        if (event.account === null) challenged(dialog, event, shown, told);
        else knownChallenged(dialog, event, told);
        return;
      case "challenge-failed": {
        const proof = answerProof(event, witness);
        if (proof === "forged") forged(dialog, event, told);
        else if (event.account === null) answered(dialog, event, proof, told);
        else wrongPassword(dialog, event, proof, told);
        return;
      }
      case "invalid-password":
        wrongPassword(dialog, event, shown, told);
        return;
      case "success":
        succeeded(dialog, event, told);
        return;
      case "other":
        return;
    }
  }

  private tell(): readonly AttemptChange[] {
    if (this.told.length === 0) return NOTHING;
    const told = this.told;
    this.told = [];
    return told;
  }
}

/** What the answer shows of its sender. Only PJSIP's messages are mirrored, so of other services' nonces nobody knows. */
function answerProof(
  { transport, service, challenge, source, atMs }: SecurityEvent,
  witness: Witness,
): Proof {
  if (isProven(transport)) return "returned";
  return service === "pjsip" && challenge !== null && challenge !== ""
    ? witness.proofOf(challenge, source, atMs)
    : "unproven";
}
