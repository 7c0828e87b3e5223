import type { AttemptChange } from "./attempt.js";
import type { Dialog } from "./dialogs.js";
import { ANSWERED, CHALLENGED, NAMED, takeBack } from "./legs.js";
import { answerOne, countWaiting } from "./waiting.js";

// A request that the mirror shows to be a ping counts for nothing. AMI may have told of it before, or may be about to.

/** AMI and the mirror are heard within milliseconds of one another; on a busy machine within a second or two. */
const SAME_REQUEST_MS = 5_000;

/** A ping came in this dialog at `atMs`: takes back what AMI has told of it, and passes over what it is still to tell. */
export function excuse(dialog: Dialog, atMs: number, told: AttemptChange[]): void {
  let ahead = NAMED | CHALLENGED;
  const isToldOf = dialog.legs !== 0 && (dialog.legs & ANSWERED) === 0 && isSame(dialog.failedAtMs, atMs);
  if (isToldOf) {
    ahead &= ~dialog.legs;
    takeBack(dialog, told);
  }
  if (countWaiting(dialog) > 0 && isSame(dialog.waitingSinceMs, atMs)) {
    // Of an account that exists the challenge is all that AMI tells.
    ahead = isToldOf ? ahead & ~CHALLENGED : 0;
    answerOne(dialog);
  }
  dialog.excused = ahead;
  dialog.excusedAtMs = atMs;
}

/** Whether this event, of that leg, is what AMI tells of a ping. Each ping excuses one of each. */
export function isExcused(dialog: Dialog, leg: typeof NAMED | typeof CHALLENGED, atMs: number): boolean {
  if ((dialog.excused & leg) === 0) return false;
  if (!isSame(dialog.excusedAtMs, atMs)) {
    dialog.excused = 0;
    return false;
  }
  dialog.excused &= ~leg;
  return true;
}

function isSame(oneMs: number, otherMs: number): boolean {
  return Math.abs(oneMs - otherMs) < SAME_REQUEST_MS;
}
