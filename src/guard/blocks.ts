import type { Source, Target } from "../domain/address.js";
import type { Block, BlockInForce, NewBlock, Standing } from "../domain/intrusion/ban.js";
import { isHandsOff, NOTHING_SEEN, type BanRefusal, type ByHand } from "./bans.js";
import { nameText } from "./explain-words.js";
import { NextEnd } from "./next-end.js";
import type { After, BlockStore, Clock, Log, Stop, Tell } from "./ports.js";
import type { Protection } from "./protection.js";

export interface BlockBookParts {
  readonly store: BlockStore;
  readonly protection: Pick<Protection, "reasonFor" | "onChange">;
  /** Whether the account is a trunk, which is never shut. */
  readonly isTrunk: (account: string) => boolean;
  /** For the record of a block by hand. */
  readonly standingOf: (source: Target) => Standing;
  /** Called after each change of what is in force: Asterisk is to be told. */
  readonly changed: () => void;
  readonly clock: Clock;
  readonly after: After;
  readonly tell: Tell;
  readonly log: Log;
}

/** Whose blocks: of an account at every source, or at a source of every account. */
export type WhoseBlocks = { readonly account: string } | { readonly source: Source };

const LONGEST_MS = 10 * 365 * 86_400_000;
const HISTORY = 50;

/** Every block, and the one way to make or lift one: checked, stored, told; who enforces them hears of each change, the end of
 *  one included, since an ACL in Asterisk does not end by itself. Account names are hostile text. */
export class BlockBook {
  /** By account, then by source. */
  private blocks = new Map<string, Map<Source, BlockInForce>>();
  private readonly nextEnd: NextEnd;

  constructor(private readonly parts: BlockBookParts) {
    const { clock, after } = parts;
    this.nextEnd = new NextEnd({ clock, after, job: () => this.dropEnded() });
  }

  /** Reads the blocks in force, and lifts those that are protected by now. Throws a RingfenceError where the store fails. */
  start(): Stop {
    const { store, clock, protection } = this.parts;
    this.blocks = new Map();
    for (const block of store.inForce(clock.nowMs())) this.keep(block);
    this.liftProtected();
    this.hasChanged();
    const unsubscribe = protection.onChange(() => this.liftProtected());
    return () => {
      unsubscribe();
      this.nextEnd.stop();
      return Promise.resolve();
    };
  }

  /** In the place of a block of the same account and source, if there is one; but the machine never cuts short what was blocked
   *  by hand, and is then given that block. */
  block(block: NewBlock): Block | BanRefusal {
    const { account, source } = block;
    const { store, tell, log, clock } = this.parts;
    const reason = this.reasonAgainst(account, source);
    if (reason !== null) {
      log.warn("block refused: protected", { account, source, trigger: block.trigger, reason });
      const message = `${nameText(account)} can't be blocked at ${source}: ${reason}.`;
      return { refused: "protected", message };
    }
    const present = this.blockOf(account, source);
    if (present !== null && isHandsOff(present, block)) {
      const [kept] = store.byIds([present.id]);
      if (kept !== undefined) return kept;
    }
    const stored = store.add(block);
    this.keep(stored);
    const { cause, trigger, rung, untilMs, by, evidence } = stored;
    log.info("block", { account, source, cause, trigger, rung, untilMs, by, attempts: evidence.attempts });
    tell({ type: "block", block: stored });
    this.hasChanged(clock.nowMs());
    return stored;
  }

  blockByHand(account: string, source: Source, { durationMs, note, by }: ByHand): Block | BanRefusal {
    if (durationMs !== null && !(durationMs > 0 && durationMs <= LONGEST_MS)) {
      const message =
        "A block lasts more than nothing and at most ten years; leave the duration out for one without an end.";
      return { refused: "refused", message };
    }
    const nowMs = this.parts.clock.nowMs();
    return this.block({
      account,
      source,
      cause: "by-hand",
      trigger: "by-hand",
      standing: this.parts.standingOf(source),
      proof: "unproven",
      rung: 0,
      fromMs: nowMs,
      untilMs: durationMs === null ? null : nowMs + Math.ceil(durationMs),
      note,
      by,
      evidence: { ...NOTHING_SEEN, summary: "Blocked by hand." },
    });
  }

  lift(account: string, source: Source, by: string): Block[] | BanRefusal {
    const lifted = this.end(account, source, by);
    if (lifted.length === 0) {
      return { refused: "not-found", message: `${nameText(account)} is not blocked at ${source}.` };
    }
    this.hasChanged();
    return lifted;
  }

  inForce(): BlockInForce[] {
    const nowMs = this.parts.clock.nowMs();
    const all = [...this.blocks.values()].flatMap((ofAccount) => [...ofAccount.values()]);
    return all.filter((block) => isInForce(block, nowMs));
  }

  /** The block of this pair that is in force; null where there is none. */
  blockOf(account: string, source: Source): BlockInForce | null {
    const block = this.blocks.get(account)?.get(source);
    return block !== undefined && isInForce(block, this.parts.clock.nowMs()) ? block : null;
  }

  /** Those in force, whole, newest first. */
  inForceOf(whose: WhoseBlocks): Block[] {
    const nowMs = this.parts.clock.nowMs();
    const all =
      "account" in whose
        ? [...(this.blocks.get(whose.account)?.values() ?? [])].filter((block) => isInForce(block, nowMs))
        : this.inForce().filter(({ source }) => source === whose.source);
    return all.length === 0 ? [] : this.parts.store.byIds(all.map(({ id }) => id));
  }

  /** Puts a note on the newest block of the pair; null takes it away. */
  setNote(account: string, source: Source, note: string | null, by: string): Block | BanRefusal {
    const noted = this.parts.store.setNote(account, source, note, this.parts.clock.nowMs(), by);
    if (noted !== null) return noted;
    const message = `${nameText(account)} was never blocked at ${source}: there is nothing to note it on.`;
    return { refused: "not-found", message };
  }

  /** Every block of this pair, newest first: what the ladder goes by. */
  historyOf(account: string, source: Source): Block[] {
    return this.parts.store.historyOf(account, source, HISTORY);
  }

  private reasonAgainst(account: string, source: Source): string | null {
    if (this.parts.isTrunk(account)) return "it is a trunk, and trunks are never shut";
    return this.parts.protection.reasonFor(source);
  }

  private keep({ id, account, source, trigger, untilMs }: BlockInForce): void {
    const ofAccount = this.blocks.get(account) ?? new Map<Source, BlockInForce>();
    ofAccount.set(source, { id, account, source, trigger, untilMs });
    this.blocks.set(account, ofAccount);
  }

  private forget(account: string, source: Source): void {
    const ofAccount = this.blocks.get(account);
    if (ofAccount?.delete(source) === true && ofAccount.size === 0) this.blocks.delete(account);
  }

  private end(account: string, source: Source, by: string): Block[] {
    const { store, clock, tell, log } = this.parts;
    const lifted = store.lift(account, source, clock.nowMs(), by);
    this.forget(account, source);
    if (lifted.length === 0) return [];
    log.info("block lifted", { account, source, by });
    tell({ type: "unblock", account, source, by });
    return lifted;
  }

  private liftProtected(): void {
    let lifted = 0;
    for (const { account, source } of this.inForce()) {
      const reason = this.reasonAgainst(account, source);
      if (reason === null) continue;
      this.parts.log.warn("block lifted, since it is protected now", { account, source, reason });
      lifted += this.end(account, source, "protection").length;
    }
    if (lifted > 0) this.hasChanged();
  }

  private dropEnded(): void {
    const nowMs = this.parts.clock.nowMs();
    for (const ofAccount of [...this.blocks.values()]) {
      for (const block of [...ofAccount.values()]) {
        if (isInForce(block, nowMs)) continue;
        this.forget(block.account, block.source);
        this.parts.log.info("block is over", { account: block.account, source: block.source });
      }
    }
    this.hasChanged(nowMs);
  }

  private hasChanged(nowMs = this.parts.clock.nowMs()): void {
    const all = [...this.blocks.values()].flatMap((ofAccount) => [...ofAccount.values()]);
    this.nextEnd.set(all.filter((block) => isInForce(block, nowMs)).map(({ untilMs }) => untilMs));
    this.parts.changed();
  }
}

function isInForce(block: Pick<BlockInForce, "untilMs">, nowMs: number): boolean {
  return block.untilMs === null || block.untilMs > nowMs;
}
