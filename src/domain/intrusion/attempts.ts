import type { Source } from "../address.js";
import { detached, fingerprint } from "../text.js";
import { Dialogs, type Dialog, type DialogLimits } from "./dialogs.js";
import type { SecurityEvent, Service, Transport } from "./security-event.js";

/** `unidentified`: Asterisk challenged somebody who named no account that it could report. */
export type AttemptKind = "unknown-account" | "wrong-password" | "acl-refused" | "unidentified" | "login";

/** One failed try to get in. `account` is hostile text. */
export interface Attempt {
  readonly source: Source;
  readonly kind: AttemptKind;
  readonly account: string | null;
  readonly atMs: number;
  readonly service: Service;
  readonly transport: Transport;
}

export type AttemptChange =
  | { readonly type: "failed"; readonly attempt: Attempt }
  /** An attempt told of before without an account turns out to be on this one. */
  | { readonly type: "named"; readonly attempt: Attempt & { readonly account: string } }
  /** The attempt of this time and account, told of before, ended in a success. */
  | {
      readonly type: "forgiven";
      readonly source: Source;
      readonly atMs: number;
      readonly account: string | null;
    };

/** A SIP transaction lives 64 × T1 = 32 s (RFC 3261, timer F), and so does a nonce in Asterisk by default: what comes
 *  later in the same session is another try. */
const TRANSACTION_MS = 32_000;
/** An office behind one address may have that many phones registering at once; 50,000 are about 10 MB. */
export const DIALOG_LIMITS: DialogLimits = { perSource: 64, overall: 50_000, idleMs: TRANSACTION_MS };
const ANSWERS_KEPT = 4;
const ACCOUNT_LENGTH = 64;
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

/** The legs of one try by somebody whom Asterisk can't identify: the request that is challenged, and the one that answers.
 *  Each raises an event that names the account (unless Asterisk can't print it) and one that doesn't, in either order. */
const NAMED = 1;
const CHALLENGED = 2;
const NAMED_AGAIN = 4;
const ANSWERED = 8;

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

/** An event that names the account: of the first leg, of the second, or of another try. */
function named(dialog: Dialog, event: SecurityEvent, kind: AttemptKind): readonly AttemptChange[] {
  const account = shortAccount(event);
  const { legs } = dialog;
  if (dialog.tentativeAtMs !== null) {
    return [resolveAsAnother(dialog, event, kind, 0), begin(dialog, event, kind, account, NAMED)];
  }
  // The challenge, or the answer, came ahead of the event that names the account of its leg.
  const nameMissing =
    (legs & (NAMED | CHALLENGED | ANSWERED)) === CHALLENGED || (legs & (NAMED_AGAIN | ANSWERED)) === ANSWERED;
  if (nameMissing && (dialog.account === null || dialog.account === account)) {
    dialog.legs |= (legs & ANSWERED) === 0 ? NAMED : NAMED_AGAIN;
    if (dialog.account !== null || account === null) return NOTHING;
    return [nameOpen(dialog, event, kind, account)];
  }
  if ((legs & (CHALLENGED | ANSWERED)) !== 0 && dialog.account === account) {
    dialog.tentativeAtMs = event.atMs;
    return NOTHING;
  }
  return [begin(dialog, event, kind, account, NAMED)];
}

/** A challenge to nobody that Asterisk knows: what goes with an event that named the account, or all there is. */
function challenged(dialog: Dialog, event: SecurityEvent): readonly AttemptChange[] {
  if (dialog.tentativeAtMs !== null) return [resolveAsAnother(dialog, event, "unknown-account", CHALLENGED)];
  if (dialog.legs === NAMED) {
    dialog.legs |= CHALLENGED;
    return NOTHING;
  }
  return [begin(dialog, event, "unidentified", null, CHALLENGED)];
}

/** A failed answer from nobody that Asterisk knows. */
function answered(dialog: Dialog, event: SecurityEvent): readonly AttemptChange[] {
  const repeated = isRetransmission(dialog, event);
  const open = dialog.legs !== 0 && (dialog.legs & ANSWERED) === 0;
  if (open) {
    // Without a challenge ahead of it, the name was the answer's own.
    const nameIsHere = dialog.tentativeAtMs !== null || (dialog.legs & CHALLENGED) === 0;
    dialog.legs |= nameIsHere ? ANSWERED | NAMED_AGAIN : ANSWERED;
    dialog.tentativeAtMs = null;
    return NOTHING;
  }
  if (repeated) {
    dialog.tentativeAtMs = null;
    return NOTHING;
  }
  if (dialog.tentativeAtMs !== null) {
    return [resolveAsAnother(dialog, event, "unknown-account", NAMED_AGAIN | ANSWERED)];
  }
  return [begin(dialog, event, "unidentified", null, ANSWERED)];
}

function wrongPassword(dialog: Dialog, event: SecurityEvent): readonly AttemptChange[] {
  const firstLegIsOpen = isUnanswered(dialog);
  dialog.challengedAtMs = null;
  if (isRetransmission(dialog, event)) return NOTHING;
  const account = shortAccount(event);
  if (firstLegIsOpen) {
    dialog.legs |= ANSWERED | NAMED_AGAIN;
    dialog.tentativeAtMs = null;
    return account === null ? NOTHING : [nameOpen(dialog, event, "wrong-password", account)];
  }
  dialog.last = { atMs: event.atMs, account };
  return [failure(event, "wrong-password", account)];
}

/** Takes back the try right before it: a phone that corrects itself. One success takes back one try, and none that was
 *  answered for another account, so that whoever has one password can't guess the others for free. */
function succeeded(dialog: Dialog, event: SecurityEvent): readonly AttemptChange[] {
  const answersFirstLeg = isUnanswered(dialog);
  dialog.challengedAtMs = null;
  const { last } = dialog;
  if (last === null || !(answersFirstLeg || last.account === shortAccount(event))) return NOTHING;
  dialog.last = null;
  dialog.legs = 0;
  dialog.account = null;
  dialog.tentativeAtMs = null;
  return [{ type: "forgiven", source: event.source, ...last }];
}

/** Whether a first leg, challenged as nobody's, waits for its answer. Where Asterisk identifies callers by the user name in
 *  their answer (endpoint_identifier_order auth_username), the first leg of every phone is like that. */
function isUnanswered(dialog: Dialog): boolean {
  return (dialog.legs & (CHALLENGED | ANSWERED)) === CHALLENGED && dialog.challengedAtMs === null;
}

/** Says which account the try under way, told of before, is on. */
function nameOpen(dialog: Dialog, event: SecurityEvent, kind: AttemptKind, account: string): AttemptChange {
  const atMs = dialog.last?.atMs ?? event.atMs;
  dialog.account = account;
  dialog.last = { atMs, account };
  return { type: "named", attempt: { ...attemptOf(event, kind, account), atMs, account } };
}

/** The second naming was not the second leg of the try before but the first sign of another. */
function resolveAsAnother(
  dialog: Dialog,
  event: SecurityEvent,
  kind: AttemptKind,
  legs: number,
): AttemptChange {
  const atMs = dialog.tentativeAtMs ?? event.atMs;
  return begin(dialog, { ...event, atMs }, kind, dialog.account, NAMED | legs);
}

function begin(
  dialog: Dialog,
  event: SecurityEvent,
  kind: AttemptKind,
  account: string | null,
  legs: number,
): AttemptChange {
  dialog.legs = legs;
  dialog.account = account;
  dialog.tentativeAtMs = null;
  dialog.last = { atMs: event.atMs, account };
  return failure(event, kind, account);
}

/** The same answer to the same challenge again is no new guess. */
function isRetransmission(dialog: Dialog, event: SecurityEvent): boolean {
  if (event.response === null) return false;
  const print = fingerprint(`${event.account ?? ""}\n${event.challenge ?? ""}\n${event.response}`);
  const lately = (dialog.answers ?? []).filter(({ atMs }) => Math.abs(event.atMs - atMs) < TRANSACTION_MS);
  const repeated = lately.some((answer) => answer.print === print);
  if (!repeated) lately.push({ print, atMs: event.atMs });
  dialog.answers = lately.slice(-ANSWERS_KEPT);
  return repeated;
}

function failure(event: SecurityEvent, kind: AttemptKind, account: string | null): AttemptChange {
  return { type: "failed", attempt: attemptOf(event, kind, account) };
}

function attemptOf(event: SecurityEvent, kind: AttemptKind, account: string | null): Attempt {
  const { source, atMs, service, transport } = event;
  return { source, kind, account, atMs, service, transport };
}

/** What is kept of a name: nobody has one longer than 64 letters. */
function shortAccount(event: SecurityEvent): string | null {
  return event.account === null ? null : detached(event.account.slice(0, ACCOUNT_LENGTH));
}
