import { parentPort, workerData } from "node:worker_threads";
import { goBehindOthers } from "./ahead-of-others.js";
import { RingfenceError } from "./domain/error.js";
import { type ReadAnswer, type ReadQuestion, readsOf } from "./reads.js";
import { openDatabase } from "./sqlite/database.js";

// The reading thread: searches a log of millions for pages that people look at, so that events and calls never wait for that.

goBehindOthers();

if (parentPort === null) throw new RingfenceError("internal", "read-worker is a thread of the daemon's");
const port = parentPort;
const db = openDatabase((workerData as { readonly database: string }).database);
db.pragma("query_only = ON");
const reads = readsOf(db);

port.on("message", (question: ReadQuestion | "stop") => {
  if (question === "stop") {
    db.close();
    port.close();
    return;
  }
  port.postMessage(answerTo(question));
});

function answerTo({ id, name, of }: ReadQuestion): ReadAnswer {
  try {
    const read = reads[name] as (...of: readonly unknown[]) => unknown;
    return { id, found: read(...of) };
  } catch (error) {
    const code = error instanceof RingfenceError ? error.code : "internal";
    return { id, code, message: error instanceof Error ? error.message : String(error) };
  }
}
