import { RingfenceError } from "../domain/error.js";

/** Runs one piece of work on the database; what SQLite throws becomes a RingfenceError that says what was being done:
 *  `busy` where another connection kept the lock beyond the busy timeout, else `store`. */
export function inStore<T>(doing: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw storeError(doing, cause);
  }
}

export function storeError(doing: string, cause: unknown): RingfenceError {
  if (cause instanceof RingfenceError) return cause;
  const { code, message } = sqliteFault(cause);
  const busy = code.startsWith("SQLITE_BUSY") || code === "SQLITE_LOCKED";
  return new RingfenceError(busy ? "busy" : "store", `cannot ${doing}: ${message}${adviceFor(code)}`, {
    cause,
  });
}

/** By shape, not by class: the native module hands out the SqliteError of whoever loaded it first in the process. */
function sqliteFault(cause: unknown): { code: string; message: string } {
  if (typeof cause !== "object" || cause === null) return { code: "", message: String(cause) };
  const { code, message } = cause as { code?: unknown; message?: unknown };
  return {
    code: typeof code === "string" ? code : "",
    message: typeof message === "string" ? message : "unknown fault",
  };
}

function adviceFor(code: string): string {
  if (code.startsWith("SQLITE_CORRUPT") || code === "SQLITE_NOTADB") {
    return " (the file is damaged or no SQLite database: move it away and restore a backup)";
  }
  if (code === "SQLITE_FULL") return " (the disk is full)";
  if (code.startsWith("SQLITE_READONLY"))
    return " (the daemon's user may not write to the file or its folder)";
  return "";
}
