import type { Source } from "../address.js";
import type { AttemptKind } from "./attempt.js";
import type { Trigger } from "./ban.js";

export interface TriedName {
  readonly name: string;
  /** Last tried at. */
  atMs: number;
  /** Last tried with proof of the sender's address; -Infinity: never. */
  provenAtMs: number;
}

/** What is held against one source. The stamps are those of strikes.ts, in order of time. */
export interface Suspect {
  readonly source: Source;
  readonly attempts: number[];
  logins: number[] | null;
  names: TriedName[] | null;
  lastAtMs: number;
  lastKind: AttemptKind | null;
  lastAccount: string | null;
  /** Bit sets of services and transports, since the windows last stood empty. */
  services: number;
  transports: number;
  /** When an alarm was last raised for what would have banned a stranger. */
  alarms: Partial<Record<Trigger, number>> | null;
  /** Attempts heard since the source was banned. */
  afterBan: number;
  /** How suspicious, as the table sees it: strikes held. */
  level: number;
  older: Suspect | null;
  newer: Suspect | null;
}

/** Beyond this many strikes one source is as suspicious as another. */
const LEVELS = 32;

interface Queue {
  oldest: Suspect | null;
  newest: Suspect | null;
}

/** Suspects in bounded memory. Where room is needed, those whose strikes are all past go first, then the least suspicious,
 *  of these the one that was quiet for longest. A newcomer pushes out nobody with more than one strike, so spraying
 *  addresses does not help who has more against them. */
export class Suspects {
  private readonly bySource = new Map<Source, Suspect>();
  private readonly queues: Queue[] = Array.from({ length: LEVELS }, () => ({ oldest: null, newest: null }));
  private sweeping = 0;

  constructor(private readonly limit: number) {}

  get size(): number {
    return this.bySource.size;
  }

  get(source: Source): Suspect | null {
    return this.bySource.get(source) ?? null;
  }

  /** Made anew where there is none. Where all room is taken by worse ones, what is returned is not remembered.
   *  @param windowMs after which a strike is past */
  obtain(source: Source, atMs: number, windowMs: number): Suspect {
    const found = this.bySource.get(source);
    if (found !== undefined) return found;
    const suspect: Suspect = {
      source,
      attempts: [],
      logins: null,
      names: null,
      lastAtMs: atMs,
      lastKind: null,
      lastAccount: null,
      services: 0,
      transports: 0,
      alarms: null,
      afterBan: 0,
      level: 0,
      older: null,
      newer: null,
    };
    if (!this.makeRoom(atMs, windowMs)) return suspect;
    this.bySource.set(source, suspect);
    this.enqueue(suspect);
    return suspect;
  }

  /** To be called after each change of a suspect's strikes. */
  reorder(suspect: Suspect): void {
    if (this.bySource.get(suspect.source) !== suspect) return;
    this.dequeue(suspect);
    suspect.level = Math.min(LEVELS - 1, suspect.attempts.length + (suspect.logins?.length ?? 0));
    this.enqueue(suspect);
  }

  private makeRoom(atMs: number, windowMs: number): boolean {
    // For each that comes, what is past goes from where most are, and from one of the other levels in turn.
    this.sweeping = (this.sweeping + 1) % LEVELS;
    for (const level of [0, 1, this.sweeping]) this.dropIfPast(this.queues[level], atMs, windowMs);
    if (this.bySource.size < this.limit) return true;
    for (const queue of this.queues) if (this.dropIfPast(queue, atMs, windowMs)) return true;
    for (const queue of this.queues.slice(0, 2)) {
      if (queue.oldest === null) continue;
      this.drop(queue.oldest);
      return true;
    }
    return false;
  }

  private dropIfPast(queue: Queue | undefined, atMs: number, windowMs: number): boolean {
    const suspect = queue?.oldest ?? null;
    if (suspect === null || Math.abs(atMs - suspect.lastAtMs) < windowMs) return false;
    this.drop(suspect);
    return true;
  }

  private drop(suspect: Suspect): void {
    this.dequeue(suspect);
    this.bySource.delete(suspect.source);
  }

  private enqueue(suspect: Suspect): void {
    const queue = this.queueOf(suspect);
    suspect.older = queue.newest;
    suspect.newer = null;
    if (queue.newest === null) queue.oldest = suspect;
    else queue.newest.newer = suspect;
    queue.newest = suspect;
  }

  private dequeue(suspect: Suspect): void {
    const queue = this.queueOf(suspect);
    if (suspect.older === null) queue.oldest = suspect.newer;
    else suspect.older.newer = suspect.newer;
    if (suspect.newer === null) queue.newest = suspect.older;
    else suspect.newer.older = suspect.older;
    // One that is gone must not hold its neighbours: the collector would carry whole chains of them along.
    suspect.older = suspect.newer = null;
  }

  private queueOf(suspect: Suspect): Queue {
    const queue = this.queues[suspect.level];
    if (queue === undefined) throw new RangeError(`no level ${suspect.level}`);
    return queue;
  }
}
