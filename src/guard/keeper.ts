import type { Target } from "../domain/address.js";
import { RingfenceError } from "../domain/error.js";
import { Enforcement } from "./enforcement.js";
import type { After, Clock, Firewall, HeldShut, Log, Stop } from "./ports.js";
import type { Protection } from "./protection.js";
import { planRepair, type Repair, type ShutBan } from "./repair.js";
import { inSlices } from "./slices.js";

export interface KeeperParts {
  readonly firewall: Firewall;
  readonly bans: { inForce(nowMs: number): Iterable<ShutBan> };
  readonly protection: Pick<Protection, "targets" | "onChange">;
  readonly clock: Clock;
  readonly after: After;
  readonly log: Log;
}

export interface KeeperState {
  /** The firewall's name. */
  readonly firewall: string;
  /** When the kernel was last found, or made, to hold what it should; null before the first time. */
  readonly comparedAtMs: number | null;
  /** Bans in force, and targets that the kernel held once the last comparison had mended them. */
  readonly inForce: number;
  readonly held: number;
  /** Decided, and not in the kernel yet. */
  readonly pending: number;
  /** In a row; 0: all is well. */
  readonly failures: number;
  readonly lastError: string | null;
}

const COMPARE_EVERY_MS = 5_000;
/** Where comparing is slow it is done less often, so that it takes about a twentieth of the time. */
const REST_PER_WORK = 20;
/** Never less often than this: a busy machine is what an attack looks like, and bans that somebody flushed are missed most then. */
const COMPARE_AT_LEAST_EVERY_MS = 30_000;
/** The first is for a table that somebody flushed: it is made anew at once. */
const RETRY_MS = [0, 250, 500, 1_000, 2_000, 5_000, 10_000];
/** So many targets are named in a log line. */
const NAMED = 20;

/** Makes the kernel hold what the store says: decisions at once, and everything else by comparing the two. */
export class Keeper {
  private readonly enforcement: Enforcement;
  private comparing: Promise<void> | null = null;
  private compareAgain = false;
  private cancelNext: () => void = () => undefined;
  private protectedNow: readonly Target[] | null = null;
  /** Wished for since the comparison under way began, or just before: its listing says nothing of them. Empty between two. */
  private unsettled = new Set<Target>();
  private suspects: ReadonlySet<Target> = new Set();
  private comparedAtMs: number | null = null;
  private inForce = 0;
  private held = 0;
  private failures = 0;
  private lastError: string | null = null;
  private stopped = false;
  private unsubscribe: () => void = () => undefined;

  constructor(private readonly parts: KeeperParts) {
    const { firewall, clock } = parts;
    this.enforcement = new Enforcement({ firewall, clock, onFailure: (error) => this.failed(error) });
  }

  /** Compares at once, and from then on. Bans stay in the kernel after the stop. */
  start(): Stop {
    this.unsubscribe = this.parts.protection.onChange(() => this.compareNow());
    this.compareNow();
    return () => this.stop();
  }

  /** Sends what is decided by now, and nothing after that. May be called again. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.unsubscribe();
    this.cancelNext();
    await this.comparing;
    await this.enforcement.send();
    this.enforcement.setOpen(false);
  }

  /** Sends what was just decided and stored. Returns before it is in force, never throws: what fails is tried again. */
  enforce(shut: readonly ShutBan[], open: readonly Target[]): void {
    for (const target of open) this.enforcement.wish(target, "open");
    for (const ban of shut) this.enforcement.wish(ban.target, ban);
    if (this.comparing !== null) {
      for (const target of open) this.unsettled.add(target);
      for (const ban of shut) this.unsettled.add(ban.target);
    }
    void this.enforcement.send();
  }

  state(): KeeperState {
    return {
      firewall: this.parts.firewall.name,
      comparedAtMs: this.comparedAtMs,
      inForce: this.inForce,
      held: this.held,
      pending: this.enforcement.waiting(),
      failures: this.failures,
      lastError: this.lastError,
    };
  }

  private compareNow(): void {
    if (this.stopped) return;
    if (this.comparing !== null) {
      this.compareAgain = true;
      return;
    }
    this.cancelNext();
    const startedMs = this.parts.clock.nowMs();
    this.comparing = this.compare()
      .catch((error: unknown) => this.failed(error))
      .finally(() => {
        this.comparing = null;
        this.unsettled = new Set();
        const tookMs = this.parts.clock.nowMs() - startedMs;
        const rest = Math.min(Math.max(COMPARE_EVERY_MS, tookMs * REST_PER_WORK), COMPARE_AT_LEAST_EVERY_MS);
        this.later(this.compareAgain ? 0 : this.failures > 0 ? this.retryMs() : rest);
        this.compareAgain = false;
      });
  }

  private async compare(): Promise<void> {
    const madeAnew = await this.putInPlace();
    this.enforcement.retryRefused();
    this.unsettled = this.enforcement.targets();
    void this.enforcement.send();

    // Decisions go on reaching the kernel while it is listed.
    const held = await this.heldNow();
    if (held === null) return;
    const nowMs = this.parts.clock.nowMs();
    const inForce = this.parts.bans.inForce(nowMs);
    const { suspects, unsettled } = this;
    const repair = await planRepair({ inForce, held, nowMs, suspects, unsettled });
    this.report(repair, madeAnew);
    this.suspects = repair.suspects;
    this.inForce = repair.inForce;
    this.held = held.length;

    // What was decided while this was worked out is newer.
    const wish = (target: Target, what: ShutBan | "open"): void => {
      if (!unsettled.has(target)) this.enforcement.wish(target, what);
    };
    for (const bans of [repair.missing, repair.different])
      await inSlices(bans, (ban) => wish(ban.target, ban));
    await inSlices(repair.open, (target) => wish(target, "open"));
    if (!(await this.enforcement.send())) return;
    this.held = held.length + repair.missing.length - repair.open.length;
    this.comparedAtMs = nowMs;
    this.failures = 0;
    this.lastError = null;
  }

  /** What the kernel holds; null while bans come faster than it can be listed. Each of them is acknowledged, and what is flushed
   *  or damaged is seen without a listing, so comparing can wait for a calmer moment. */
  private async heldNow(): Promise<readonly HeldShut[] | null> {
    try {
      return await this.parts.firewall.held();
    } catch (error) {
      if (!(error instanceof RingfenceError) || error.code !== "busy") throw error;
      this.parts.log.debug("the kernel is compared later", { reason: error.message });
      return null;
    }
  }

  /** Resolves to whether the firewall had to be made anew. */
  private async putInPlace(): Promise<boolean> {
    const { firewall, protection } = this.parts;
    try {
      const madeAnew = await firewall.prepare();
      const targets = protection.targets();
      if (targets !== this.protectedNow) await firewall.protect(targets);
      this.protectedNow = targets;
      this.enforcement.setOpen(true);
      return madeAnew;
    } catch (error) {
      this.enforcement.setOpen(false);
      throw error;
    }
  }

  private report({ missing, different, open }: Repair, madeAnew: boolean): void {
    const { log } = this.parts;
    const count = missing.length;
    if (this.comparedAtMs === null) log.info("bans in force are in the kernel", { restored: count });
    else if (madeAnew) log.warn("the firewall was emptied or damaged, and is made anew", { restored: count });
    else if (count > 0) log.warn("the kernel lacked bans", { count, targets: named(missing) });
    if (different.length > 0) {
      log.warn("the kernel had bans with another end or scope", {
        count: different.length,
        targets: named(different),
      });
    }
    if (open.length > 0) {
      const targets = open.slice(0, NAMED);
      log.warn("the kernel shut out what no ban asks for; opened", { count: open.length, targets });
    }
  }

  private failed(error: unknown): void {
    this.failures += 1;
    this.lastError = error instanceof Error ? error.message : String(error);
    const fields = { error, failures: this.failures, inMs: this.retryMs() };
    // A table that was flushed fails once, and is there again right after.
    if (this.failures === 1) this.parts.log.warn("the firewall did not take a change; trying again", fields);
    else this.parts.log.error("bans are not enforced: the firewall fails; trying again", fields);
    if (this.comparing === null) this.later(this.retryMs());
  }

  private retryMs(): number {
    return RETRY_MS[Math.min(this.failures, RETRY_MS.length) - 1] ?? 0;
  }

  private later(ms: number): void {
    this.cancelNext();
    if (!this.stopped) this.cancelNext = this.parts.after(ms, () => this.compareNow());
  }
}

function named(bans: readonly ShutBan[]): Target[] {
  return bans.slice(0, NAMED).map(({ target }) => target);
}
