import { fingerprint } from "../text.js";
import type { Dialog } from "./dialogs.js";
import type { SecurityEvent } from "./security-event.js";

/** Over UDP a request that hears no answer is sent again after T1 = 500 ms, and each time after twice as long, up to T2 = 4 s
 *  (RFC 3261, timers E and A). Asterisk challenges each of them anew, so one lost answer looks like eleven requests. */
const FIRST_MS = { least: 300, most: 2_000 };
const T2_MS = 4_000;
/** How much a gap must grow, with room for the network's own delays and for one that was lost; nobody who asks at a steady pace
 *  can do that. */
const GROWTH = 1.25;

/** Whether this challenge answers the request before it, sent once more. Notes it in the dialog. */
export function isResent(dialog: Dialog, event: SecurityEvent): boolean {
  const asked = fingerprint(event.account ?? "");
  const gapMs = event.atMs - dialog.askedAtMs;
  const resent = event.transport === "udp" && asked === dialog.askedFor && fits(gapMs, dialog.askedGapMs);
  // A long pause, or another account, and a request begins that may be sent again from its first gap on.
  const goesOn = asked === dialog.askedFor && gapMs <= T2_MS * 2;
  const signedGapMs = resent ? gapMs : -gapMs;
  dialog.askedGapMs = goesOn ? signedGapMs : 0;
  dialog.askedFor = asked;
  dialog.askedAtMs = event.atMs;
  return resent;
}

/** @param beforeMs the gap before this one, negative where that was between two requests; 0: there is none */
function fits(gapMs: number, beforeMs: number): boolean {
  if (beforeMs <= 0) {
    return gapMs >= Math.max(FIRST_MS.least, -beforeMs * GROWTH) && gapMs <= FIRST_MS.most;
  }
  return gapMs >= Math.min(beforeMs * GROWTH, T2_MS * 0.9) && gapMs <= T2_MS * 2;
}
