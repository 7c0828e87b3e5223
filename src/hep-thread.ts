import { join } from "node:path";
import type {
  FromHepWorker,
  HepSettings,
  HepTaken,
  HepThreadState,
  ToHepWorker,
} from "./asterisk/hep/messages.js";
import type { BlindGuess } from "./asterisk/hep/blind-spot.js";
import type { Source } from "./domain/address.js";
import type { SecurityEvent } from "./domain/intrusion/security-event.js";
import type { Sighting } from "./domain/intrusion/sighting.js";
import type { Clock, Log, Random } from "./guard/ports.js";
import { KeptThread } from "./kept-thread.js";

export interface HepOptions {
  readonly listen: HepSettings;
  /** From then to then the mirror may not have shown everything. Told ahead of the sightings that it bears on. */
  readonly onLoss: (fromMs: number, toMs: number) => void;
  /** In the order in which Asterisk mirrored them. */
  readonly onSightings: (batch: readonly Sighting[]) => void;
  /** Failures, and requests in the name of accounts that Asterisk does not have, of which AMI says nothing; told behind the sightings of their exchange. */
  readonly onEvidence: (evidence: SecurityEvent) => void;
  /** Whether Asterisk has an endpoint of that name; true while that is not known. */
  readonly isEndpoint: (account: string) => boolean;
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
const MISSED_BEATS = 10;
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
  return new Thread(options);
}

class Thread implements HepMirror {
  private readonly thread: KeptThread<ToHepWorker, FromHepWorker>;
  private readonly taken = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  private own: readonly Source[] = [];
  private current = NOTHING;
  /** The sums of the threads before it. */
  private before = NOTHING;

  constructor(private readonly options: HepOptions) {
    const { clock, random, log } = options;
    const workerData: HepSettings & HepTaken = { ...options.listen, taken: this.taken.buffer };
    this.thread = new KeptThread({
      called: "the thread for HEP",
      file: options.workerFile ?? join(__dirname, "hep-worker.js"),
      options: { name: "hep", workerData },
      onStart: () => this.thread.tell({ type: "own", sources: this.own }),
      onMessage: (message) => this.hear(message),
      onFault: (error) => (this.current = { ...this.current, lastError: error }),
      onEnd: () => this.add(),
      heartbeat: { everyMs: HEARTBEAT_MS, most: MISSED_BEATS },
      soundMs: 30_000,
      backoff: { firstMs: 100, mostMs: 10_000 },
      clock,
      random,
      log,
    });
    this.thread.spawn();
  }

  useOwn(sources: readonly Source[]): void {
    this.own = sources;
    this.thread.tell({ type: "own", sources });
  }

  state(): HepState {
    const { before, current } = this;
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
      respawns: this.thread.respawns,
    };
  }

  stop(): Promise<void> {
    return this.thread.stop();
  }

  private add(): void {
    this.before = this.state();
    this.current = NOTHING;
  }

  private hear(message: FromHepWorker): void {
    const { options } = this;
    switch (message.type) {
      case "batch":
        this.use(message.state);
        for (const { fromMs, toMs } of message.batch.losses) options.onLoss(fromMs, toMs);
        if (message.batch.sightings.length > 0) options.onSightings(message.batch.sightings);
        for (const guess of message.batch.guesses) this.tellOf(guess);
        Atomics.add(this.taken, 0, 1);
        break;
      case "state":
        this.use(message.state);
        break;
      case "log":
        options.log[message.level](message.message, message.fields);
        break;
    }
  }

  private tellOf({ event, namesStrangers }: BlindGuess): void {
    const { isEndpoint, onEvidence } = this.options;
    const isStranger = event.account !== null && !isEndpoint(event.account);
    if (event.kind === "challenge-sent") {
      // A phone of an account that exists answers, and nobody hears of its success: what it asked first counts for nothing.
      if (!isStranger) return;
      onEvidence({ ...event, kind: "invalid-account", name: "HEP InvalidAccountID" });
      onEvidence({ ...event, account: null });
      return;
    }
    // AMI has told of the account that does not exist: once is enough.
    if (!(namesStrangers && isStranger)) onEvidence(event);
  }

  private use(state: HepThreadState): void {
    const sinceMs = state.listeningSinceMs;
    if (sinceMs !== null && sinceMs !== this.current.listeningSinceMs) {
      // Nobody listened since the last packet that was heard.
      this.options.onLoss(this.state().lastHeardMs ?? this.thread.sinceMs, sinceMs);
    }
    this.current = state;
  }
}
