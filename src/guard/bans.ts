import type { Source, Target } from "../domain/address.js";
import {
  NO_FINDINGS,
  type Ban,
  type BanInForce,
  type BanScope,
  type NewBan,
  type Standing,
} from "../domain/intrusion/ban.js";
import { TargetIndex } from "../domain/target-index.js";
import { BansHeld } from "./bans-held.js";
import type { Keeper } from "./keeper.js";
import type { BanBatch, BanFilter, BanStore, Clock, Log, Stop, Tell } from "./ports.js";
import type { Protection } from "./protection.js";

/** Bans for people to look at. */
export interface BanReader {
  byIds(...of: Parameters<BanStore["byIds"]>): readonly Ban[] | Promise<readonly Ban[]>;
  page(...of: Parameters<BanStore["page"]>): readonly Ban[] | Promise<readonly Ban[]>;
  newestId(): number | Promise<number>;
}

export interface BanBookParts {
  readonly store: BanStore;
  /** Whom lists are read from, so that a search holds nobody up; the store, unless it is somebody else. */
  readonly reader?: BanReader;
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
  /** Left out: `host`. */
  readonly scope?: BanScope | undefined;
}

/** Of one target. */
export interface BanRecord {
  /** Those that cover it now, narrowest first. */
  readonly inForce: readonly Ban[];
  /** All of exactly this target, newest first. */
  readonly history: readonly Ban[];
}

export interface BanPage {
  /** Newest first. */
  readonly bans: readonly Ban[];
  /** To be given to ask for the next page; null: this was the last. */
  readonly next: number | null;
}

const LONGEST_MS = 10 * 365 * 86_400_000;
const HISTORY = 50;
const FORGET_EVERY_MS = 60_000;
/** Bans that wait for their transaction's end. */
interface Batch {
  readonly stored: BanBatch;
  /** Each with the one that it took the place of. */
  readonly made: { readonly ban: Ban; readonly before: BanInForce | null }[];
}

/** So many bans are looked through at a time, so that the stream of events is read on meanwhile. */
const LOOK_THROUGH = 200;
/** And so many where hardly one of them is wanted: some milliseconds of the reading thread. */
const MOST_LOOKED_THROUGH = 3_200;
/** So many are searched for a text before others get their turn at the reading thread: ten milliseconds. */
const SEARCHED_A_TURN = 10_000;
/** So many are searched for one request. */
const SEARCHED_A_REQUEST = 100_000;

/** Every ban, and the one way to make or lift one: checked against what is protected, stored, enforced, told. Of a ban in force
 *  its end is kept in memory and the rest in the store, so that a hundred thousand fit. */
export class BanBook {
  private held = new BansHeld();
  private forgottenAtMs = 0;
  private gathering = false;
  private batch: Batch | null = null;

  constructor(private readonly parts: BanBookParts) {}

  /** Reads the bans in force, and lifts those that are protected by now. Throws a RingfenceError where the store fails. */
  start(): Stop {
    const { store, clock, protection } = this.parts;
    this.held = new BansHeld();
    for (const ban of store.inForce(clock.nowMs())) this.held.set(ban);
    this.liftProtected(protection.targets());
    const unsubscribe = protection.onChange((added) => this.liftProtected(added));
    return () => {
      unsubscribe();
      return Promise.resolve();
    };
  }

  /** Stores all bans that `work` brings in one transaction; they reach the kernel, and are told of, once it has ended. A flood that
   *  earns many bans at a time would else wait for a transaction each. `work` must not wait for anything. */
  inOneGo<T>(work: () => T): T {
    if (this.gathering) return work();
    this.gathering = true;
    try {
      return work();
    } finally {
      this.gathering = false;
      this.settle();
    }
  }

  /** Stores what was gathered so far. What can't be stored is no ban, and is told. */
  settle(): void {
    const { batch } = this;
    if (batch === null) return;
    this.batch = null;
    try {
      batch.stored.commit();
    } catch (error) {
      const { log, tell } = this.parts;
      for (const { ban, before } of batch.made.toReversed()) {
        if (before === null) this.held.delete(ban.target);
        else this.held.set(before);
      }
      const sources = batch.made.map(({ ban }) => ban.target);
      log.error("bans could not be stored", { error, count: sources.length, sources: sources.slice(0, 20) });
      const detail = `${sources.length} sources could not be banned, ${sources[0] ?? "none"} first.`;
      tell({ type: "alarm", slug: "ban-failed", detail });
      return;
    }
    this.announce(batch.made.map(({ ban }) => ban));
  }

  /** In the place of a ban of the same target, if there is one; but the machine never cuts short what was banned by hand,
   *  and is then given that ban. */
  ban(ban: NewBan): Ban | BanRefusal {
    const { protection, store, log, clock } = this.parts;
    const reason = protection.reasonFor(ban.target);
    if (reason !== null) {
      log.warn("ban refused: protected", { target: ban.target, trigger: ban.trigger, reason });
      return { refused: "protected", message: `${ban.target} can't be shut out: ${reason}.` };
    }
    const nowMs = clock.nowMs();
    this.forgetEnded(nowMs);
    const present = this.held.get(ban.target);
    if (present !== null && isInForce(present, nowMs) && isHandsOff(present, ban)) {
      const [kept] = store.byIds([present.id], {});
      if (kept !== undefined) return kept;
    }
    this.join();
    const stored = store.add(ban);
    this.held.set(stored);
    if (this.batch === null) this.announce([stored]);
    else this.batch.made.push({ ban: stored, before: present });
    return stored;
  }

  banByHand(target: Target, { durationMs, note, by, scope = "host" }: ByHand): Ban | BanRefusal {
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
      scope,
      rung: 0,
      fromMs: nowMs,
      untilMs: durationMs === null ? null : nowMs + Math.ceil(durationMs),
      note,
      by,
      evidence: { ...NOTHING_SEEN, summary: "Shut out by hand." },
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

  /** Puts a note on the newest ban of `target`; null takes it away. */
  setNote(target: Target, note: string | null, by: string): Ban | BanRefusal {
    const noted = this.parts.store.setNote(target, note, this.parts.clock.nowMs(), by);
    if (noted !== null) return noted;
    return { refused: "not-found", message: `${target} was never shut out: there is nothing to note it on.` };
  }

  inForce(): BanInForce[] {
    const nowMs = this.parts.clock.nowMs();
    return [...this.held.values()].filter((ban) => isInForce(ban, nowMs));
  }

  /** The same one by one, without a list of them all; what begins or ends while it is read may or may not be among it. */
  *eachInForce(): Generator<BanInForce> {
    const nowMs = this.parts.clock.nowMs();
    for (const ban of this.held.values()) if (isInForce(ban, nowMs)) yield ban;
  }

  /** How many are in force. */
  count(): number {
    return this.held.countAfter(this.parts.clock.nowMs());
  }

  /** Those in force that the filter lets through, a page at a time. @param before where the page before ended; null: the first */
  async list(filter: BanFilter, before: number | null, limit: number): Promise<BanPage> {
    const all = this.held.idsAfter(this.parts.clock.nowMs());
    const first = before === null ? 0 : all.findIndex((id) => id < before);
    const ids = first < 0 ? all.subarray(0, 0) : all.subarray(first);
    const bans: Ban[] = [];
    let size = LOOK_THROUGH;
    for (let from = 0; from < ids.length;) {
      if (from > 0) await new Promise((resolve) => setImmediate(resolve));
      const asked = ids.subarray(from, from + size);
      const found = await this.reader().byIds([...asked], filter, LOOK_THROUGH);
      bans.push(...found);
      if (bans.length > limit) return pageOf(bans, limit);
      const last = found.length < LOOK_THROUGH ? undefined : found.at(-1);
      from += last === undefined ? asked.length : asked.indexOf(last.id) + 1;
      // Where a filter lets few through, each question costs more than what it looks at.
      if (found.length < LOOK_THROUGH / 4) size = Math.min(size * 2, MOST_LOOKED_THROUGH);
    }
    return { bans, next: null };
  }

  /** The same over all bans that there ever were. A search looks through so many at most: a page of one may be short, or empty, and
   *  have a next one all the same. */
  async listAll(filter: BanFilter, before: number | null, limit: number): Promise<BanPage> {
    if (filter.text != null) return this.searchAll(filter, before, limit);
    const bans: Ban[] = [];
    for (let from = before; ; from = bans.at(-1)?.id ?? from) {
      const wanted = Math.min(LOOK_THROUGH, limit + 1 - bans.length);
      const found = await this.reader().page(filter, from, wanted);
      bans.push(...found);
      if (found.length < wanted || bans.length > limit) return pageOf(bans, limit);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** A text may stand in none of a million bans. They are read by and by, so that other pages get their turn in between, and no
   *  request takes long. */
  private async searchAll(filter: BanFilter, before: number | null, limit: number): Promise<BanPage> {
    const bans: Ban[] = [];
    let from = before ?? (await this.reader().newestId()) + 1;
    const end = Math.max(1, from - SEARCHED_A_REQUEST);
    while (from > end) {
      const lowest = Math.max(end, from - SEARCHED_A_TURN);
      const wanted = Math.min(LOOK_THROUGH, limit + 1 - bans.length);
      const found = await this.reader().page(filter, from, wanted, lowest);
      bans.push(...found);
      if (bans.length > limit) return pageOf(bans, limit);
      from = found.length < wanted ? lowest : (found.at(-1)?.id ?? lowest);
      await new Promise((resolve) => setImmediate(resolve));
    }
    return { bans, next: end > 1 ? end : null };
  }

  private reader(): BanReader {
    return this.parts.reader ?? this.parts.store;
  }

  /** The ban in force that covers `target`, the narrowest if there are several; null where none does. */
  banOf(target: Target): BanInForce | null {
    const nowMs = this.parts.clock.nowMs();
    return this.held.covering(target).find((ban) => isInForce(ban, nowMs)) ?? null;
  }

  isShutOut(source: Source): boolean {
    return this.banOf(source) !== null;
  }

  show(target: Target): BanRecord {
    const nowMs = this.parts.clock.nowMs();
    const covering = this.held.covering(target).filter((ban) => isInForce(ban, nowMs));
    const read = this.parts.store.byIds(
      covering.map(({ id }) => id),
      {},
    );
    const inForce = covering.flatMap(({ id }) => read.filter((ban) => ban.id === id));
    return { inForce, history: this.historyOf(target) };
  }

  historyOf(target: Target): Ban[] {
    // Within the transaction, if a ban is to follow: a read of its own costs as much as storing one.
    this.join();
    return this.parts.store.historyOf(target, HISTORY);
  }

  private join(): void {
    if (this.gathering) this.batch ??= { stored: this.parts.store.begin(), made: [] };
  }

  /** What is stored goes to the kernel first, and then to whoever listens. */
  private announce(bans: readonly Ban[]): void {
    const { keeper, log, tell } = this.parts;
    keeper.enforce(bans, []);
    for (const ban of bans) {
      const { target, cause, trigger, rung, untilMs, by, evidence } = ban;
      log.info("ban", { target, cause, trigger, rung, untilMs, by, attempts: evidence.attempts });
      tell({ type: "ban", ban });
    }
  }

  private end(target: Target, by: string): Ban[] {
    this.settle();
    const { store, keeper, tell, log, clock } = this.parts;
    const lifted = store.lift(target, clock.nowMs(), by);
    this.held.delete(target);
    if (lifted.length === 0) return [];
    keeper.enforce([], [target]);
    log.info("ban lifted", { target, by });
    tell({ type: "lift", target, by });
    return lifted;
  }

  private liftProtected(added: readonly Target[]): void {
    const { protection, log, clock } = this.parts;
    const nowMs = clock.nowMs();
    const shielded = new TargetIndex<Target>();
    for (const target of added) shielded.set(target, target);
    const around = new Set(added.flatMap((target) => this.held.covering(target).map((ban) => ban.target)));
    for (const ban of this.held.values()) {
      if (!isInForce(ban, nowMs)) continue;
      if (!around.has(ban.target) && shielded.covering(ban.target).length === 0) continue;
      log.warn("ban lifted, since it covers what is protected now", {
        target: ban.target,
        reason: protection.reasonFor(ban.target),
      });
      this.end(ban.target, "protection");
    }
  }

  /** Bans end by themselves; now and then those that have ended are dropped from memory. */
  private forgetEnded(nowMs: number): void {
    if (nowMs - this.forgottenAtMs < FORGET_EVERY_MS) return;
    this.forgottenAtMs = nowMs;
    for (const ban of this.held.values()) if (!isInForce(ban, nowMs)) this.held.delete(ban.target);
  }
}

/** The evidence of what was done by hand. */
export const NOTHING_SEEN = {
  ...NO_FINDINGS,
  attempts: 0,
  accounts: [],
  firstAtMs: null,
  lastAtMs: null,
  services: [],
  transports: [],
} as const;

/** Whether the machine's `next` would cut `present` short without a person having asked for it. */
export function isHandsOff(
  present: Pick<BanInForce, "trigger" | "untilMs">,
  next: Pick<NewBan, "trigger" | "untilMs">,
): boolean {
  if (present.trigger !== "by-hand" || next.trigger === "by-hand") return false;
  return present.untilMs === null || (next.untilMs !== null && next.untilMs <= present.untilMs);
}

function isInForce(ban: Pick<BanInForce, "untilMs">, nowMs: number): boolean {
  return ban.untilMs === null || ban.untilMs > nowMs;
}

/** @param bans one more than the page holds, where there are more */
function pageOf(bans: readonly Ban[], limit: number): BanPage {
  const page = bans.slice(0, limit);
  return { bans: page, next: bans.length > limit ? (page.at(-1)?.id ?? null) : null };
}
