import type { Source, Target } from "../domain/address.js";
import { NO_FINDINGS, type Ban, type NewBan, type Standing } from "../domain/intrusion/ban.js";
import { TargetIndex } from "../domain/target-index.js";
import type { Keeper } from "./keeper.js";
import type { BanStore, Clock, Log, Stop, Tell } from "./ports.js";
import type { Protection } from "./protection.js";

export interface BanBookParts {
  readonly store: BanStore;
  readonly keeper: Pick<Keeper, "enforce">;
  readonly protection: Pick<Protection, "reasonFor" | "targets" | "onChange">;
  /** For the record of a ban by hand. */
  readonly standingOf: (target: Target) => Standing;
  readonly clock: Clock;
  readonly tell: Tell;
  readonly log: Log;
}

/** Understood, and not done; `message` says what to do instead. */
export interface BanRefusal {
  readonly refused: "protected" | "not-found" | "refused";
  readonly message: string;
}

export interface ByHand {
  /** Null: until lifted. */
  readonly durationMs: number | null;
  readonly note: string | null;
  readonly by: string;
}

/** Of one target. */
export interface BanRecord {
  /** Those that cover it now, narrowest first. */
  readonly inForce: readonly Ban[];
  /** All of exactly this target, newest first. */
  readonly history: readonly Ban[];
}

const LONGEST_MS = 10 * 365 * 86_400_000;
const HISTORY = 50;
const FORGET_EVERY_MS = 60_000;

/** Every ban, and the one way to make or lift one: checked against what is protected, stored, enforced, told. */
export class BanBook {
  private index = new TargetIndex<Ban>();
  private forgottenAtMs = 0;

  constructor(private readonly parts: BanBookParts) {}

  /** Reads the bans in force, and lifts those that are protected by now. Throws a RingfenceError where the store fails. */
  start(): Stop {
    const { store, clock, protection } = this.parts;
    this.index = new TargetIndex();
    for (const ban of store.inForce(clock.nowMs())) this.index.set(ban.target, ban);
    this.liftProtected(protection.targets());
    const unsubscribe = protection.onChange((added) => this.liftProtected(added));
    return () => {
      unsubscribe();
      return Promise.resolve();
    };
  }

  /** In the place of a ban of the same target, if there is one; but the machine never cuts short what was banned by hand,
   *  and is then given that ban. */
  ban(ban: NewBan): Ban | BanRefusal {
    const { protection, store, keeper, tell, log, clock } = this.parts;
    const reason = protection.reasonFor(ban.target);
    if (reason !== null) {
      log.warn("ban refused: protected", { target: ban.target, trigger: ban.trigger, reason });
      return { refused: "protected", message: `${ban.target} can't be shut out: ${reason}.` };
    }
    const nowMs = clock.nowMs();
    this.forgetEnded(nowMs);
    const present = this.index.get(ban.target);
    if (present !== null && isInForce(present, nowMs) && isHandsOff(present, ban)) return present;
    const stored = store.add(ban);
    this.index.set(stored.target, stored);
    keeper.enforce([stored], []);
    log.info("ban", {
      target: stored.target,
      cause: stored.cause,
      trigger: stored.trigger,
      rung: stored.rung,
      untilMs: stored.untilMs,
      by: stored.by,
      attempts: stored.evidence.attempts,
    });
    tell({ type: "ban", ban: stored });
    return stored;
  }

  banByHand(target: Target, { durationMs, note, by }: ByHand): Ban | BanRefusal {
    if (durationMs !== null && !(durationMs > 0 && durationMs <= LONGEST_MS)) {
      return {
        refused: "refused",
        message:
          "A ban lasts more than nothing and at most ten years; leave the duration out for one without an end.",
      };
    }
    const nowMs = this.parts.clock.nowMs();
    return this.ban({
      target,
      cause: "by-hand",
      trigger: "by-hand",
      standing: this.parts.standingOf(target),
      proof: "unproven",
      scope: "host",
      rung: 0,
      fromMs: nowMs,
      untilMs: durationMs === null ? null : nowMs + Math.ceil(durationMs),
      note,
      by,
      evidence: {
        ...NO_FINDINGS,
        attempts: 0,
        accounts: [],
        firstAtMs: null,
        lastAtMs: null,
        services: [],
        transports: [],
        summary: "Shut out by hand.",
      },
    });
  }

  /** Ends the ban of exactly `target`; resolves to what it was. */
  lift(target: Target, by: string): Ban[] | BanRefusal {
    const lifted = this.end(target, by);
    if (lifted.length > 0) return lifted;
    const around = this.banOf(target);
    const message =
      around === null
        ? `${target} is not shut out.`
        : `${target} is shut out with ${around.target}: lift that one.`;
    return { refused: "not-found", message };
  }

  inForce(): Ban[] {
    const nowMs = this.parts.clock.nowMs();
    return [...this.index.values()].filter((ban) => isInForce(ban, nowMs));
  }

  /** The ban in force that covers `target`, the narrowest if there are several; null where none does. */
  banOf(target: Target): Ban | null {
    return this.covering(target)[0] ?? null;
  }

  isShutOut(source: Source): boolean {
    return this.banOf(source) !== null;
  }

  show(target: Target): BanRecord {
    return { inForce: this.covering(target), history: this.historyOf(target) };
  }

  historyOf(target: Target): Ban[] {
    return this.parts.store.historyOf(target, HISTORY);
  }

  private covering(target: Target): Ban[] {
    const nowMs = this.parts.clock.nowMs();
    return this.index.covering(target).filter((ban) => isInForce(ban, nowMs));
  }

  private end(target: Target, by: string): Ban[] {
    const { store, keeper, tell, log, clock } = this.parts;
    const lifted = store.lift(target, clock.nowMs(), by);
    this.index.delete(target);
    if (lifted.length === 0) return [];
    keeper.enforce([], [target]);
    log.info("ban lifted", { target, by });
    tell({ type: "lift", target, by });
    return lifted;
  }

  private liftProtected(added: readonly Target[]): void {
    const { protection, log } = this.parts;
    const nowMs = this.parts.clock.nowMs();
    const bans = added.flatMap((target) => [...this.index.covering(target), ...this.index.within(target)]);
    for (const { target } of new Set(bans.filter((ban) => isInForce(ban, nowMs)))) {
      log.warn("ban lifted, since it covers what is protected now", {
        target,
        reason: protection.reasonFor(target),
      });
      this.end(target, "protection");
    }
  }

  /** Bans end by themselves; now and then those that have ended are dropped from memory. */
  private forgetEnded(nowMs: number): void {
    if (nowMs - this.forgottenAtMs < FORGET_EVERY_MS) return;
    this.forgottenAtMs = nowMs;
    for (const ban of [...this.index.values()]) if (!isInForce(ban, nowMs)) this.index.delete(ban.target);
  }
}

/** Whether `ban` would cut `present` short without a person having asked for it. */
function isHandsOff(present: Ban, ban: NewBan): boolean {
  if (present.trigger !== "by-hand" || ban.trigger === "by-hand") return false;
  return present.untilMs === null || (ban.untilMs !== null && ban.untilMs <= present.untilMs);
}

function isInForce(ban: Ban, nowMs: number): boolean {
  return ban.untilMs === null || ban.untilMs > nowMs;
}
