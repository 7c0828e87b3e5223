import { getPriority, setPriority } from "node:os";

/** Where a thread stands among those of this machine (nice: -20 is first). */
const AHEAD = -5;
const USUAL = 0;
const BEHIND = 10;

/** Lets the calling thread, and those that it starts from now on, go ahead of Asterisk's: under a flood ten of them want the processor,
 *  while this one needs a quarter of a core to end it (docs/decisions/0014-speed.md). Without the right to (CAP_SYS_NICE), and
 *  where the admin has given another priority, everything stays as it is. */
export function goAhead(): void {
  move(USUAL, AHEAD);
}

/** The same back: for threads whose work is lost where it waits. */
export function goWithOthers(): void {
  move(AHEAD, USUAL);
}

/** Lets all others go first: for work that nobody waits for, such as an import of a million rates beside calls. */
export function goBehindOthers(): void {
  move(AHEAD, BEHIND);
  move(USUAL, BEHIND);
}

function move(from: number, to: number): void {
  // 0 is the calling thread, on Linux.
  if (getPriority(0) !== from) return;
  try {
    setPriority(0, to);
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error) || error.code !== "ERR_SYSTEM_ERROR") throw error;
  }
}
