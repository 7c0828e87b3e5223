/** Slots of which half stay empty, so that a text which is not there costs two looks. */
const FIRST_SLOTS = 128;
const EMPTY = -1;
const [SEED = 0, SECOND = 0] = crypto.getRandomValues(new Int32Array(2));
/** Odd, so that no bit of a text is lost. */
const FACTOR = SECOND | 1;

/** Numbers, found by the text that each stands for, which somebody else holds. A Map of a hundred thousand takes 3.7 MB, and twice that
 *  once entries come and go in it, since it leaves holes; this takes one.
 *
 *  Open addressing with linear probing; what is deleted leaves no hole. Texts may be an attacker's: where each lies depends on a secret of
 *  the process, so that nobody can choose many that lie together. */
export class TextTable {
  private slots = new Int32Array(FIRST_SLOTS).fill(EMPTY);
  private count = 0;

  /** @param textOf the text of a number that was added and not deleted since */
  constructor(private readonly textOf: (number: number) => string) {}

  get size(): number {
    return this.count;
  }

  /** The number of `text`, -1 where it has none. */
  find(text: string): number {
    const { slots } = this;
    const last = slots.length - 1;
    for (let slot = hashOf(text) & last; ; slot = (slot + 1) & last) {
      const number = slots[slot] ?? EMPTY;
      if (number === EMPTY || this.textOf(number) === text) return number;
    }
  }

  /** Adds a number, from 0 to 2^31 - 1, whose text is not there yet. */
  add(number: number): void {
    if (this.count * 2 >= this.slots.length) this.grow();
    this.put(number);
    this.count++;
  }

  /** Puts a number in the place of the one that stands for the same text, which is there. */
  replace(before: number, after: number): void {
    const { slots } = this;
    const last = slots.length - 1;
    let slot = hashOf(this.textOf(after)) & last;
    while (slots[slot] !== before) {
      if (slots[slot] === EMPTY) throw new RangeError(`${before} is not there`);
      slot = (slot + 1) & last;
    }
    slots[slot] = after;
  }

  /** To be called while `textOf` still knows the numbers. Nothing happens where `text` is not there. */
  delete(text: string): void {
    const { slots } = this;
    const last = slots.length - 1;
    let hole = hashOf(text) & last;
    for (; ; hole = (hole + 1) & last) {
      const number = slots[hole] ?? EMPTY;
      if (number === EMPTY) return;
      if (this.textOf(number) === text) break;
    }
    this.count--;
    // Whatever follows without a gap moves up, unless it would come to lie ahead of where it is looked for.
    for (let slot = (hole + 1) & last; ; slot = (slot + 1) & last) {
      const number = slots[slot] ?? EMPTY;
      if (number === EMPTY) break;
      const home = hashOf(this.textOf(number)) & last;
      if (((slot - home) & last) < ((slot - hole) & last)) continue;
      slots[hole] = number;
      hole = slot;
    }
    slots[hole] = EMPTY;
  }

  private put(number: number): void {
    const { slots } = this;
    const last = slots.length - 1;
    let slot = hashOf(this.textOf(number)) & last;
    while (slots[slot] !== EMPTY) slot = (slot + 1) & last;
    slots[slot] = number;
  }

  private grow(): void {
    const before = this.slots;
    this.slots = new Int32Array(before.length * 2).fill(EMPTY);
    for (const number of before) if (number !== EMPTY) this.put(number);
  }
}

/** The text seen last: several tables are asked about one source, one after the other. */
let seenText = "";
let seenHash = SEED;

function hashOf(text: string): number {
  if (text === seenText) return seenHash;
  let hash = SEED;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), FACTOR);
    hash ^= hash >>> 15;
  }
  seenText = text;
  seenHash = hash;
  return hash;
}
