import { parentPort, workerData } from "node:worker_threads";
import { AriServer } from "./asterisk/ari/ari-server.js";
import { until } from "./asterisk/ari/support.js";

/** An ARI in a thread of its own, which rings once it is told to, and says in shared memory when the call was answered. */
const answered = workerData as Int32Array;
const server = new AriServer();
void server.start().then(() => {
  parentPort!.on("message", () => {
    server.call("1.1", "18005550123");
    void until(() => server.waiting.size === 0, "the call is answered").then(() => {
      Atomics.store(answered, 0, 1);
      Atomics.notify(answered, 0);
    });
  });
  parentPort!.postMessage(server.settings);
});
