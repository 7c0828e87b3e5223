import { setTimeout as pause } from "node:timers/promises";
import { RingfenceError } from "../../domain/error.js";
import type { AsteriskControl, Log, Random } from "../../guard/ports.js";
import { backoffMs, type Backoff } from "../../guard/backoff.js";
import { replaceDb } from "./control-db.js";
import { openLink, type Link, type LinkOptions } from "./control-link.js";
import { checkRequest, type Answer } from "./control-message.js";
import { hostNames } from "./facts-hosts.js";
import { readFacts } from "./facts.js";

export interface ControlState {
  /** Unix milliseconds; null while there is no connection. */
  readonly connectedSinceMs: number | null;
  /** Connections after the first. */
  readonly reconnects: number;
  /** Why the last try or connection ended; null while connected. */
  readonly lastError: string | null;
}

export interface Control extends AsteriskControl {
  /** Does a job of several actions, which share the time that a job has. */
  job<T>(work: (ask: Ask) => Promise<T>): Promise<T>;
  /** The same for somebody who looks at a page meanwhile: where Asterisk was tried last in vain it is refused at once, instead of
   *  waited for. */
  jobNow<T>(work: (ask: Ask) => Promise<T>): Promise<T>;
  state(): ControlState;
  stop(): Promise<void>;
}

export interface ControlOptions {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly secret: string;
  /** How long one action may take, waiting for the connection included. */
  readonly actionMs?: number;
  /** How long all the actions of `facts` or `replaceDb` may take together. */
  readonly jobMs?: number;
  readonly connectMs?: number;
  readonly bootMs?: number;
  readonly mostItems?: number;
  readonly pingEveryMs?: number;
  readonly pingMs?: number;
  readonly backoff?: Backoff;
}

/** Sends one action, over whatever connection there is. One that is given more than `actionMs` may outlast its job. */
export type Ask = (
  action: string,
  fields?: Readonly<Record<string, string>>,
  withinMs?: number,
) => Promise<Answer>;

const DEFAULTS = {
  actionMs: 10_000,
  jobMs: 60_000,
  connectMs: 5_000,
  bootMs: 30_000,
  mostItems: 100_000,
  pingEveryMs: 10_000,
  pingMs: 5_000,
  backoff: { firstMs: 100, mostMs: 5_000 },
} as const;
/** A connection that lasted this long was a success; shorter ones lengthen the wait. */
const SOUND_MS = 10_000;

function unreachable(why: string): RingfenceError {
  return new RingfenceError("asterisk-unreachable", why);
}

/** Keeps one AMI connection for actions, for ever: begins at once, ends with `stop`. */
export function startControl(options: ControlOptions, parts: { log: Log; random: Random }): Control {
  return new Connection({ ...DEFAULTS, ...options }, parts);
}

class Connection implements Control {
  private readonly stopping = new AbortController();
  private readonly running: Promise<void>;
  private readonly waiting = new Set<() => void>();
  private readonly names;
  private link: Link | null = null;
  private connections = 0;
  private connectedSinceMs: number | null = null;
  private lastError: string | null = null;
  private writing: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly options: LinkOptions & Required<ControlOptions>,
    private readonly parts: { log: Log; random: Random },
  ) {
    this.names = hostNames(parts.log);
    this.running = this.keep();
  }

  facts(): ReturnType<AsteriskControl["facts"]> {
    return readFacts(this.asking(), this.names, this.parts.log);
  }

  replaceDb(family: string, entries: ReadonlyMap<string, string>): Promise<void> {
    // One after the other, lest two of them put and delete the same keys.
    const done = this.writing.then(() => replaceDb(this.asking(), family, entries));
    this.writing = done.catch(() => undefined);
    return done;
  }

  job<T>(work: (ask: Ask) => Promise<T>): Promise<T> {
    return work(this.asking());
  }

  async jobNow<T>(work: (ask: Ask) => Promise<T>): Promise<T> {
    if (this.link === null && this.lastError !== null) throw unreachable(this.lastError);
    return this.job(work);
  }

  state(): ControlState {
    const { connectedSinceMs, lastError } = this;
    return { connectedSinceMs, reconnects: Math.max(0, this.connections - 1), lastError };
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.link?.close("the daemon stops");
    this.waiting.forEach((wake) => wake());
    await this.running;
  }

  /** For one job: its actions share the time that the job has. */
  private asking(): Ask {
    const endMs = performance.now() + this.options.jobMs;
    const { actionMs } = this.options;
    return async (action, fields = {}, withinMs = actionMs) => {
      checkRequest(action, fields);
      const ownEndMs = performance.now() + withinMs;
      const untilMs = withinMs > actionMs ? ownEndMs : Math.min(endMs, ownEndMs);
      const link = await this.connected(untilMs);
      return link.act(action, fields, Math.max(1, untilMs - performance.now()));
    };
  }

  private async connected(untilMs: number): Promise<Link> {
    while (this.link === null) {
      const ms = untilMs - performance.now();
      if (ms <= 0 || this.isStopping()) {
        const why = this.stopping.signal.aborted
          ? "no AMI connection: the daemon stops"
          : (this.lastError ?? "no AMI connection yet");
        throw unreachable(why);
      }
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          clearTimeout(timer);
          this.waiting.delete(wake);
          resolve();
        };
        const timer = setTimeout(wake, ms);
        this.waiting.add(wake);
      });
    }
    return this.link;
  }

  private async keep(): Promise<void> {
    const { signal } = this.stopping;
    let failures = 0;
    while (!this.isStopping()) {
      const beganMs = performance.now();
      try {
        const link = await openLink(this.options, signal);
        this.use(link);
        const reason = await this.watch(link);
        if (this.isStopping()) return;
        this.tell(new RingfenceError("asterisk-unreachable", `AMI connection lost: ${reason}`));
      } catch (error) {
        if (this.isStopping()) return;
        this.tell(error);
      }
      failures = performance.now() - beganMs >= SOUND_MS ? 1 : failures + 1;
      const ms = backoffMs(this.options.backoff, failures, this.parts.random);
      await pause(ms, undefined, { signal }).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
    }
  }

  private isStopping(): boolean {
    return this.stopping.signal.aborted;
  }

  private use(link: Link): void {
    this.link = link;
    this.connections += 1;
    this.connectedSinceMs = Date.now();
    this.lastError = null;
    this.parts.log.info("AMI control connection is up", { reconnects: this.connections - 1 });
    this.waiting.forEach((wake) => wake());
  }

  /** Resolves to why the connection is over. */
  private async watch(link: Link): Promise<string> {
    if (this.isStopping()) link.close("the daemon stops");
    const timer = setInterval(() => {
      link.act("Ping", {}, this.options.pingMs).catch((error: unknown) => link.close(String(error)));
    }, this.options.pingEveryMs);
    const reason = await link.over;
    clearInterval(timer);
    this.link = null;
    this.connectedSinceMs = null;
    return reason;
  }

  /** Once for each fault, not for each try. */
  private tell(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    if (reason === this.lastError) return;
    this.lastError = reason;
    const byHand = error instanceof RingfenceError && error.code === "asterisk-refused";
    this.parts.log[byHand ? "error" : "warn"]("no AMI control connection", { reason });
  }
}
