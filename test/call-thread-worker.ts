import { parentPort, workerData } from "node:worker_threads";
import type { AriSettings } from "../src/asterisk/ari/settings.js";
import { runCallWorker } from "../src/asterisk/ari/worker.js";
import { verdictOn } from "./asterisk/ari/support.js";

/** The thread of the tests: a judge that can be told, by what is dialled, to go wrong. */
runCallWorker(parentPort!, workerData as AriSettings, () => ({
  judge(request) {
    if (request.digits === "0001") for (;;);
    if (request.digits === "0002") {
      setImmediate(() => {
        throw new Error("broken thread");
      });
    }
    return verdictOn(request);
  },
}));
