import type { Verdict } from "../../domain/calling/verdict.js";
import type { Log } from "../../guard/ports.js";

export interface CallerNoticeParts {
  /** Sends a SIP MESSAGE to the devices that are registered under an endpoint. */
  readonly send: (endpoint: string, text: string) => Promise<void>;
  readonly nowMs: () => number;
  readonly log: Log;
}

/** Whoever redials ten times need not read it ten times; nor does a thief's script make a flood of it. */
const PAUSE_MS = 10_000;
const MOST_REMEMBERED = 10_000;
const LONGEST_TEXT = 300;

/** Tells the extension whose call was refused why, in a message to its own telephones: if the call was not theirs, they hear of that too.
 *  No call waits for it. */
export class CallerNotices {
  private readonly toldMs = new Map<string, number>();

  constructor(private readonly parts: CallerNoticeParts) {}

  refused({ from, decision, detail }: Pick<Verdict, "from" | "decision" | "detail">): void {
    const { send, nowMs, log } = this.parts;
    // Names come from Asterisk's configuration; one that is no plain name is not put into an address.
    if (decision !== "refuse" || from === null || !/^[\w.+-]{1,80}$/.test(from)) return;
    const atMs = nowMs();
    if (atMs - (this.toldMs.get(from) ?? -Infinity) < PAUSE_MS) return;
    if (this.toldMs.size >= MOST_REMEMBERED) this.toldMs.clear();
    this.toldMs.set(from, atMs);
    send(from, printable(detail)).catch((error: unknown) => {
      log.warn("the extension whose call was refused could not be told", {
        extension: from,
        error: String(error),
      });
    });
  }
}

/** What was dialled can stand in it: one line of plain text. */
function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, "?").slice(0, LONGEST_TEXT);
}
