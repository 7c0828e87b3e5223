import type { Source } from "../domain/address.js";
import { areaName } from "../domain/calling/area-rule.js";
import { Ledger, type LedgerChange, type LedgerState, UNTOLD } from "../domain/calling/ledger.js";
import { limitsFor } from "../domain/calling/limits.js";
import type { Standing } from "../domain/intrusion/ban.js";
import type { Policy } from "../domain/policy.js";
import { CallScripts } from "./call-scripts.js";
import type { After, CallEnd, CallLogEntry, Clock, Log, SpendStore, Stop, Tell } from "./ports.js";
import { SpendWarnings } from "./spend-warnings.js";

export interface LimitBookParts {
  readonly store: SpendStore;
  readonly policy: () => Policy;
  /** Puts a change before whoever judges calls. */
  readonly forward: (change: LedgerChange) => void;
  readonly standingOf: (source: Source) => Standing;
  /** A call was tried from `source`. */
  readonly onAttempt: (source: Source, atMs: number) => void;
  readonly after: After;
  readonly clock: Clock;
  readonly tell: Tell;
  readonly log: Log;
}

export interface Spend {
  readonly extension: string | null;
  /** Running calls with what they cost if they ended now. */
  readonly spentMicros: number;
  /** Running calls with all that is reserved for them. */
  readonly committedMicros: number;
  /** Null: no limit. */
  readonly limitMicros: number | null;
  /** Calls that run. */
  readonly running: number;
}

/** How often ends that nobody told, warnings, and what could not be stored are seen to. */
const TICK_MS = 15_000;
/** Beyond that a broken store costs memory for nothing: the newest are kept. */
const MOST_UNWRITTEN = 100_000;

/** The daemon's copy of the ledger that calls are judged by: stored, told of, and handed to a new thread. Calls begin where they are
 *  judged and end here; neither waits for the other. */
export class LimitBook {
  readonly ledger: Ledger;
  private unwritten: LedgerChange[] = [];
  private holdsBack = false;
  private readonly warnings: SpendWarnings;
  private readonly scripts = new CallScripts();
  private cancelTick: (() => void) | null = null;

  /** Reads what earlier runs knew. */
  constructor(private readonly parts: LimitBookParts) {
    this.ledger = new Ledger(parts.store.load(parts.clock.nowMs()));
    this.warnings = new SpendWarnings(parts);
  }

  start(): Stop {
    this.tickLater();
    return () => {
      this.cancelTick?.();
      this.cancelTick = null;
      this.write();
      return Promise.resolve();
    };
  }

  /** For a thread that begins to judge calls. */
  state(): LedgerState {
    return this.ledger.state(this.parts.clock.nowMs());
  }

  /** What `read` tells of is stored together. */
  inOneGo(read: () => void): void {
    this.holdsBack = true;
    try {
      read();
    } finally {
      this.holdsBack = false;
      this.write();
    }
  }

  /** What a judged call changed; in the order in which it happened. */
  judged(change: LedgerChange): void {
    const firstCountry = change.type === "country" && !this.ledger.hasCalled(change.extension, change.area);
    const newSource =
      change.type === "source" && this.ledger.calledFrom(change.extension, change.source) === "elsewhere";
    this.keep(change);
    if (firstCountry) this.tellCountry(change.extension, change.area);
    if (newSource) this.tellSource(change.extension, change.source);
    if (change.type === "attempt" && change.source !== null) this.attempted(change.source, change.atMs);
    if (change.type === "settled") this.warn();
  }

  /** What a call changed whose judge is gone, and which may be known. */
  recovered(change: LedgerChange): void {
    const isKnown =
      change.type === "dialled" &&
      this.ledger.runningCall(change.call.channelId)?.startedAtMs === change.call.startedAtMs;
    if (!isKnown) this.judged(change);
  }

  /** A verdict was given. */
  logged({ verdict }: Pick<CallLogEntry, "verdict">): void {
    if (verdict.reason === "spend-limit")
      this.warnings.refused(verdict.from ?? UNTOLD, this.ledger, this.policy());
  }

  ended({ channelId, answeredAtMs, endedAtMs }: CallEnd): void {
    const change = this.ledger.settlement(channelId, answeredAtMs, endedAtMs);
    if (change !== null) this.settle(change);
  }

  /** What was spent in the last 24 hours and what is left; `extension` null: of the whole system. */
  spend(extension: string | null): Spend {
    const nowMs = this.parts.clock.nowMs();
    const { systemSpendMicros, spendMicros } = limitsFor(this.policy(), extension);
    return {
      extension,
      spentMicros: this.ledger.spent(extension, nowMs),
      committedMicros: this.ledger.committed(extension, nowMs),
      limitMicros: extension === null ? systemSpendMicros : spendMicros,
      running: this.ledger.running(extension).length,
    };
  }

  /** Of every extension that has spent something or calls now, the dearest first. */
  spends(): Spend[] {
    return this.ledger
      .spenders(this.parts.clock.nowMs())
      .filter((extension) => extension !== UNTOLD)
      .map((extension) => this.spend(extension))
      .sort((a, b) => b.spentMicros - a.spentMicros);
  }

  /** Until when the calls of a source are refused, since a program places them; null: they are not. */
  pausedUntilMs(source: Source): number | null {
    return this.ledger.pausedUntil(source, this.parts.clock.nowMs());
  }

  private settle(change: LedgerChange): void {
    this.keep(change);
    this.parts.forward(change);
    this.warn();
  }

  private keep(change: LedgerChange): void {
    this.ledger.apply(change);
    if (change.type === "attempt") return;
    this.unwritten.push(change);
    if (!this.holdsBack) this.write();
  }

  /** What the store does not take is kept for the next time. */
  private write(): void {
    if (this.unwritten.length === 0) return;
    try {
      this.parts.store.add(this.unwritten);
      this.unwritten = [];
    } catch (error) {
      this.parts.log.error("what calls cost could not be stored; trying again", {
        error,
        waiting: this.unwritten.length,
      });
      if (this.unwritten.length > MOST_UNWRITTEN) this.unwritten = this.unwritten.slice(-MOST_UNWRITTEN);
    }
  }

  private attempted(source: Source, atMs: number): void {
    const { policy, standingOf, onAttempt, tell, log } = this.parts;
    onAttempt(source, atMs);
    const { calling, intrusion } = policy();
    const seconds = calling.limits.scriptPauseSeconds;
    if (!this.scripts.isScript(source, atMs, intrusion.callAttempts, intrusion.callWindowMs)) return;
    // A stranger is banned by the intrusion guard; who is protected is never acted on.
    if (seconds === null || standingOf(source) !== "known") return;
    const untilMs = atMs + seconds * 1_000;
    this.settle({ type: "pause", source, untilMs });
    const minutes = Math.ceil(seconds / 60);
    const detail = `A program places calls from ${source}: its calls are refused for ${minutes} min, but for emergency calls.`;
    log.warn("a source's calls are refused for a while", { source, untilMs });
    tell({ type: "alarm", slug: "call-script", detail });
  }

  private tellCountry(extension: string, area: string): void {
    if (limitsFor(this.policy(), nameOf(extension)).newCountry !== "alarm") return;
    this.alarm("new-country", `${who(extension)} called ${areaName(area)} for the first time.`);
  }

  private tellSource(extension: string, source: Source): void {
    if (limitsFor(this.policy(), nameOf(extension)).newSource !== "alarm") return;
    this.alarm("new-source", `${who(extension)} called from ${source} for the first time.`);
  }

  private warn(): void {
    this.warnings.look(this.ledger, this.policy());
  }

  private policy(): Policy {
    return this.parts.policy();
  }

  private alarm(slug: string, detail: string): void {
    this.parts.log.warn("call alarm", { slug, detail });
    this.parts.tell({ type: "alarm", slug, detail });
  }

  private tickLater(): void {
    this.cancelTick = this.parts.after(TICK_MS, () => {
      const nowMs = this.parts.clock.nowMs();
      for (const change of this.ledger.overdue(nowMs)) {
        this.parts.log.warn("nobody told how a call ended: it is counted at its longest", { change });
        this.settle(change);
      }
      this.scripts.forget(nowMs, this.policy().intrusion.callWindowMs);
      this.warn();
      this.write();
      this.tickLater();
    });
  }
}

function nameOf(extension: string): string | null {
  return extension === UNTOLD ? null : extension;
}

/** Names of endpoints come from Asterisk's configuration, and are still not trusted to be printable. */
export function who(extension: string): string {
  if (extension === UNTOLD) return "A caller that can't be told";
  return /^[\w.@+-]{1,80}$/.test(extension) ? `Extension ${extension}` : "An extension";
}
