/** The sets of digit strings that numbering metadata describes, as automata: what a regular expression alone cannot
 *  tell, such as whether any number of a range begins with given digits, can be read off them. */

/** A state of the automaton: where some digits have led. */
export interface DigitState {
  /** Unique among all states of all automata. */
  readonly id: number;
  /** The digits so far are in the set. */
  readonly accepts: boolean;
  /** After one more digit (0 to 9); null where nothing in the set goes on so. */
  after(digit: number): DigitState | null;
}

/** The automaton of `pattern`, which may hold digits, `\d`, classes, groups, `|`, `?` and counts, and is matched whole:
 *  all that the metadata uses. Throws on anything else. */
export function digitLanguage(pattern: string): DigitState {
  const known = languages.get(pattern);
  if (known !== undefined) return known;
  const graph: Node[] = [];
  const start = addNode(graph);
  const end = new PatternReader(pattern, graph).read(start);
  const language = new SubsetState(graph, end, closure(graph, [start]), new Map());
  languages.set(pattern, language);
  return language;
}

/** With how many characters of `digits`, from the first, some string of the set begins. */
export function reachOf(language: DigitState, digits: string): number {
  let state: DigitState | null = language;
  for (let reach = 0; reach < digits.length; reach += 1) {
    state = state.after(Number(digits[reach]));
    if (state === null) return reach;
  }
  return digits.length;
}

const languages = new Map<string, DigitState>();
const ALL_DIGITS = 0b11_1111_1111;
let lastId = 0;

interface Node {
  readonly edges: { readonly digits: number; readonly to: number }[];
  readonly free: number[];
}

function addNode(graph: Node[]): number {
  return graph.push({ edges: [], free: [] }) - 1;
}

function closure(graph: readonly Node[], from: readonly number[]): number[] {
  const seen = new Set(from);
  for (const index of seen) for (const to of graph[index]?.free ?? []) seen.add(to);
  return [...seen].sort((a, b) => a - b);
}

/** Deterministic states, made as they are asked for. */
class SubsetState implements DigitState {
  readonly id = ++lastId;
  readonly accepts: boolean;
  private readonly next: (DigitState | null | undefined)[] = [];

  constructor(
    private readonly graph: readonly Node[],
    private readonly end: number,
    private readonly nodes: readonly number[],
    private readonly made: Map<string, SubsetState>,
  ) {
    this.accepts = nodes.includes(end);
  }

  after(digit: number): DigitState | null {
    const known = this.next[digit];
    if (known !== undefined) return known;
    const made = this.make(digit);
    this.next[digit] = made;
    return made;
  }

  private make(digit: number): DigitState | null {
    const edges = this.nodes.flatMap((index) => this.graph[index]?.edges ?? []);
    const targets = edges.filter((edge) => (edge.digits >> digit) & 1).map((edge) => edge.to);
    if (targets.length === 0) return null;
    const nodes = closure(this.graph, targets);
    const key = nodes.join();
    const made = this.made.get(key) ?? new SubsetState(this.graph, this.end, nodes, this.made);
    this.made.set(key, made);
    return made;
  }
}

/** Reads a pattern into the graph; each `read…` takes the node where it starts and returns the one where it ends. */
class PatternReader {
  private at = 0;

  constructor(
    private readonly pattern: string,
    private readonly graph: Node[],
  ) {}

  read(start: number): number {
    const end = this.alternatives(start);
    if (this.at < this.pattern.length) throw this.unknown();
    return end;
  }

  private alternatives(start: number): number {
    const end = addNode(this.graph);
    do {
      const begin = addNode(this.graph);
      this.free(start, begin);
      this.free(this.sequence(begin), end);
    } while (this.take("|"));
    return end;
  }

  private sequence(start: number): number {
    let end = start;
    while (this.at < this.pattern.length && !"|)".includes(this.peek())) end = this.counted(end);
    return end;
  }

  private counted(start: number): number {
    const from = this.at;
    let end = this.atom(start);
    const after = this.at;
    const [least, most] = this.count();
    const resume = this.at;
    if (least === 0) this.free(start, end);
    for (let times = 2; times <= most; times += 1) {
      this.at = from;
      const next = this.atom(end);
      if (times > least) this.free(end, next);
      end = next;
      if (this.at !== after) throw this.unknown();
    }
    this.at = resume;
    return end;
  }

  private count(): [number, number] {
    if (this.take("?")) return [0, 1];
    const match = /^\{(\d+)(?:,(\d+))?\}/.exec(this.pattern.slice(this.at));
    if (match === null) return [1, 1];
    this.at += match[0].length;
    return [Number(match[1]), Number(match[2] ?? match[1])];
  }

  private atom(start: number): number {
    if (this.take("(")) {
      this.take("?:");
      const end = this.alternatives(start);
      if (!this.take(")")) throw this.unknown();
      return end;
    }
    const digits = this.digits();
    const end = addNode(this.graph);
    this.graph[start]?.edges.push({ digits, to: end });
    return end;
  }

  private digits(): number {
    if (this.take("\\d")) return ALL_DIGITS;
    const match = /^(?:\[([\d-]+)\]|(\d))/.exec(this.pattern.slice(this.at));
    if (match === null) throw this.unknown();
    this.at += match[0].length;
    const members = match[1] ?? match[2] ?? "";
    let digits = 0;
    for (const [, first, last] of members.matchAll(/(\d)(?:-(\d))?/g)) {
      for (let digit = Number(first); digit <= Number(last ?? first); digit += 1) digits |= 1 << digit;
    }
    return digits;
  }

  private free(from: number, to: number): void {
    this.graph[from]?.free.push(to);
  }

  private peek(): string {
    return this.pattern.charAt(this.at);
  }

  private take(text: string): boolean {
    if (!this.pattern.startsWith(text, this.at)) return false;
    this.at += text.length;
    return true;
  }

  private unknown(): Error {
    return new TypeError(`numbering pattern not understood at ${this.at}: ${this.pattern}`);
  }
}
