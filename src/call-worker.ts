import http from "node:http";
import https from "node:https";
import { parentPort, workerData } from "node:worker_threads";
import type { CallWorkerData } from "./asterisk/ari/messages.js";
import { runCallWorker } from "./asterisk/ari/worker.js";
import { CallJournalFile } from "./call-journal.js";
import { RingfenceError } from "./domain/error.js";
import { CallJudge } from "./guard/calling.js";

// The thread in which calls are judged; call-thread.ts starts it. ari-client uses the thread's own global agents:
// Asterisk takes 100 connections in all (`sessionlimit` in http.conf) and turns the next one away.
http.globalAgent.maxSockets = 16;
https.globalAgent.maxSockets = 16;

if (parentPort === null)
  throw new RingfenceError("internal", "call-worker.js is a worker thread, not a program");
runCallWorker(
  parentPort,
  workerData as CallWorkerData,
  (policy, decks, limits) => {
    const judge = new CallJudge(policy, limits);
    judge.useDecks(decks);
    return judge;
  },
  (path, log) => new CallJournalFile(path, log),
);
