import type { Source } from "../address.js";
import { roomier, widened } from "../columns.js";
import { TextTable } from "../text-table.js";

/** Beyond this many strikes one source is as suspicious as another. */
const LEVELS = 32;
/** Level of those on probation. */
const PROBATION = 0;

/** Who is suspected, in bounded memory: a source and its number, by which others keep what they hold against it.
 *
 *  Where room is needed, those whose strikes are all past go first. Of the others, an eighth of the room belongs to whoever came
 *  or struck last: a newcomer is always heard, and one that goes on becomes worse than others. The rest belongs to those
 *  with the most strikes, and only a source with more strikes takes the place of one there. So a spray of addresses pushes
 *  out nobody who has more against them than each of these, and does not blind the judge either. */
export class Suspects {
  private readonly sources: (Source | null)[] = [];
  private readonly numbers = new TextTable((suspect) => this.sources[suspect] ?? "");
  private lastAt = new Float64Array(64);
  private older = new Int32Array(64);
  private newer = new Int32Array(64);
  private levels = new Uint8Array(64);
  private readonly oldest = new Int32Array(LEVELS).fill(-1);
  private readonly newest = new Int32Array(LEVELS).fill(-1);
  private readonly free: number[] = [];
  private readonly worstLimit: number;
  private onProbation = 0;
  private sweeping = 0;

  /** @param gone is told of each number right before it is forgotten */
  constructor(
    private readonly limit: number,
    private readonly gone: (suspect: number) => void,
  ) {
    this.worstLimit = limit - Math.max(1, Math.floor(limit / 8));
  }

  get size(): number {
    return this.numbers.size;
  }

  /** The number of `source`, -1 where it has none. */
  find(source: Source): number {
    return this.numbers.find(source);
  }

  /** When it was last heard of. */
  lastAtMs(suspect: number): number {
    return this.lastAt[suspect] ?? -Infinity;
  }

  sourceOf(suspect: number): Source {
    const source = this.sources[suspect] ?? null;
    if (source === null) throw new RangeError(`no suspect ${suspect}`);
    return source;
  }

  /** A number for a source that has none.
   *  @param keptMs after which all strikes are past */
  begin(source: Source, atMs: number, keptMs: number): number {
    this.makeRoom(atMs, keptMs);
    const suspect = this.free.pop() ?? this.sources.length;
    if (suspect >= this.lastAt.length) this.grow();
    this.sources[suspect] = source;
    this.lastAt[suspect] = atMs;
    this.numbers.add(suspect);
    this.enqueue(suspect, PROBATION);
    return suspect;
  }

  heard(suspect: number, atMs: number): void {
    if (atMs > this.lastAtMs(suspect)) this.lastAt[suspect] = atMs;
  }

  /** The clock was set back: what was heard ahead of it is no measure. */
  restart(suspect: number, atMs: number): void {
    this.lastAt[suspect] = atMs;
  }

  /** To be called after each change of how many strikes are held against it. */
  reorder(suspect: number, strikes: number): void {
    const before = this.levels[suspect] ?? PROBATION;
    const worth = strikes < 2 ? PROBATION : Math.min(LEVELS - 1, strikes);
    const level = before === PROBATION && worth !== PROBATION && !this.makeWay(worth) ? PROBATION : worth;
    if (level === before && this.newest[level] === suspect) return;
    this.dequeue(suspect);
    this.enqueue(suspect, level);
  }

  /** Whether there is room among the worst for one of this level. The mildest of them goes back on probation for it. */
  private makeWay(level: number): boolean {
    if (this.numbers.size - this.onProbation < this.worstLimit) return true;
    for (let lower = PROBATION + 1; lower < level; lower++) {
      const mildest = this.oldest[lower] ?? -1;
      if (mildest < 0) continue;
      this.dequeue(mildest);
      this.enqueue(mildest, PROBATION);
      return true;
    }
    return false;
  }

  private makeRoom(atMs: number, keptMs: number): void {
    // For each that comes, what is past goes from where most are, and from one of the other levels in turn.
    this.sweeping = (this.sweeping + 1) % LEVELS;
    this.dropIfPast(PROBATION, atMs, keptMs);
    this.dropIfPast(this.sweeping, atMs, keptMs);
    if (this.numbers.size < this.limit) return;
    for (let level = PROBATION; level < LEVELS; level++) if (this.dropIfPast(level, atMs, keptMs)) return;
    for (let level = PROBATION; level < LEVELS; level++) {
      const quietest = this.oldest[level] ?? -1;
      if (quietest < 0) continue;
      this.drop(quietest);
      return;
    }
  }

  private dropIfPast(level: number, atMs: number, keptMs: number): boolean {
    const suspect = this.oldest[level] ?? -1;
    if (suspect < 0 || Math.abs(atMs - this.lastAtMs(suspect)) < keptMs) return false;
    this.drop(suspect);
    return true;
  }

  private drop(suspect: number): void {
    this.gone(suspect);
    this.dequeue(suspect);
    this.numbers.delete(this.sourceOf(suspect));
    this.sources[suspect] = null;
    this.free.push(suspect);
  }

  private enqueue(suspect: number, level: number): void {
    const newest = this.newest[level] ?? -1;
    this.levels[suspect] = level;
    this.older[suspect] = newest;
    this.newer[suspect] = -1;
    if (newest < 0) this.oldest[level] = suspect;
    else this.newer[newest] = suspect;
    this.newest[level] = suspect;
    if (level === PROBATION) this.onProbation++;
  }

  private dequeue(suspect: number): void {
    const level = this.levels[suspect] ?? PROBATION;
    const older = this.older[suspect] ?? -1;
    const newer = this.newer[suspect] ?? -1;
    if (older < 0) this.oldest[level] = newer;
    else this.newer[older] = newer;
    if (newer < 0) this.newest[level] = older;
    else this.older[newer] = older;
    if (level === PROBATION) this.onProbation--;
  }

  private grow(): void {
    const size = roomier(this.lastAt.length);
    this.lastAt = widened(this.lastAt, new Float64Array(size));
    this.older = widened(this.older, new Int32Array(size));
    this.newer = widened(this.newer, new Int32Array(size));
    this.levels = widened(this.levels, new Uint8Array(size));
  }
}
