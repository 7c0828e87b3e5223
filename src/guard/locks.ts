import type { Lock } from "../domain/intrusion/ban.js";
import type { BanRefusal } from "./bans.js";
import { nameText } from "./explain-words.js";
import { NextEnd } from "./next-end.js";
import type { After, Clock, LockStore, Log, Stop, Tell } from "./ports.js";

export interface LocksParts {
  readonly store: LockStore;
  /** Whether the account is a trunk, which is never shut. */
  readonly isTrunk: (account: string) => boolean;
  /** Called after each change of what is in force: Asterisk is to be told. */
  readonly changed: () => void;
  readonly clock: Clock;
  readonly after: After;
  readonly tell: Tell;
  readonly log: Log;
}

export interface LockWish {
  readonly account: string;
  /** How many sources tried it. */
  readonly sources: number;
  readonly lockMs: number;
  readonly by: string;
}

/** Accounts shut to all but their known sources, since many strangers try them. Account names are hostile text. */
export class Locks {
  private locks = new Map<string, Lock>();
  private readonly nextEnd: NextEnd;

  constructor(private readonly parts: LocksParts) {
    const { clock, after } = parts;
    this.nextEnd = new NextEnd({ clock, after, job: () => this.hasChanged() });
  }

  /** Reads the locks in force. Throws a RingfenceError where the store fails. */
  start(): Stop {
    const { store, clock } = this.parts;
    this.locks = new Map(store.inForce(clock.nowMs()).map((lock) => [lock.account, lock]));
    this.hasChanged();
    return () => {
      this.nextEnd.stop();
      return Promise.resolve();
    };
  }

  /** From now on, in the place of a lock that is in force already. */
  lock({ account, sources, lockMs, by }: LockWish): Lock | BanRefusal {
    const { store, isTrunk, clock, tell, log } = this.parts;
    if (isTrunk(account)) {
      const message = `${nameText(account)} is a trunk, and trunks are never shut.`;
      return { refused: "protected", message };
    }
    const nowMs = clock.nowMs();
    const lock = store.add({ account, fromMs: nowMs, untilMs: nowMs + lockMs, by, sources });
    this.locks.set(account, lock);
    log.info("lock", { account, sources, untilMs: lock.untilMs, by });
    tell({ type: "lock", lock });
    this.hasChanged();
    return lock;
  }

  lift(account: string, by: string): Lock[] | BanRefusal {
    const { store, clock, tell, log } = this.parts;
    const lifted = store.lift(account, clock.nowMs(), by);
    this.locks.delete(account);
    if (lifted.length === 0) return { refused: "not-found", message: `${nameText(account)} is not locked.` };
    log.info("lock lifted", { account, by });
    tell({ type: "unlock", account, by });
    this.hasChanged();
    return lifted;
  }

  /** Newest first. */
  inForce(): Lock[] {
    const nowMs = this.parts.clock.nowMs();
    return [...this.locks.values()].filter(({ untilMs }) => untilMs > nowMs).sort((a, b) => b.id - a.id);
  }

  lockOf(account: string): Lock | null {
    const lock = this.locks.get(account);
    return lock !== undefined && lock.untilMs > this.parts.clock.nowMs() ? lock : null;
  }

  private hasChanged(): void {
    const nowMs = this.parts.clock.nowMs();
    for (const { account, untilMs } of [...this.locks.values()]) {
      if (untilMs <= nowMs) this.locks.delete(account);
    }
    this.nextEnd.set([...this.locks.values()].map(({ untilMs }) => untilMs));
    this.parts.changed();
  }
}
