import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { FallbackPatterns } from "./domain/calling/fallback.js";
import { RingfenceError } from "./domain/error.js";
import type { Policy } from "./domain/policy.js";

const DEADLINE_MS = 30_000;

/** What passes while the daemon is away, worked out in a thread of its own: it walks the whole numbering plan, which takes up to a
 *  second, and a pause of a tenth of that can cost the main thread its connection to Asterisk. Throws RingfenceError
 *  `internal`. */
export function fallbackInThread(
  policy: Policy,
  workerFile = join(__dirname, "fallback-worker.js"),
): Promise<FallbackPatterns> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(workerFile, { name: "fallback", workerData: policy });
    const fail = (why: unknown) =>
      reject(new RingfenceError("internal", "the fallback rule could not be worked out", { cause: why }));
    const impatient = setTimeout(() => void worker.terminate(), DEADLINE_MS);
    worker.once("message", (patterns: FallbackPatterns) => resolve(patterns));
    worker.once("error", fail);
    worker.once("exit", (code) => {
      clearTimeout(impatient);
      fail(new Error(`the thread ended with ${code} and no answer`));
    });
  });
}
