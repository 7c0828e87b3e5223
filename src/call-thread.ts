import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { backoffMs, type Backoff } from "./guard/backoff.js";
import type { FromCallWorker, ToCallWorker } from "./asterisk/ari/messages.js";
import type { CallServiceState } from "./asterisk/ari/serve.js";
import { originOf, type AriSettings } from "./asterisk/ari/settings.js";
import type { Deck } from "./domain/calling/deck.js";
import type { LedgerChange, LedgerState } from "./domain/calling/ledger.js";
import type { Policy } from "./domain/policy.js";
import type { CallEnd, CallLogEntry, Clock, Log, Random } from "./guard/ports.js";

export interface CallThreadParts {
  readonly ari: AriSettings;
  /** Verdicts in the order taken, for the call log. Calls do not wait for it. */
  readonly onVerdict: (entry: Omit<CallLogEntry, "id">) => void;
  /** What limits are judged by, for a thread that begins; null: none are judged. */
  readonly limits?: {
    readonly state: () => LedgerState;
    /** What a judged call changed, before its verdict is told. */
    readonly onChange: (change: LedgerChange) => void;
    /** A call that was let through is over; it is still to be settled. */
    readonly onEnded: (end: CallEnd) => void;
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
/** A thread that has let this many heartbeats pass is hung. Beats are counted and not time: while the main thread is blocked
 *  none are sent, and none are missed. */
const MISSED_BEATS = 4;
/** More of them while it loads its code, on a machine that is busy. */
const STARTING_BEATS = 60;
const BACKOFF: Backoff = { firstMs: 100, mostMs: 5_000 };
const SOUND_MS = 30_000;
const STOP_MS = 2_000;
const NOTHING: CallServiceState = { connectedSinceMs: null, unanswered: 0, lastError: null };

/** Runs the thread in which calls are judged, and puts a new one in its place whenever it dies or hangs. Throws a RingfenceError
 *  `config` on a URL that ARI can't be under. */
export function startCallThread(parts: CallThreadParts): CallThread {
  originOf(parts.ari.url);
  const thread = new Thread(parts);
  thread.spawn();
  return thread;
}

class Thread implements CallThread {
  private worker: Worker | null = null;
  private policy: Policy | null = null;
  private decks: readonly Deck[] | null = null;
  private trunks: readonly string[] = [];
  /** The newest that the thread has said of itself. */
  private current = NOTHING;
  /** The sums of the threads before it. */
  private before = NOTHING;
  private judged = 0;
  private respawns = 0;
  private failures = 0;
  private stopped = false;
  private waiting: NodeJS.Timeout | undefined;

  constructor(private readonly parts: CallThreadParts) {}

  usePolicy(policy: Policy): void {
    this.policy = policy;
    this.tell({ type: "policy", policy });
  }

  useDecks(decks: readonly Deck[]): void {
    this.decks = decks;
    this.tell({ type: "decks", decks });
  }

  useTrunks(trunks: readonly string[]): void {
    this.trunks = trunks;
    this.tell({ type: "trunks", trunks });
  }

  change(change: LedgerChange): void {
    this.tell({ type: "change", change });
  }

  state(): CallThreadState {
    const { before, current, judged, respawns } = this;
    return {
      connectedSinceMs: current.connectedSinceMs,
      judged,
      unanswered: before.unanswered + current.unanswered,
      lastError: current.lastError ?? before.lastError,
      respawns,
    };
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.waiting);
    const { worker } = this;
    if (worker === null) return;
    const ended = new Promise((resolve) => worker.once("exit", resolve));
    this.tell({ type: "stop" });
    const impatient = setTimeout(() => void worker.terminate(), STOP_MS);
    await ended;
    clearTimeout(impatient);
  }

  spawn(): void {
    const { parts } = this;
    const spawnedMs = parts.clock.nowMs();
    // ari-client prints; what it prints belongs in the log at most.
    const worker = new Worker(parts.workerFile ?? join(__dirname, "call-worker.js"), {
      name: "calls",
      workerData: parts.ari,
      stdout: true,
      stderr: true,
    });
    this.worker = worker;
    for (const stream of [worker.stdout, worker.stderr]) {
      stream.on("data", (chunk: Buffer) =>
        parts.log.debug("the thread for calls printed", { text: chunk.toString("utf8").slice(0, 500) }),
      );
    }
    let missed = -STARTING_BEATS;
    const beat = setInterval(() => {
      if (++missed > MISSED_BEATS) {
        parts.log.error("the thread for calls hangs and is replaced");
        this.note("the thread hung");
        void worker.terminate();
      } else {
        this.tell({ type: "ping" });
      }
    }, parts.heartbeatMs ?? HEARTBEAT_MS);
    worker.on("message", (message: FromCallWorker) => {
      missed = 0;
      this.hear(message);
    });
    worker.on("error", (error) => {
      parts.log.warn("the thread for calls died", { error: String(error) });
      this.note(String(error));
    });
    worker.once("exit", () => {
      clearInterval(beat);
      this.bury(parts.clock.nowMs() - spawnedMs);
    });
    this.tell({ type: "trunks", trunks: this.trunks });
    const { limits = null } = parts;
    if (limits !== null) this.tell({ type: "ledger", state: limits.state() });
    if (this.policy !== null) this.tell({ type: "policy", policy: this.policy });
    if (this.decks !== null) this.tell({ type: "decks", decks: this.decks });
  }

  /** Notes what a thread has done, and has the next one follow it. */
  private bury(livedMs: number): void {
    this.worker = null;
    const { unanswered, lastError } = this.state();
    this.before = { connectedSinceMs: null, unanswered, lastError };
    this.current = NOTHING;
    if (this.stopped) return;
    this.failures = livedMs >= SOUND_MS ? 1 : this.failures + 1;
    this.respawns++;
    this.waiting = setTimeout(() => this.spawn(), backoffMs(BACKOFF, this.failures, this.parts.random));
  }

  private hear(message: FromCallWorker): void {
    switch (message.type) {
      case "verdict":
        this.judged++;
        this.parts.onVerdict(message.entry);
        break;
      case "change":
        this.parts.limits?.onChange(message.change);
        break;
      case "ended":
        this.parts.limits?.onEnded(message.end);
        break;
      case "state":
        this.current = message.state;
        break;
      case "log":
        this.parts.log[message.level](message.message, message.fields);
        break;
    }
  }

  private note(error: string): void {
    this.current = { ...this.current, lastError: error };
  }

  private tell(message: ToCallWorker): void {
    this.worker?.postMessage(message);
  }
}
