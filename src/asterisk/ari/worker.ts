import type { MessagePort } from "node:worker_threads";
import type { Deck } from "../../domain/calling/deck.js";
import type { Policy } from "../../domain/policy.js";
import type { Log } from "../../guard/ports.js";
import type { Judge } from "./desk.js";
import type { FromCallWorker, LogLevel, ToCallWorker } from "./messages.js";
import { serveCalls, type CallService } from "./serve.js";
import type { AriSettings } from "./settings.js";

/** The thread's side: judges calls by the newest policy and decks that came through `port`. Connects to Asterisk once both
 *  are there, since a policy without its decks lets calls of any price pass. */
export function runCallWorker(
  port: MessagePort,
  settings: AriSettings,
  makeJudge: (policy: Policy, decks: readonly Deck[]) => Pick<Judge, "judge">,
): void {
  let policy: Policy | null = null;
  let decks: readonly Deck[] | null = null;
  let trunks: ReadonlySet<string> = new Set();
  let judge: Judge | null = null;
  let service: CallService | null = null;

  const tell = (message: FromCallWorker): void => port.postMessage(message);
  const tellState = (): void => {
    const state = service?.state() ?? {
      connectedSinceMs: null,
      unanswered: 0,
      lastError: null,
    };
    tell({ type: "state", state });
  };

  const renewJudge = (): void => {
    if (policy === null || decks === null) return;
    const { dialPlan } = policy;
    const made = makeJudge(policy, decks);
    judge = { dialPlan, judge: (request) => made.judge(request) };
    service ??= serveCalls({
      settings,
      judge: () => judge,
      isTrunk: (endpoint) => trunks.has(endpoint),
      onVerdict: (entry) => tell({ type: "verdict", entry }),
      onChange: tellState,
      clock: { nowMs: () => Date.now() },
      random: Math.random,
      log: logThrough(tell),
    });
  };

  // Says that the thread is alive, before it has anything to do.
  tellState();
  port.on("message", (message: ToCallWorker) => {
    switch (message.type) {
      case "policy":
        policy = message.policy;
        renewJudge();
        break;
      case "decks":
        decks = message.decks;
        renewJudge();
        break;
      case "trunks":
        trunks = new Set(message.trunks);
        break;
      case "ping":
        tellState();
        break;
      case "stop":
        void Promise.resolve(service?.stop()).then(() => port.close());
        break;
    }
  });
}

function logThrough(tell: (message: FromCallWorker) => void): Log {
  const at =
    (level: LogLevel) =>
    (message: string, fields: Readonly<Record<string, unknown>> = {}): void =>
      tell({ type: "log", level, message, fields });
  return { error: at("error"), warn: at("warn"), info: at("info"), debug: at("debug") };
}
