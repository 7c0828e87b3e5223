import { fingerprint } from "../text.js";
import { attemptOf, failure, shortAccount, type AttemptChange, type AttemptKind } from "./attempt.js";
import type { Dialog } from "./dialogs.js";
import type { SecurityEvent } from "./security-event.js";

// What each event of a SIP session says: a new attempt, more of the one under way, or nothing new. Each function here notes it
// in the dialog and returns what is to be told.

/** A SIP transaction lives 64 × T1 = 32 s (RFC 3261, timer F), and so does a nonce in Asterisk by default: what comes
 *  later in the same session is another try. */
export const TRANSACTION_MS = 32_000;
const ANSWERS_KEPT = 4;
const NOTHING: readonly AttemptChange[] = [];

/** The legs of one try by somebody whom Asterisk can't identify: the request that is challenged, and the one that answers.
 *  Each raises an event that names the account (unless Asterisk can't print it) and one that doesn't, in either order. */
const NAMED = 1;
const CHALLENGED = 2;
const NAMED_AGAIN = 4;
const ANSWERED = 8;

/** An event that names the account: of the first leg, of the second, or of another try. */
export function named(dialog: Dialog, event: SecurityEvent, kind: AttemptKind): readonly AttemptChange[] {
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
export function challenged(dialog: Dialog, event: SecurityEvent): readonly AttemptChange[] {
  if (dialog.tentativeAtMs !== null) return [resolveAsAnother(dialog, event, "unknown-account", CHALLENGED)];
  if (dialog.legs === NAMED) {
    dialog.legs |= CHALLENGED;
    return NOTHING;
  }
  return [begin(dialog, event, "unidentified", null, CHALLENGED)];
}

/** A failed answer from nobody that Asterisk knows. */
export function answered(dialog: Dialog, event: SecurityEvent): readonly AttemptChange[] {
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

export function wrongPassword(dialog: Dialog, event: SecurityEvent): readonly AttemptChange[] {
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
export function succeeded(dialog: Dialog, event: SecurityEvent): readonly AttemptChange[] {
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
