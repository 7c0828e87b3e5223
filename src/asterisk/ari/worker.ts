import { performance } from "node:perf_hooks";
import type { MessagePort } from "node:worker_threads";
import type { Deck } from "../../domain/calling/deck.js";
import { Ledger, type LedgerChange } from "../../domain/calling/ledger.js";
import type { Policy } from "../../domain/policy.js";
import type { JudgeLedger } from "../../guard/calling.js";
import { TopUps } from "../../guard/top-ups.js";
import type { CallJournal, Log } from "../../guard/ports.js";
import { CallerNotices } from "./caller-notices.js";
import type { Judge } from "./desk.js";
import type { CallHappening, CallWorkerData, FromCallWorker, LogLevel, ToCallWorker } from "./messages.js";
import { serveCalls, type CallService } from "./serve.js";

/** Storing ten calls takes little longer than storing one, and the journal holds them meanwhile. */
const GATHER_MS = 50;

/** The thread's side: judges calls by the newest policy and decks that came through `port`. Connects to Asterisk once both
 *  are there, since a policy without its decks lets calls of any price pass. */
export function runCallWorker(
  port: MessagePort,
  { ari, journal: journalFile, calls }: CallWorkerData,
  makeJudge: (policy: Policy, decks: readonly Deck[], limits: JudgeLedger | null) => Pick<Judge, "judge">,
  openJournal: (path: string, log: Log) => CallJournal,
): void {
  let policy: Policy | null = null;
  let decks: readonly Deck[] | null = null;
  let trunks: ReadonlySet<string> = new Set();
  let ledger: Ledger | null = null;
  let judge: Judge | null = null;
  let service: CallService | null = null;
  let looking: NodeJS.Timeout | undefined;

  const tell = (message: FromCallWorker): void => port.postMessage(message);
  const happened = gathering<CallHappening>((happenings) => tell({ type: "calls", happenings }));
  const journal = openJournal(journalFile, logThrough(tell));
  /** Of the call that is being judged. */
  let changes: LedgerChange[] = [];
  const tellState = (): void => {
    const state = service?.state() ?? {
      connectedSinceMs: null,
      unanswered: 0,
      lastError: null,
    };
    tell({ type: "state", state });
  };

  const notices = new CallerNotices({
    send: (endpoint, text) => service?.message(endpoint, text) ?? Promise.resolve(),
    nowMs: () => Date.now(),
    log: logThrough(tell),
  });

  const renewJudge = (): void => {
    if (policy === null || decks === null) return;
    const { dialPlan } = policy;
    const onChange: JudgeLedger["onChange"] = (change) => {
      happened.tell({ type: "change", change });
      changes.push(change);
      if (change.type === "dialled") service?.follow(change.call);
    };
    const limits = ledger === null ? null : { ledger, nowMs: () => Date.now(), onChange };
    const made = makeJudge(policy, decks, limits);
    judge = {
      dialPlan,
      judge: (request, call) => {
        changes = [];
        return made.judge(request, call);
      },
    };
    service ??= serveCalls({
      settings: ari,
      judge: () => judge,
      onWaiting: () => void Atomics.add(calls, 0, 1),
      isTrunk: (endpoint) => trunks.has(endpoint),
      onDecided: (entry) => journal.write({ entry, changes }),
      onVerdict: (entry) => {
        happened.tell({ type: "verdict", entry });
        if (policy?.calling.tellCaller === "message") notices.refused(entry.verdict);
      },
      running: () => ledger?.running(null) ?? [],
      onAnswered: (channelId, legId, atMs) => {
        const change = { type: "answered", channelId, legId, atMs } as const;
        ledger?.apply(change);
        happened.tell({ type: "change", change });
      },
      onEnded: (end) => happened.tell({ type: "ended", end }),
      onChange: tellState,
      clock: { nowMs: () => Date.now() },
      random: Math.random,
      log: logThrough(tell),
    });
    if (ledger !== null && looking === undefined) topUp(ledger, policy, service);
  };

  /** Calls that run are given more money, and ended when there is none; by the newest policy. */
  const topUp = (of: Ledger, first: Policy, { hangUp }: CallService): void => {
    const topUps = new TopUps({
      ledger: of,
      policy: () => policy ?? first,
      onChange: (change) => happened.tell({ type: "change", change }),
      hangUp,
      clock: { nowMs: () => Date.now() },
      log: logThrough(tell),
    });
    const look = (): void => {
      looking = setTimeout(look, topUps.look());
    };
    look();
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
      case "ledger":
        ledger = new Ledger(message.state);
        renewJudge();
        break;
      case "change":
        ledger?.apply(message.change);
        // Unless the channel has begun its next call meanwhile.
        if (message.change.type === "settled" && ledger?.runningCall(message.change.channelId) === null) {
          service?.forget(message.change.channelId);
        }
        break;
      case "kept":
        journal.kept(message.calls);
        break;
      case "ping":
        tellState();
        break;
      case "stop":
        clearTimeout(looking);
        void Promise.resolve(service?.stop())
          .then(() => happened.flush())
          .then(() => journal.close())
          .then(() => port.close());
        break;
    }
  });
}

/** Tells at once what comes alone, and together what comes within `GATHER_MS` of the last telling. */
function gathering<T>(tellAll: (items: readonly T[]) => void): { tell(item: T): void; flush(): void } {
  let items: T[] = [];
  let toldMs = -Infinity;
  const flush = (): void => {
    if (items.length === 0) return;
    tellAll(items);
    items = [];
    toldMs = performance.now();
  };
  return {
    tell(item) {
      if (items.push(item) > 1) return;
      const waitMs = toldMs + GATHER_MS - performance.now();
      if (waitMs > 0) setTimeout(flush, waitMs);
      else setImmediate(flush);
    },
    flush,
  };
}

function logThrough(tell: (message: FromCallWorker) => void): Log {
  const at =
    (level: LogLevel) =>
    (message: string, fields: Readonly<Record<string, unknown>> = {}): void =>
      tell({ type: "log", level, message, fields });
  return { error: at("error"), warn: at("warn"), info: at("info"), debug: at("debug") };
}
