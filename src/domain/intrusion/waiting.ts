import type { AttemptChange } from "./attempt.js";
import type { Dialog } from "./dialogs.js";
import type { SecurityEvent } from "./security-event.js";

// Challenges that wait for their answer. Each that nobody answers within a transaction counts once.

/** One session leaves no more than that many challenges in doubt: the oldest of more counts as unanswered at once. */
const WAITING_KEPT = 16;

/** A challenge was sent in this dialog. */
export function wait(dialog: Dialog, atMs: number, told: AttemptChange[]): void {
  if (dialog.waitingSinceMs > -Infinity) {
    const before = (dialog.waitedBefore ??= []);
    before.push(dialog.waitingSinceMs);
    const oldest = before.length < WAITING_KEPT ? undefined : before.shift();
    if (oldest !== undefined) told.push(unanswered(dialog, oldest, dialog.askedName));
  }
  dialog.waitingSinceMs = atMs;
}

/** The latest challenge was answered, rightly or not. */
export function answerOne(dialog: Dialog): void {
  dialog.waitingSinceMs = dialog.waitedBefore?.pop() ?? -Infinity;
}

/** The sender got in: no challenge of this dialog was a probe. */
export function answerAll(dialog: Dialog): void {
  dialog.waitingSinceMs = -Infinity;
  if (dialog.waitedBefore !== null) dialog.waitedBefore.length = 0;
}

/** Tells of those that have waited for more than `withinMs`. */
export function expire(dialog: Dialog, atMs: number, withinMs: number, told: AttemptChange[]): void {
  const before = dialog.waitedBefore;
  while (before !== null && before[0] !== undefined && isOver(before[0], atMs, withinMs)) {
    told.push(unanswered(dialog, before[0], dialog.askedName));
    before.shift();
  }
  if (dialog.waitingSinceMs > -Infinity && isOver(dialog.waitingSinceMs, atMs, withinMs)) {
    told.push(unanswered(dialog, dialog.waitingSinceMs, dialog.askedName));
    answerOne(dialog);
  }
}

/** Tells of all that wait: the dialog is being forgotten. */
export function giveUp(dialog: Dialog, told: AttemptChange[]): void {
  while (dialog.waitingSinceMs > -Infinity) {
    told.push(unanswered(dialog, dialog.waitingSinceMs, dialog.askedName));
    answerOne(dialog);
  }
}

export function countWaiting(dialog: Dialog): number {
  return dialog.waitingSinceMs > -Infinity ? 1 + (dialog.waitedBefore?.length ?? 0) : 0;
}

export function unanswered(
  { source, service, transport }: Pick<SecurityEvent, "source" | "service" | "transport">,
  atMs: number,
  account: string | null,
): AttemptChange {
  return { type: "unanswered", source, account, atMs, service, transport };
}

/** As far ahead is as far away: somebody set the clock. */
function isOver(sinceMs: number, atMs: number, withinMs: number): boolean {
  return Math.abs(atMs - sinceMs) > withinMs;
}
