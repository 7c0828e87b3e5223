import { parentPort, workerData } from "node:worker_threads";
import type { CallWorkerData } from "../src/asterisk/ari/messages.js";
import { runCallWorker } from "../src/asterisk/ari/worker.js";
import { CallJournalFile } from "../src/call-journal.js";
import { verdictOn } from "./asterisk/ari/support.js";

/** The thread of the tests: a judge that can be told, by what is dialled, to go wrong. */
runCallWorker(
  parentPort!,
  workerData as CallWorkerData,
  () => ({
    judge(request) {
      if (request.digits === "0001") for (;;);
      if (request.digits === "0002") {
        setImmediate(() => {
          throw new Error("broken thread");
        });
      }
      return verdictOn(request);
    },
  }),
  (path, log) => new CallJournalFile(path, log),
);
