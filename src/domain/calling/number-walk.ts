import { type NumberTest, SHORTEST_TELLING_BEGINNING } from "./area.js";
import { digitLanguage, type DigitState } from "./digit-language.js";
import { digitClass, type NumberShape } from "./number-shape.js";

/** What is thought of one number: `none` where it is no number at all. */
export type Opinion = "open" | "closed" | "none";

/** The patterns that an opinion asks about. */
export interface AskedPatterns {
  /** Asked with `reach` as well as with `matches`. */
  readonly ranges: readonly string[];
  readonly wholes: readonly string[];
  readonly beginnings: readonly string[];
}

/** Goes through all national numbers of a shape at once, along the automata of the metadata's patterns, and finds the
 *  beginnings behind which all of them may be called: by proof, not by sampling. */
export class NumberWalk {
  private readonly start: Stand;
  private readonly indexOf: ReadonlyMap<string, number>;
  /** The ranges have the lowest indexes. */
  private readonly rangeCount: number;
  private readonly stands = new Map<string, Stand>();

  constructor(
    private readonly shape: NumberShape,
    asked: AskedPatterns,
    private readonly opinion: (test: NumberTest) => Opinion,
  ) {
    this.rangeCount = new Set(asked.ranges).size;
    const patterns = new Set([...asked.ranges, ...asked.wholes, ...asked.beginnings.map(asBeginning)]);
    this.indexOf = new Map([...patterns].map((pattern, index) => [pattern, index]));
    const alive = [...patterns].map((pattern, index) => [index, digitLanguage(pattern)] as const);
    this.start = this.standAt(0, alive, NOWHERE);
  }

  /** POSIX extended regular expression, to be put behind `^`, of the beginnings of all closed numbers: as fine as it can be
   *  in `bytes`, and matching open numbers rather than missing a closed one. Null where no number is closed. With it, how
   *  many open numbers it leaves. */
  refused(bytes: number): { pattern: string | null; left: number } {
    let deepest = 0;
    // Coarsest: a single closed number refuses all.
    let best = this.beginningsFrom(this.start, { deepest, bytes, known: new Map() }) ?? "";
    while (deepest < this.shape.longest) {
      const finer = this.beginningsFrom(this.start, { deepest: deepest + 1, bytes, known: new Map() });
      if (finer === null) break;
      best = finer;
      deepest += 1;
    }
    return { pattern: best === OPEN ? null : best, left: this.left(this.start, deepest, new Map()) };
  }

  /** How many open numbers are not refused when closed ones are told apart as deep as `deepest`. */
  private left(stand: Stand, deepest: number, known: Map<Stand, number>): number {
    const { open, closed } = this.behind(stand);
    if (!open || (closed && stand.depth >= deepest)) return 0;
    const counted = known.get(stand);
    if (counted !== undefined) return counted;
    let count = this.opinionOf(stand) === "open" ? 1 : 0;
    if (stand.depth < this.shape.longest) {
      for (const digit of this.shape.digitsAt(stand.depth)) {
        count += this.left(this.after(stand, digit), deepest, known);
      }
    }
    known.set(stand, count);
    return count;
  }

  /** Pattern of what follows; `OPEN` where nothing is closed behind; null where it takes too many bytes. */
  private beginningsFrom(stand: Stand, search: Search): string | null {
    const { open, closed } = this.behind(stand);
    if (open && !closed) return OPEN;
    if (!open || stand.depth >= search.deepest) return "";
    const known = search.known.get(stand);
    if (known !== undefined) return known;
    const made = this.beginningsOf(stand, search);
    search.known.set(stand, made);
    return made;
  }

  private beginningsOf(stand: Stand, search: Search): string | null {
    const digitsOf = new Map<string, number[]>();
    for (const digit of this.shape.digitsAt(stand.depth)) {
      const rest = this.beginningsFrom(this.after(stand, digit), search);
      if (rest === null) return null;
      if (rest !== OPEN) digitsOf.set(rest, [...(digitsOf.get(rest) ?? []), digit]);
    }
    const parts = [...digitsOf].map(([rest, digits]) => digitClass(digits) + rest);
    if (this.opinionOf(stand) === "closed") parts.push("$");
    const pattern = parts.length === 1 ? parts.join("") : `(${parts.join("|")})`;
    return pattern.length > search.bytes ? null : pattern;
  }

  /** Whether open and closed numbers begin so. */
  private behind(stand: Stand): Outlook {
    if (stand.outlook !== null) return stand.outlook;
    const here = this.opinionOf(stand);
    const found = { open: here === "open", closed: here === "closed" };
    if (stand.depth < this.shape.longest) {
      for (const digit of this.shape.digitsAt(stand.depth)) {
        if (found.open && found.closed) break;
        const next = this.behind(this.after(stand, digit));
        found.open ||= next.open;
        found.closed ||= next.closed;
      }
    }
    stand.outlook = found;
    return found;
  }

  private opinionOf(stand: Stand): Opinion {
    if (!this.shape.lengths.includes(stand.depth)) return "none";
    const accepted = new Set(stand.alive.filter(([, state]) => state.accepts).map(([index]) => index));
    const { reached } = stand;
    return this.opinion({
      length: stand.depth,
      matches: (pattern) => accepted.has(this.index(pattern)),
      begins: (pattern) => accepted.has(this.index(asBeginning(pattern))),
      // Only who reaches furthest is asked for.
      reach: (pattern) => (reached.ranges.includes(this.index(pattern)) ? reached.depth : 0),
    });
  }

  private after(stand: Stand, digit: number): Stand {
    const known = stand.next[digit];
    if (known !== undefined) return known;
    const alive = stand.alive.flatMap(([index, state]) => {
      const next = state.after(digit);
      return next === null ? [] : [[index, next] as const];
    });
    const made = this.standAt(stand.depth + 1, alive, stand.reached);
    stand.next[digit] = made;
    return made;
  }

  private standAt(depth: number, alive: Stand["alive"], before: Reached): Stand {
    const ranges = alive.map(([index]) => index).filter((index) => index < this.rangeCount);
    const telling = depth >= SHORTEST_TELLING_BEGINNING && ranges.length > 0;
    const reached = telling ? { depth, ranges } : before;
    const key = `${depth};${alive.map(([, state]) => state.id).join()};${reached.depth};${reached.ranges.join()}`;
    const known = this.stands.get(key);
    if (known !== undefined) return known;
    const made: Stand = { depth, alive, reached, next: [], outlook: null };
    this.stands.set(key, made);
    return made;
  }

  private index(pattern: string): number {
    const index = this.indexOf.get(pattern);
    if (index === undefined) throw new TypeError(`a pattern that the walk was not made for: ${pattern}`);
    return index;
  }
}

/** Where some digits have led in the automata that still go on; the same for all digits that lead to the same numbers. */
interface Stand {
  readonly depth: number;
  readonly alive: readonly (readonly [number, DigitState])[];
  readonly reached: Reached;
  readonly next: Stand[];
  outlook: Outlook | null;
}

/** The ranges that went along furthest, and how far. */
interface Reached {
  readonly depth: number;
  readonly ranges: readonly number[];
}

const NOWHERE: Reached = { depth: 0, ranges: [] };

interface Outlook {
  readonly open: boolean;
  readonly closed: boolean;
}

interface Search {
  readonly deepest: number;
  readonly bytes: number;
  readonly known: Map<Stand, string | null>;
}

/** Stands for a pattern that matches nothing; no pattern of beginnings holds a space. */
const OPEN = " ";

/** National numbers have at most 17 digits in the metadata. */
function asBeginning(pattern: string): string {
  return `(?:${pattern})\\d{0,17}`;
}
