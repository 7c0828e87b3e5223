import { asSource, type Source, type Target } from "../domain/address.js";
import { decisionOf, type Decision } from "../domain/intrusion/decision.js";
import type { Evidence } from "../domain/intrusion/security-event.js";
import type { IntrusionSettings } from "../domain/intrusion/settings.js";
import { formatSetting, settingNamed, withSettings } from "../domain/intrusion/settings-explained.js";
import type { BanBook } from "./bans.js";
import type { BlockBook } from "./blocks.js";
import type { Onlooker } from "./intrusion.js";
import type { After, Log, ShadowRun, ShadowStore, Stop, Tell } from "./ports.js";
import { Rehearsal, type Rehearsed, type RehearsalParts } from "./rehearsal.js";
import type { RuleRefused } from "./rules.js";
import { banFrom, blockFrom } from "./shadow-books.js";
import { compareWithLive, type ShadowResults } from "./shadow-results.js";

export interface ShadowParts extends Omit<
  RehearsalParts,
  "settings" | "onRehearsed" | "most" | "isShutAnyway"
> {
  readonly store: ShadowStore;
  /** The settings in force. */
  readonly live: () => IntrusionSettings;
  readonly bans: Pick<BanBook, "banOf">;
  readonly blocks: Pick<BlockBook, "blockOf">;
  readonly after: After;
  readonly tell: Tell;
  readonly log: Log;
}

export interface ShadowState {
  readonly running: boolean;
  /** By the settings' names, as people write them. */
  readonly changes: Readonly<Record<string, string>>;
  readonly settings: IntrusionSettings;
  /** Of the run, or of the last one; null: there was none. */
  readonly fromMs: number | null;
  readonly toMs: number | null;
  /** Why the run ended by itself; null: it did not. */
  readonly fault: string | null;
}

/** Fewer than live: an office with a guesser or two needs no more, and a flood costs half as much. */
const MOST = { sources: 20_000, targets: 20_000 };
const STORE_EVERY_MS = 5_000;
const WAITING = 10_000;

/** A second policy that judges live traffic and acts on nobody: the settings in force but for some, the same evidence and
 *  circumstances, books of its own. What it would have done is stored and told. Costs nothing while it does not run. */
export class Shadow implements Onlooker {
  private run: ShadowRun = { changes: {}, fromMs: null, toMs: null };
  private rehearsal: Rehearsal | null = null;
  private waiting: Decision[] = [];
  private fault: string | null = null;
  private cancel: () => void = () => undefined;

  constructor(private readonly parts: ShadowParts) {}

  /** Goes on with the run that the last stop of the daemon interrupted. Throws a RingfenceError where the store fails. */
  start(): Stop {
    this.run = this.parts.store.load();
    if (this.isRunning()) this.begin(this.parts.store.decisions(this.run.fromMs ?? 0));
    return () => {
      this.cancel();
      this.flush();
      this.rehearsal = null;
      return Promise.resolve();
    };
  }

  state(): ShadowState {
    const { changes, fromMs, toMs } = this.run;
    const settings = this.settings();
    return { running: this.rehearsal !== null, changes, settings, fromMs, toMs, fault: this.fault };
  }

  /** All or none. A run that is under way begins anew, so that its results are of one policy. */
  set(changes: Readonly<Record<string, unknown>>, by: string): RuleRefused | null {
    const fault = faultOf(changes) ?? null;
    if (fault !== null) return { refused: "refused", message: fault };
    const read = withSettings(this.settings(), changes);
    if ("faults" in read) {
      const faults = [...read.faults].map(
        ([name, why]) => `${/^[\w.-]{1,40}$/.test(name) ? name : "that name"}: ${why}`,
      );
      return { refused: "refused", message: faults.join("; ") };
    }
    const written = Object.keys(changes).flatMap((name): [string, string][] => {
      const field = settingNamed(name);
      return field === null ? [] : [[name, formatSetting(field, read.settings)]];
    });
    const next = { ...this.run.changes, ...Object.fromEntries(written) };
    this.change(next, by, `set ${written.map(([name, value]) => `${name} ${value}`).join(", ")}`);
    return null;
  }

  /** Takes these out, or all where none is named: the settings in force hold for them again. */
  reset(names: readonly string[], by: string): RuleRefused | null {
    const changes = new Map(Object.entries(this.run.changes));
    const strange = names.filter((name) => !changes.has(name));
    if (strange.length > 0) {
      return {
        refused: "not-found",
        message: "The shadow policy does not change that: ringfence detection shadow show",
      };
    }
    for (const name of names.length === 0 ? [...changes.keys()] : names) changes.delete(name);
    this.change(Object.fromEntries(changes), by, `took out ${names.length === 0 ? "all" : names.join(", ")}`);
    return null;
  }

  /** Begins a run; what the last one found is forgotten. */
  runBy(by: string): RuleRefused | null {
    if (this.rehearsal !== null) return { refused: "refused", message: "The shadow policy runs already." };
    const nowMs = this.parts.clock.nowMs();
    this.save({ ...this.run, fromMs: nowMs, toMs: null }, by, "started");
    this.begin([]);
    return null;
  }

  haltBy(by: string): RuleRefused | null {
    if (this.rehearsal === null) return { refused: "refused", message: "The shadow policy does not run." };
    this.halt();
    this.save({ ...this.run, toMs: this.parts.clock.nowMs() }, by, "stopped");
    return null;
  }

  /** What both did in the run, from `sinceMs` on. */
  results(sinceMs: number | null): ShadowResults {
    const { store, clock } = this.parts;
    this.flush();
    const { fromMs, toMs } = this.run;
    const from = Math.max(fromMs ?? clock.nowMs(), sinceMs ?? 0);
    const to = toMs ?? clock.nowMs();
    const shadow = fromMs === null ? [] : store.decisions(from);
    return compareWithLive(store.liveDecisions(from, to), shadow, { fromMs: from, toMs: to });
  }

  observe(evidence: Evidence): void {
    if (this.rehearsal !== null) this.guarded((rehearsal) => rehearsal.observe(evidence));
  }

  ping(source: Source, session: string, atMs: number): void {
    if (this.rehearsal !== null) this.guarded((rehearsal) => rehearsal.ping(source, session, atMs));
  }

  flood(source: Source, packets: number): void {
    if (this.rehearsal !== null) this.guarded((rehearsal) => rehearsal.flood(source, packets));
  }

  call(source: Source, atMs: number): void {
    if (this.rehearsal !== null) this.guarded((rehearsal) => rehearsal.call(source, atMs));
  }

  tick(): void {
    if (this.rehearsal !== null) this.guarded((rehearsal) => rehearsal.tick());
  }

  /** A person let it in: what the shadow held against it is forgiven as well. */
  lifted(target: Target, by: string): void {
    this.guarded((rehearsal) => rehearsal.lifted(target, asSource(target), by));
  }

  unblocked(account: string, source: Source, by: string): void {
    this.guarded((rehearsal) => rehearsal.unblocked(account, source, by));
  }

  private settings(): IntrusionSettings {
    const live = this.parts.live();
    const read = withSettings(live, this.run.changes);
    // What was written for an older release may no longer be allowed; it is refused one by one.
    if ("settings" in read) return read.settings;
    const good = Object.entries(this.run.changes).filter(([name]) => !read.faults.has(name));
    const again = withSettings(live, Object.fromEntries(good));
    return "settings" in again ? again.settings : live;
  }

  private change(changes: Readonly<Record<string, string>>, by: string, what: string): void {
    const running = this.rehearsal !== null;
    const times = running ? { fromMs: this.parts.clock.nowMs(), toMs: null } : {};
    if (running) this.halt();
    this.save({ ...this.run, ...times, changes }, by, what);
    if (running) this.begin([]);
  }

  private save(run: ShadowRun, by: string, change: string): void {
    this.parts.store.save(run, by, this.parts.clock.nowMs(), change);
    this.run = run;
    this.parts.log.info("shadow policy", { by, change });
  }

  private isRunning(): boolean {
    return this.run.fromMs !== null && this.run.toMs === null;
  }

  private begin(before: readonly Decision[]): void {
    const { parts } = this;
    this.fault = null;
    let settings = this.settings();
    let live = parts.live();
    const rehearsal = new Rehearsal({
      ...parts,
      // Asked for each piece of evidence: made anew only when the settings in force have changed.
      settings: () => {
        if (live !== parts.live()) [live, settings] = [parts.live(), this.settings()];
        return settings;
      },
      known: {
        // The live judge remembers it.
        saw: () => undefined,
        of: (source) => parts.known.of(source),
        lastSuccessAtMs: (account, source) => parts.known.lastSuccessAtMs(account, source),
        knownWithin: (network) => parts.known.knownWithin(network),
      },
      accounts: { saw: () => undefined, exists: (name) => parts.accounts.exists(name) },
      isShutAnyway: (target) => {
        const ban = parts.bans.banOf(target);
        return ban?.trigger === "by-hand" ? ban : null;
      },
      most: MOST,
      onRehearsed: (what) => this.take(what),
      log: { ...QUIET, error: (message, fields) => parts.log.error(message, fields) },
    });
    for (const decision of before) {
      rehearsal.keep(
        decision.account === null
          ? { ban: banFrom(decision) }
          : { block: blockFrom(decision, decision.account) },
      );
    }
    this.rehearsal = rehearsal;
    this.storeLater();
  }

  private halt(): void {
    this.cancel();
    this.flush();
    this.rehearsal = null;
  }

  private take(what: Rehearsed): void {
    if (what.action !== "ban" && what.action !== "block") return;
    const decision = decisionOf(what.action === "ban" ? what.ban : what.block);
    const { target, account } = decision;
    const { bans, blocks, tell, log } = this.parts;
    const source = asSource(target);
    const shutLive =
      bans.banOf(target) !== null ||
      (account !== null && source !== null && blocks.blockOf(account, source) !== null);
    if (this.waiting.length < WAITING) this.waiting.push(decision);
    log.info(account === null ? "shadow policy: would have banned" : "shadow policy: would have blocked", {
      target,
      account,
      trigger: decision.trigger,
      untilMs: decision.untilMs,
      live: shutLive,
    });
    tell({ type: "shadow", decision, shutLive });
  }

  private storeLater(): void {
    this.cancel = this.parts.after(STORE_EVERY_MS, () => {
      this.flush();
      if (this.rehearsal !== null) this.storeLater();
    });
  }

  /** In one transaction for many: a flood must not wait for each. */
  private flush(): void {
    const decisions = this.waiting;
    if (decisions.length === 0) return;
    this.waiting = [];
    try {
      this.parts.store.add(decisions, this.parts.clock.nowMs());
    } catch (error) {
      this.parts.log.error("what the shadow policy would have done could not be stored", {
        error,
        decisions: decisions.length,
      });
    }
  }

  /** Whatever goes wrong here must not reach the live judge: the run ends, and says why. */
  private guarded(work: (rehearsal: Rehearsal) => void): void {
    if (this.rehearsal === null) return;
    try {
      work(this.rehearsal);
    } catch (error) {
      this.fault = error instanceof Error ? error.message : String(error);
      this.parts.log.error("the shadow policy failed and is stopped", { error });
      this.halt();
    }
  }
}

/** What a shadow can't try out, since it is about what is remembered by both. */
function faultOf(changes: Readonly<Record<string, unknown>>): string | undefined {
  return Object.hasOwn(changes, "known")
    ? "known: a shadow goes by the sources that are known live; try it with ringfence replay"
    : undefined;
}

const quiet = () => undefined;
const QUIET: Log = { error: quiet, warn: quiet, info: quiet, debug: quiet };
