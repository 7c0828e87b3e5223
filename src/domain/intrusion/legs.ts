import { fingerprint } from "../text.js";
import {
  attemptOf,
  failure,
  shortAccount,
  type AttemptChange,
  type AttemptKind,
  type AttemptProof,
} from "./attempt.js";
import type { Dialog } from "./dialogs.js";
import { isResent } from "./resent.js";
import type { SecurityEvent } from "./security-event.js";
import { answerAll, answerOne, countWaiting, unanswered, wait } from "./waiting.js";

// What each event of a SIP session says: a new attempt, more of the one under way, or nothing new. Each function here notes it
// in the dialog and adds what is to be told to `told`. `proof` is what the event itself shows.

/** A SIP transaction lives 64 × T1 = 32 s (RFC 3261, timer F), and so does a nonce in Asterisk by default: what comes
 *  later in the same session is another try. */
export const TRANSACTION_MS = 32_000;
/** The events of one request follow each other within this. */
const ONE_REQUEST_MS = 1_000;
const ANSWERS_KEPT = 4;

/** The legs of one try by somebody whom Asterisk can't identify: the request that is challenged, and the one that answers.
 *  Each raises an event that names the account (unless Asterisk can't print it) and one that doesn't, in either order. */
export const NAMED = 1;
export const CHALLENGED = 2;
const NAMED_AGAIN = 4;
export const ANSWERED = 8;

type Told = AttemptChange[];

/** An event that names the account: of the first leg, of the second, or of another try. */
export function named(
  dialog: Dialog,
  event: SecurityEvent,
  kind: AttemptKind,
  proof: AttemptProof,
  told: Told,
): void {
  const account = shortAccount(event);
  const { legs } = dialog;
  if (Math.abs(event.atMs - dialog.forgedAtMs) < ONE_REQUEST_MS) {
    dialog.forgedAtMs = -Infinity;
    return;
  }
  if (isTentative(dialog)) {
    beginWithTentative(dialog, event, kind, 0, proof, told);
    begin(dialog, event, kind, account, NAMED, proof, told);
    return;
  }
  // The challenge, or the answer, came ahead of the event that names the account of its leg.
  const nameMissing =
    (legs & (NAMED | CHALLENGED | ANSWERED)) === CHALLENGED || (legs & (NAMED_AGAIN | ANSWERED)) === ANSWERED;
  if (nameMissing && (dialog.account === null || dialog.account === account)) {
    dialog.legs |= (legs & ANSWERED) === 0 ? NAMED : NAMED_AGAIN;
    if (dialog.account === null && account !== null) nameOpen(dialog, event, kind, account, told);
    return;
  }
  if ((legs & (CHALLENGED | ANSWERED)) !== 0 && dialog.account === account) {
    dialog.tentativeAtMs = event.atMs;
    return;
  }
  begin(dialog, event, kind, account, NAMED, proof, told);
}

/** A challenge to an account that Asterisk knows, or (chan_sip) says that it knows: the first leg of every good registration, until nobody answers it. */
export function knownChallenged(dialog: Dialog, event: SecurityEvent, told: Told): void {
  const resent = isResent(dialog, event) && countWaiting(dialog) > 0;
  if (!resent) wait(dialog, event.atMs, told);
  dialog.knownIsChallenged = true;
  // chan_sip challenges whom it does not know alike (`alwaysauthreject`, its default), and reports no unknown account.
  if (event.service === "sip") dialog.askedName = shortAccount(event);
}

/** A challenge to nobody that Asterisk knows: what goes with an event that named the account, or all there is. */
export function challenged(dialog: Dialog, event: SecurityEvent, proof: AttemptProof, told: Told): void {
  const isOpen = (dialog.legs & (CHALLENGED | ANSWERED)) === CHALLENGED;
  // Asterisk names nobody here: the account is the one that the try under way is on.
  if (isResent(dialog, { ...event, account: dialog.account }) && isOpen && countWaiting(dialog) > 0) {
    dialog.tentativeAtMs = -Infinity;
    return;
  }
  wait(dialog, event.atMs, told);
  if (isTentative(dialog)) beginWithTentative(dialog, event, "unknown-account", CHALLENGED, proof, told);
  else if (dialog.legs === NAMED) dialog.legs |= CHALLENGED;
  else begin(dialog, event, "unidentified", null, CHALLENGED, proof, told);
}

/** A failed answer from nobody that Asterisk knows. */
export function answered(dialog: Dialog, event: SecurityEvent, proof: AttemptProof, told: Told): void {
  const repeated = isRetransmission(dialog, event);
  if (!repeated) answerOne(dialog);
  const open = dialog.legs !== 0 && (dialog.legs & ANSWERED) === 0;
  if (open) {
    // Without a challenge ahead of it, the name was the answer's own.
    const nameIsHere = isTentative(dialog) || (dialog.legs & CHALLENGED) === 0;
    dialog.legs |= nameIsHere ? ANSWERED | NAMED_AGAIN : ANSWERED;
    dialog.tentativeAtMs = -Infinity;
    prove(dialog, proof, told);
  } else if (repeated) {
    dialog.tentativeAtMs = -Infinity;
  } else if (isTentative(dialog)) {
    beginWithTentative(dialog, event, "unknown-account", NAMED_AGAIN | ANSWERED, proof, told);
  } else {
    begin(dialog, event, "unidentified", null, ANSWERED, proof, told);
  }
}

/** A failed answer in the name of an account that Asterisk knows. */
export function wrongPassword(dialog: Dialog, event: SecurityEvent, proof: AttemptProof, told: Told): void {
  const firstLegIsOpen = isUnanswered(dialog);
  dialog.knownIsChallenged = false;
  if (isRetransmission(dialog, event)) return;
  answerOne(dialog);
  const account = shortAccount(event);
  if (firstLegIsOpen) {
    dialog.legs |= ANSWERED | NAMED_AGAIN;
    dialog.tentativeAtMs = -Infinity;
    prove(dialog, proof, told);
    if (account !== null) nameOpen(dialog, event, "wrong-password", account, told);
    return;
  }
  dialog.failedAtMs = event.atMs;
  dialog.failedAccount = account;
  told.push(failure(event, "wrong-password", account, proof));
}

/** An answer with a nonce that never went to this source: somebody else sent it, so it is no attempt, and nor is the event
 *  that named its account. What it drew is a challenge that nobody will answer: else whoever sends garbage as an answer
 *  could ask for free. */
export function forged(dialog: Dialog, event: SecurityEvent, told: Told): void {
  if (!isRetransmission(dialog, event)) told.push(unanswered(event, event.atMs, null));
  if (event.account !== null) return;
  if (isTentative(dialog)) dialog.tentativeAtMs = -Infinity;
  else if (dialog.legs === NAMED) takeBack(dialog, told);
  else dialog.forgedAtMs = event.atMs;
}

/** Takes back the try right before it: a phone that corrects itself. One success takes back one try, and none that was
 *  answered for another account, so that whoever has one password can't guess the others for free. */
export function succeeded(dialog: Dialog, event: SecurityEvent, told: Told): void {
  const answersFirstLeg = isUnanswered(dialog);
  dialog.knownIsChallenged = false;
  answerAll(dialog);
  if (dialog.failedAtMs === -Infinity) return;
  if (answersFirstLeg || dialog.failedAccount === shortAccount(event)) takeBack(dialog, told);
}

/** Whether a first leg, challenged as nobody's, waits for its answer. Where Asterisk identifies callers by the user name in
 *  their answer (endpoint_identifier_order auth_username), the first leg of every phone is like that. */
function isUnanswered(dialog: Dialog): boolean {
  return (dialog.legs & (CHALLENGED | ANSWERED)) === CHALLENGED && !dialog.knownIsChallenged;
}

function isTentative(dialog: Dialog): boolean {
  return dialog.tentativeAtMs > -Infinity;
}

/** What was told of the try under way counts no more. */
export function takeBack(dialog: Dialog, told: Told): void {
  const { source, failedAtMs, failedAccount } = dialog;
  if (failedAtMs > -Infinity) {
    told.push({ type: "forgiven", source, atMs: failedAtMs, account: failedAccount });
  }
  dialog.failedAtMs = dialog.tentativeAtMs = -Infinity;
  dialog.legs = 0;
  dialog.account = dialog.failedAccount = null;
}

/** Says which account the try under way, told of before, is on. */
function nameOpen(
  dialog: Dialog,
  event: SecurityEvent,
  kind: AttemptKind,
  account: string,
  told: Told,
): void {
  const atMs = dialog.failedAtMs > -Infinity ? dialog.failedAtMs : event.atMs;
  dialog.account = account;
  dialog.failedAtMs = atMs;
  dialog.failedAccount = account;
  const attempt = attemptOf(event, kind, account, atMs, dialog.proven ? "returned" : "unproven");
  told.push({ type: "named", attempt });
}

/** A later leg has shown who sends the try under way. */
function prove(dialog: Dialog, proof: AttemptProof, told: Told): void {
  if (proof !== "returned" || dialog.proven) return;
  dialog.proven = true;
  if (dialog.failedAtMs === -Infinity) return;
  const { source, failedAtMs, failedAccount } = dialog;
  told.push({ type: "proven", source, atMs: failedAtMs, account: failedAccount });
}

/** The second naming was not the second leg of the try before but the first sign of another. */
function beginWithTentative(
  dialog: Dialog,
  event: SecurityEvent,
  kind: AttemptKind,
  legs: number,
  proof: AttemptProof,
  told: Told,
): void {
  const first = { ...event, atMs: dialog.tentativeAtMs };
  begin(dialog, first, kind, dialog.account, NAMED | legs, proof, told);
}

function begin(
  dialog: Dialog,
  event: SecurityEvent,
  kind: AttemptKind,
  account: string | null,
  legs: number,
  proof: AttemptProof,
  told: Told,
): void {
  dialog.legs = legs;
  dialog.account = account;
  dialog.proven = proof === "returned";
  dialog.tentativeAtMs = -Infinity;
  dialog.failedAtMs = event.atMs;
  dialog.failedAccount = account;
  told.push(failure(event, kind, account, proof));
}

/** The same answer to the same challenge again is no new guess. */
function isRetransmission(dialog: Dialog, event: SecurityEvent): boolean {
  if (event.response === null) return false;
  const print = printOf(event, event.response);
  const answers = (dialog.answers ??= []);
  // Pairs: the print of an answer, and when it came.
  for (let i = 0; i < answers.length; i += 2) {
    if (answers[i] === print && Math.abs(event.atMs - (answers[i + 1] ?? 0)) < TRANSACTION_MS) return true;
  }
  if (answers.length >= 2 * ANSWERS_KEPT) answers.splice(0, 2);
  answers.push(print, event.atMs);
  return false;
}

function printOf({ account, challenge }: SecurityEvent, response: string): number {
  const asked = fingerprint(challenge ?? "", fingerprint(account ?? ""));
  return fingerprint(response, asked);
}
