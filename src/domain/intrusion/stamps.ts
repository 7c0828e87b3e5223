import { roomier, widened } from "../columns.js";

/** Lists of strike times, many and short, in little memory: four bytes a strike and no object for the collector to carry.
 *
 *  A strike is one word: its time in milliseconds modulo 2^31 (24.8 days), doubled, and one more where it is proven. Times are
 *  read against the present, so all that a list holds must lie within `LONGEST_WINDOW_MS` of what was added last. */

/** Windows longer than this count as this. Times of up to two windows ago must stay clear of those ahead. */
export const LONGEST_WINDOW_MS = 6 * 86_400_000;

const TIME_BITS = 0x7fffffff;
/** A chunk is the number of the next older one, then up to three stamps in order of time: most lists are that short. */
const CHUNK_WORDS = 4;
const CHUNK_STAMPS = CHUNK_WORDS - 1;
const SEGMENT_BITS = 14;
const SEGMENT_CHUNKS = 1 << SEGMENT_BITS;
const MOST_STAMPS = 0xffff;

/** What lies as far ahead is as irrelevant as what lies behind: somebody set the clock. */
export function isWithin(stamp: number, atMs: number, windowMs: number): boolean {
  const age = ageOf(stamp, atMs);
  return (age < 0 ? -age : age) < windowMs;
}

export function stampOf(atMs: number, proven: boolean): number {
  return (((atMs & TIME_BITS) << 1) | (proven ? 1 : 0)) >>> 0;
}

/** How long before `atMs` the stamp's moment lies; negative where it lies ahead. */
export function ageOf(stamp: number, atMs: number): number {
  return (((atMs & TIME_BITS) - (stamp >>> 1)) << 1) >> 1;
}

/** The room that all lists share. Chunks are numbered from 1; 0 is none. */
export class StampPool {
  private readonly segments: Uint32Array[] = [];
  private made = 0;
  private free = 0;

  /** A chunk that goes before `older`. */
  take(older: number): number {
    let chunk = this.free;
    if (chunk === 0) {
      chunk = ++this.made;
      if (chunk >>> SEGMENT_BITS >= this.segments.length) {
        this.segments.push(new Uint32Array(SEGMENT_CHUNKS * CHUNK_WORDS));
      }
    } else {
      this.free = this.read(chunk, 0);
    }
    this.write(chunk, 0, older);
    return chunk;
  }

  give(chunk: number): void {
    this.write(chunk, 0, this.free);
    this.free = chunk;
  }

  read(chunk: number, word: number): number {
    return this.segments[chunk >>> SEGMENT_BITS]?.[(chunk & (SEGMENT_CHUNKS - 1)) * CHUNK_WORDS + word] ?? 0;
  }

  write(chunk: number, word: number, value: number): void {
    const segment = this.segments[chunk >>> SEGMENT_BITS];
    if (segment === undefined) throw new RangeError(`no chunk ${chunk}`);
    segment[(chunk & (SEGMENT_CHUNKS - 1)) * CHUNK_WORDS + word] = value;
  }
}

/** Lists by number, each in order of time. All chunks but the newest of a list are full. */
export class StampLists {
  private heads = new Uint32Array(64);
  private counts = new Uint16Array(64);

  constructor(private readonly pool: StampPool) {}

  /** How many are held, whether within a window or not. */
  sizeOf(list: number): number {
    return this.counts[list] ?? 0;
  }

  /** Adds a stamp and drops what lies `windowMs` or more from it. Of more than `limit`, the latest are kept, and of the proven
   *  ones the latest `limit`: what bears no proof, and may be anybody's, pushes no proof out. */
  add(list: number, atMs: number, proven: boolean, limit: number, windowMs: number): void {
    this.provide(list);
    const stamp = stampOf(atMs, proven);
    const count = this.sizeOf(list);
    if (count < CHUNK_STAMPS && count < limit && this.goesLast(list, count, atMs, windowMs)) {
      if (count === 0) this.heads[list] = this.pool.take(0);
      this.pool.write(this.heads[list] ?? 0, count + 1, stamp);
      this.counts[list] = count + 1;
      return;
    }
    const held = this.load(list, count + 1);
    let kept = 0;
    for (let i = 0; i < count; i++) {
      const each = held[i] ?? 0;
      if (isWithin(each, atMs, windowMs)) held[kept++] = each;
    }
    let at = kept++;
    for (; at > 0 && ageOf(held[at - 1] ?? 0, atMs) < 0; at--) held[at] = held[at - 1] ?? 0;
    held[at] = stamp;
    this.store(list, held, kept > limit ? trim(held, kept, limit) : 0, kept);
  }

  /** Adds a word, whatever it stands for, unless the list holds it or is full. */
  include(list: number, word: number, limit: number): void {
    const count = this.sizeOf(list);
    if (count >= limit) return;
    const held = this.load(list, count + 1);
    for (let i = 0; i < count; i++) if (held[i] === word) return;
    held[count] = word;
    this.provide(list);
    this.store(list, held, 0, count + 1);
  }

  /** Takes one stamp of this time out; false where there is none. */
  remove(list: number, atMs: number): boolean {
    const count = this.sizeOf(list);
    const held = this.load(list, count);
    const at = indexOfTime(held, count, atMs);
    if (at < 0) return false;
    held.copyWithin(at, at + 1, count);
    this.store(list, held, 0, count - 1);
    return true;
  }

  /** Marks one unproven stamp of this time as proven; false where there is none. */
  prove(list: number, atMs: number): boolean {
    const count = this.sizeOf(list);
    const held = this.load(list, count);
    const at = held.subarray(0, count).lastIndexOf(stampOf(atMs, false));
    if (at < 0) return false;
    held[at] = stampOf(atMs, true);
    this.store(list, held, 0, count);
    return true;
  }

  /** Empties a list to which nothing was added for that long. To be called more often than every 18 days: older stamps can't
   *  be told from new ones. */
  clearIfPast(list: number, atMs: number, keptMs: number): void {
    const count = this.sizeOf(list);
    if (count === 0) return;
    const newest = this.pool.read(this.heads[list] ?? 0, ((count - 1) % CHUNK_STAMPS) + 1);
    if (!isWithin(newest, atMs, keptMs)) this.clear(list);
  }

  clear(list: number): void {
    if (this.sizeOf(list) > 0) this.store(list, NONE_HELD, 0, 0);
  }

  /** How many lie within the window that ends at `atMs`. */
  within(list: number, atMs: number, windowMs: number): number {
    let found = 0;
    this.walk(list, (stamp) => {
      if (isWithin(stamp, atMs, windowMs)) found++;
    });
    return found;
  }

  provenWithin(list: number, atMs: number, windowMs: number): number {
    let found = 0;
    this.walk(list, (stamp) => {
      if ((stamp & 1) === 1 && isWithin(stamp, atMs, windowMs)) found++;
    });
    return found;
  }

  /** The moments within the window, in order. Unix milliseconds. */
  timesWithin(list: number, atMs: number, windowMs: number): number[] {
    const times: number[] = [];
    this.walk(list, (stamp) => {
      if (isWithin(stamp, atMs, windowMs)) times.push(atMs - ageOf(stamp, atMs));
    });
    return times.reverse();
  }

  /** The latest stamp, or of these the latest proven; null where there is none. */
  latest(list: number, provenOnly = false): number | null {
    let found: number | null = null;
    this.walk(list, (stamp) => {
      if (!provenOnly || (stamp & 1) === 1) found ??= stamp;
    });
    return found;
  }

  /** From the latest to the oldest. */
  private walk(list: number, visit: (stamp: number) => void): void {
    let chunk = this.heads[list] ?? 0;
    for (let left = this.sizeOf(list); left > 0;) {
      const filled = ((left - 1) % CHUNK_STAMPS) + 1;
      for (let word = filled; word > 0; word--) visit(this.pool.read(chunk, word));
      left -= filled;
      chunk = this.pool.read(chunk, 0);
    }
  }

  private goesLast(list: number, count: number, atMs: number, windowMs: number): boolean {
    if (count === 0) return true;
    const head = this.heads[list] ?? 0;
    return ageOf(this.pool.read(head, count), atMs) >= 0 && isWithin(this.pool.read(head, 1), atMs, windowMs);
  }

  /** A list in order of time, in room that the next call uses again. */
  private load(list: number, room: number): Uint32Array {
    if (scratch.length < room) scratch = new Uint32Array(room * 2);
    let at = this.sizeOf(list);
    let chunk = this.heads[list] ?? 0;
    while (at > 0) {
      for (let word = ((at - 1) % CHUNK_STAMPS) + 1; word > 0; word--) {
        scratch[--at] = this.pool.read(chunk, word);
      }
      chunk = this.pool.read(chunk, 0);
    }
    return scratch;
  }

  /** Makes the list what `held` has from `from` to before `to`. */
  private store(list: number, held: Uint32Array, from: number, to: number): void {
    const needed = Math.ceil((to - from) / CHUNK_STAMPS);
    let chunks = Math.ceil(this.sizeOf(list) / CHUNK_STAMPS);
    let head = this.heads[list] ?? 0;
    for (; chunks > needed; chunks--) {
      const older = this.pool.read(head, 0);
      this.pool.give(head);
      head = older;
    }
    for (; chunks < needed; chunks++) head = this.pool.take(head);
    this.heads[list] = head;
    this.counts[list] = to - from;
    let chunk = head;
    for (let at = to; at > from; chunk = this.pool.read(chunk, 0)) {
      for (let word = ((at - from - 1) % CHUNK_STAMPS) + 1; word > 0; word--) {
        this.pool.write(chunk, word, held[--at] ?? 0);
      }
    }
  }

  private provide(list: number): void {
    if (list < this.heads.length) return;
    const size = Math.max(list + 1, roomier(this.heads.length));
    this.heads = widened(this.heads, new Uint32Array(size));
    this.counts = widened(this.counts, new Uint16Array(size));
  }
}

const NONE_HELD = new Uint32Array(0);
let scratch = new Uint32Array(256);

/** Moves what is to be kept of the first `count` to their end; returns where it begins. */
function trim(held: Uint32Array, count: number, limit: number): number {
  let to = count;
  let proven = 0;
  for (let i = count - 1; i >= 0; i--) {
    const stamp = held[i] ?? 0;
    const isProven = (stamp & 1) === 1;
    if (count - i <= limit || (isProven && proven < limit)) held[--to] = stamp;
    if (isProven) proven++;
  }
  return Math.max(to, count - MOST_STAMPS);
}

function indexOfTime(held: Uint32Array, count: number, atMs: number): number {
  const time = atMs & TIME_BITS;
  let at = count - 1;
  while (at >= 0 && (held[at] ?? 0) >>> 1 !== time) at--;
  return at;
}
