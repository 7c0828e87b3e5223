import { CommanderError } from "commander";
import type { FileFaultJson } from "../http/contract.js";

export const EXIT = { done: 0, refused: 1, usage: 2, unreachable: 3 } as const;

/** The daemon answered that it won't, or that there is no such thing. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
    /** What is wrong in a file that was sent, one by one. */
    readonly faults: readonly FileFaultJson[] = [],
  ) {
    super(message);
    this.name = "Refused";
  }
}

/** What was typed makes no sense; `message` says what to type instead. */
export class WrongUsage extends Error {
  override readonly name = "WrongUsage";
}

export class Unreachable extends Error {
  override readonly name = "Unreachable";
}

/** Nobody reads what is printed any longer, as behind `| head`: no fault of anyone's. */
export class ReaderGone extends Error {
  override readonly name = "ReaderGone";
}

/** The one place where what went wrong becomes an exit status. `message` null: said already, or nothing to say. */
export function exitOf(fault: unknown): { readonly status: number; readonly message: string | null } {
  if (fault instanceof ReaderGone) return { status: EXIT.done, message: null };
  if (fault instanceof WrongUsage) return { status: EXIT.usage, message: fault.message };
  if (fault instanceof Unreachable) return { status: EXIT.unreachable, message: fault.message };
  if (fault instanceof Refused) {
    // The daemon's sentences are one line; whatever else they hold is somebody's text.
    const message = fault.message.replaceAll("\n", "\\x0a");
    return { status: fault.status === 400 ? EXIT.usage : EXIT.refused, message };
  }
  if (fault instanceof CommanderError) {
    // Commander has printed its message. Help that was asked for ends with 0, help for want of a command with 1.
    return { status: fault.exitCode === 0 ? EXIT.done : EXIT.usage, message: null };
  }
  const file = fileFault(fault);
  if (file !== null) return { status: EXIT.refused, message: file };
  return { status: EXIT.refused, message: fault instanceof Error ? fault.message : String(fault) };
}

const FILE_FAULTS: Readonly<Record<string, string>> = {
  ENOENT: "is not there",
  EISDIR: "is a folder: name a file",
  EACCES: "may not be read by you",
};

/** What is wrong with a file that somebody named; null for any other fault. */
function fileFault(fault: unknown): string | null {
  if (typeof fault !== "object" || fault === null || !("code" in fault) || typeof fault.code !== "string") {
    return null;
  }
  const what = FILE_FAULTS[fault.code];
  if (what === undefined) return null;
  // Of a folder that is read no path is told.
  return `${"path" in fault && typeof fault.path === "string" ? fault.path : "What you named"} ${what}.`;
}
