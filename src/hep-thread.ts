import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { FromHepWorker, HepSettings, HepThreadState, ToHepWorker } from "./asterisk/hep/messages.js";
import type { Source } from "./domain/address.js";
import type { SecurityEvent } from "./domain/intrusion/security-event.js";
import type { Sighting } from "./domain/intrusion/sighting.js";
import { backoffMs, type Backoff } from "./guard/backoff.js";
import type { Clock, Log, Random } from "./guard/ports.js";

export interface HepOptions {
  readonly listen: HepSettings;
  /** From then to then the mirror may not have shown everything. Told ahead of the sightings that it bears on. */
  readonly onLoss: (fromMs: number, toMs: number) => void;
  /** In the order in which Asterisk mirrored them. */
  readonly onSightings: (batch: readonly Sighting[]) => void;
  /** Failures of which AMI says nothing; told behind the sightings of their exchange. */
  readonly onEvidence: (evidence: SecurityEvent) => void;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** The compiled src/hep-worker.ts, unless a test has one of its own. */
  readonly workerFile?: string;
}

/** Counts are those of all threads since the start. */
export interface HepState extends HepThreadState {
  /** `127.0.0.1:9060` */
  readonly address: string;
  readonly respawns: number;
}

export interface HepMirror {
  /** The addresses of this machine: what Asterisk itself asks others is then passed over. */
  useOwn(sources: readonly Source[]): void;
  state(): HepState;
  stop(): Promise<void>;
}

const HEARTBEAT_MS = 1_000;
/** Beats are counted and not time: while the main thread is blocked none are sent, and none are missed. */
const MISSED_BEATS = 10;
const STARTING_BEATS = 60;
const STOP_MS = 2_000;
const SOUND_MS = 30_000;
const BACKOFF: Backoff = { firstMs: 100, mostMs: 10_000 };
const NOTHING: HepThreadState = {
  listeningSinceMs: null,
  packets: 0,
  refused: 0,
  lost: 0,
  shed: 0,
  lastHeardMs: null,
  receiveBuffer: null,
  lastError: null,
};

/** Hears Asterisk's mirror of SIP (HEPv3 over UDP on loopback) in a thread of its own, and starts that thread anew whenever it
 *  dies or hangs. A port in use is a warning, and tried again. */
export function startHep(options: HepOptions): HepMirror {
  const thread = new Thread(options);
  thread.spawn();
  return thread;
}

class Thread implements HepMirror {
  private worker: Worker | null = null;
  private own: readonly Source[] = [];
  private current = NOTHING;
  /** The sums of the threads before it. */
  private before = NOTHING;
  private respawns = 0;
  private failures = 0;
  private stopped = false;
  private waiting: NodeJS.Timeout | undefined;

  constructor(private readonly options: HepOptions) {}

  useOwn(sources: readonly Source[]): void {
    this.own = sources;
    this.tell({ type: "own", sources });
  }

  state(): HepState {
    const { before, current, respawns } = this;
    const { host, port } = this.options.listen;
    return {
      ...current,
      address: host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`,
      packets: before.packets + current.packets,
      refused: before.refused + current.refused,
      lost: before.lost + current.lost,
      shed: before.shed + current.shed,
      lastHeardMs: current.lastHeardMs ?? before.lastHeardMs,
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
    const { options } = this;
    const spawnedMs = options.clock.nowMs();
    const worker = new Worker(options.workerFile ?? join(__dirname, "hep-worker.js"), {
      name: "hep",
      workerData: options.listen,
    });
    this.worker = worker;
    let missed = -STARTING_BEATS;
    const beat = setInterval(() => {
      if (++missed > MISSED_BEATS) {
        options.log.error("the thread for HEP hangs and is replaced");
        this.current = { ...this.current, lastError: "the thread hung" };
        void worker.terminate();
      } else {
        this.tell({ type: "ping" });
      }
    }, HEARTBEAT_MS);
    worker.on("message", (message: FromHepWorker) => {
      missed = 0;
      this.hear(message, spawnedMs);
    });
    worker.on("error", (error) => {
      options.log.warn("the thread for HEP died", { error: String(error) });
      this.current = { ...this.current, lastError: String(error) };
    });
    worker.once("exit", () => {
      clearInterval(beat);
      this.bury(options.clock.nowMs() - spawnedMs);
    });
    this.tell({ type: "own", sources: this.own });
  }

  private bury(livedMs: number): void {
    this.worker = null;
    this.before = this.state();
    this.current = NOTHING;
    if (this.stopped) return;
    this.failures = livedMs >= SOUND_MS ? 1 : this.failures + 1;
    this.respawns++;
    this.waiting = setTimeout(() => this.spawn(), backoffMs(BACKOFF, this.failures, this.options.random));
  }

  private hear(message: FromHepWorker, spawnedMs: number): void {
    const { options } = this;
    switch (message.type) {
      case "batch":
        this.use(message.state, spawnedMs);
        for (const { fromMs, toMs } of message.batch.losses) options.onLoss(fromMs, toMs);
        if (message.batch.sightings.length > 0) options.onSightings(message.batch.sightings);
        for (const evidence of message.batch.evidence) options.onEvidence(evidence);
        this.tell({ type: "taken" });
        break;
      case "state":
        this.use(message.state, spawnedMs);
        break;
      case "log":
        options.log[message.level](message.message, message.fields);
        break;
    }
  }

  private use(state: HepThreadState, spawnedMs: number): void {
    const sinceMs = state.listeningSinceMs;
    if (sinceMs !== null && sinceMs !== this.current.listeningSinceMs) {
      // Nobody listened since the last packet that was heard.
      this.options.onLoss(this.state().lastHeardMs ?? spawnedMs, sinceMs);
    }
    this.current = state;
  }

  private tell(message: ToHepWorker): void {
    this.worker?.postMessage(message);
  }
}
