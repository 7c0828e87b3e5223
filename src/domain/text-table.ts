/** Slots of which a fifth stay empty: beyond that, what is not there is looked for in long rows. */
const FIRST_SLOTS = 64;
const MOST_FILLED = 0.8;
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
  /** Two words a slot: a number, and the hash of its text. */
  private slots = emptySlots(FIRST_SLOTS);
  private count = 0;

  /** @param textOf the text of a number that was added and not deleted since */
  constructor(private readonly textOf: (number: number) => string) {}

  get size(): number {
    return this.count;
  }

  /** The number of `text`, -1 where it has none. */
  find(text: string): number {
    return this.slots[this.slotOf(text, hashOf(text))] ?? EMPTY;
  }

  /** Adds a number, from 0 to 2^31 - 1, whose text is not there yet. */
  add(number: number): void {
    const room = this.slots.length / 2;
    if (this.count + 1 > room * MOST_FILLED) this.grow(room * 2);
    put(this.slots, number, hashOf(this.textOf(number)));
    this.count++;
  }

  /** Puts a number in the place of the one that stands for the same text, which is there. */
  replace(number: number): void {
    const text = this.textOf(number);
    const slot = this.slotOf(text, hashOf(text));
    if (this.slots[slot] === EMPTY) throw new RangeError(`${text} is not there`);
    this.slots[slot] = number;
  }

  /** To be called while `textOf` still knows the numbers. Nothing happens where `text` is not there. */
  delete(text: string): void {
    const { slots } = this;
    let hole = this.slotOf(text, hashOf(text));
    if (slots[hole] === EMPTY) return;
    this.count--;
    const last = slots.length - 1;
    // Whatever follows without a gap moves up, unless it would come to lie ahead of where it is looked for.
    for (let slot = (hole + 2) & last; slots[slot] !== EMPTY; slot = (slot + 2) & last) {
      const hash = slots[slot + 1] ?? 0;
      const fromHome = (slot - homeOf(hash, last)) & last;
      if (fromHome < ((slot - hole) & last)) continue;
      slots[hole] = slots[slot] ?? EMPTY;
      slots[hole + 1] = hash;
      hole = slot;
    }
    slots[hole] = EMPTY;
  }

  /** Where `text` lies, or the empty slot at the end of where it would. */
  private slotOf(text: string, hash: number): number {
    const { slots } = this;
    const last = slots.length - 1;
    for (let slot = homeOf(hash, last); ; slot = (slot + 2) & last) {
      const number = slots[slot] ?? EMPTY;
      if (number === EMPTY || (slots[slot + 1] === hash && this.textOf(number) === text)) return slot;
    }
  }

  private grow(room: number): void {
    const before = this.slots;
    this.slots = emptySlots(room);
    for (let slot = 0; slot < before.length; slot += 2) {
      const number = before[slot] ?? EMPTY;
      if (number !== EMPTY) put(this.slots, number, before[slot + 1] ?? 0);
    }
  }
}

function emptySlots(room: number): Int32Array {
  return new Int32Array(room * 2).fill(EMPTY);
}

function homeOf(hash: number, last: number): number {
  return (hash << 1) & last;
}

function put(slots: Int32Array, number: number, hash: number): void {
  const last = slots.length - 1;
  let slot = homeOf(hash, last);
  while (slots[slot] !== EMPTY) slot = (slot + 2) & last;
  slots[slot] = number;
  slots[slot + 1] = hash;
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
