import { join } from "node:path";
import type { CallHappening, CallWorkerData, FromCallWorker, ToCallWorker } from "./asterisk/ari/messages.js";
import type { CallServiceState } from "./asterisk/ari/serve.js";
import { originOf, type AriSettings } from "./asterisk/ari/settings.js";
import { recoverCalls } from "./call-journal.js";
import type { Deck } from "./domain/calling/deck.js";
import type { LedgerChange, LedgerState } from "./domain/calling/ledger.js";
import type { Policy } from "./domain/policy.js";
import type { CallCount } from "./pace.js";
import type { CallEnd, CallLogEntry, Clock, DecidedCall, Log, Random } from "./guard/ports.js";
import { KeptThread } from "./kept-thread.js";

export interface CallThreadParts {
  readonly ari: AriSettings;
  /** The file in which calls are noted when they are decided. */
  readonly journal: string;
  /** Goes up with each call that comes. */
  readonly calls: CallCount;
  /** Verdicts in the order taken, for the call log; how many of them are stored. Calls do not wait for it. */
  readonly onVerdicts: (entries: readonly Omit<CallLogEntry, "id">[]) => number;
  /** A call that a thread decided before it ended, and perhaps never told; whether all of it is stored now. */
  readonly onRecovered: (call: DecidedCall) => boolean;
  /** What limits are judged by, for a thread that begins; null: none are judged. */
  readonly limits?: {
    readonly state: () => LedgerState;
    /** What a judged call changed, before its verdict is told. */
    readonly onChange: (change: LedgerChange) => void;
    /** A call that was let through is over; it is still to be settled. */
    readonly onEnded: (end: CallEnd) => void;
    /** Many of both, which may be stored together. */
    readonly inOneGo: (read: () => void) => void;
  } | null;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** The compiled src/call-worker.ts, unless a test has one of its own. */
  readonly workerFile?: string;
  readonly heartbeatMs?: number;
}

/** Counts are those of all threads since the start. */
export interface CallThreadState extends CallServiceState {
  /** Calls that got a verdict. */
  readonly judged: number;
  readonly respawns: number;
}

export interface CallThread {
  /** Calls are judged once a policy and decks (none is an empty list) have been given. */
  usePolicy(policy: Policy): void;
  useDecks(decks: readonly Deck[]): void;
  /** Endpoints that are trunks: a call that comes in by one and goes out again is nobody's extension's. */
  useTrunks(trunks: readonly string[]): void;
  /** Something that was not judged in the thread changed the ledger. */
  change(change: LedgerChange): void;
  state(): CallThreadState;
  stop(): Promise<void>;
}

const HEARTBEAT_MS = 1_000;
const MISSED_BEATS = 4;
const NOTHING: CallServiceState = { connectedSinceMs: null, unanswered: 0, lastError: null };

/** Runs the thread in which calls are judged, and puts a new one in its place whenever it dies or hangs. Throws a RingfenceError
 *  `config` on a URL that ARI can't be under. */
export function startCallThread(parts: CallThreadParts): CallThread {
  originOf(parts.ari.url);
  return new Thread(parts);
}

class Thread implements CallThread {
  private readonly thread: KeptThread<ToCallWorker, FromCallWorker>;
  private policy: Policy | null = null;
  private decks: readonly Deck[] | null = null;
  private trunks: readonly string[] = [];
  /** The newest that the thread has said of itself. */
  private current = NOTHING;
  /** The sums of the threads before it. */
  private before = NOTHING;
  private judged = 0;
  /** Verdicts of the thread that runs which are in the call log, and of how many of them it knows. */
  private kept = { calls: 0, told: 0 };

  constructor(private readonly parts: CallThreadParts) {
    const { clock, random, log } = parts;
    const { ari, journal, calls } = parts;
    const workerData: CallWorkerData = { ari, journal, calls };
    this.thread = new KeptThread({
      called: "the thread for calls",
      file: parts.workerFile ?? join(__dirname, "call-worker.js"),
      // ari-client prints; what it prints belongs in the log at most.
      options: { name: "calls", workerData, stdout: true, stderr: true },
      onStart: () => this.begin(),
      onMessage: (message) => this.hear(message),
      onFault: (error) => (this.current = { ...this.current, lastError: error }),
      onEnd: () => this.add(),
      heartbeat: { everyMs: parts.heartbeatMs ?? HEARTBEAT_MS, most: MISSED_BEATS },
      soundMs: 30_000,
      backoff: { firstMs: 100, mostMs: 5_000 },
      clock,
      random,
      log,
    });
    this.thread.spawn();
  }

  usePolicy(policy: Policy): void {
    this.policy = policy;
    this.thread.tell({ type: "policy", policy });
  }

  useDecks(decks: readonly Deck[]): void {
    this.decks = decks;
    this.thread.tell({ type: "decks", decks });
  }

  useTrunks(trunks: readonly string[]): void {
    this.trunks = trunks;
    this.thread.tell({ type: "trunks", trunks });
  }

  change(change: LedgerChange): void {
    this.thread.tell({ type: "change", change });
  }

  state(): CallThreadState {
    const { before, current, judged } = this;
    return {
      connectedSinceMs: current.connectedSinceMs,
      judged,
      unanswered: before.unanswered + current.unanswered,
      lastError: current.lastError ?? before.lastError,
      respawns: this.thread.respawns,
    };
  }

  stop(): Promise<void> {
    return this.thread.stop();
  }

  private begin(): void {
    const { limits = null, journal, onRecovered, log } = this.parts;
    this.kept = { calls: 0, told: 0 };
    // Before the new one writes there, and before it is told of the money that calls have set aside.
    recoverCalls(journal, onRecovered, log);
    this.thread.tell({ type: "trunks", trunks: this.trunks });
    if (limits !== null) this.thread.tell({ type: "ledger", state: limits.state() });
    if (this.policy !== null) this.thread.tell({ type: "policy", policy: this.policy });
    if (this.decks !== null) this.thread.tell({ type: "decks", decks: this.decks });
  }

  private add(): void {
    const { unanswered, lastError } = this.state();
    this.before = { connectedSinceMs: null, unanswered, lastError };
    this.current = NOTHING;
  }

  /** With each beat of the heart. */
  private tellKept(): void {
    const { calls, told } = this.kept;
    if (calls === told) return;
    this.thread.tell({ type: "kept", calls });
    this.kept.told = calls;
  }

  private happened(happenings: readonly CallHappening[]): void {
    const { limits = null, onVerdicts } = this.parts;
    limits?.inOneGo(() => {
      for (const happening of happenings) {
        if (happening.type === "change") limits.onChange(happening.change);
        else if (happening.type === "ended") limits.onEnded(happening.end);
      }
    });
    const entries = happenings.flatMap((happening) =>
      happening.type === "verdict" ? [happening.entry] : [],
    );
    if (entries.length === 0) return;
    this.judged += entries.length;
    this.kept.calls += onVerdicts(entries);
  }

  private hear(message: FromCallWorker): void {
    switch (message.type) {
      case "calls":
        this.happened(message.happenings);
        break;
      case "state":
        this.current = message.state;
        this.tellKept();
        break;
      case "log":
        this.parts.log[message.level](message.message, message.fields);
        break;
    }
  }
}
