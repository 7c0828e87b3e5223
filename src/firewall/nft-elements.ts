import { formatTarget, networkOf, parseIp, sourceOf, type Target } from "../domain/address.js";
import type { AddressSet } from "./sets.js";

/** One element as nft lists it. */
export interface ListedElement {
  readonly target: Target;
  /** Null: it stays until it is taken out. */
  readonly expiresInMs: number | null;
  /** 0 where the set counts nothing. */
  readonly packets: number;
}

type Width = Pick<AddressSet, "family" | "bits">;

/** Reads the elements out of the text that `nft list table …` or `nft list set …` prints, piece by piece as it comes, so that no
 *  piece keeps the main loop for long: 100,000 elements are 6 MB, and as JSON they would be parsed in one go. */
export class ElementReader<Set extends Width> {
  private rest = "";
  private seenEnds = 0;
  private current: Set | null = null;

  /** Sets for which `setOf` gives null are passed over. What no masked address can equal shuts nobody out, and is left out.
   *  @param listings so many come one after the other */
  constructor(
    private readonly setOf: (name: string) => Set | null,
    private readonly take: (element: ListedElement, set: Set) => void,
    private readonly listings = 1,
  ) {}

  read(piece: string): void {
    const text = this.rest + piece;
    const end = text.lastIndexOf("\n") + 1;
    this.rest = text.slice(end);
    let from = 0;
    while (from < end) {
      const newline = text.indexOf("\n", from);
      this.readLine(text.slice(from, newline));
      from = newline + 1;
    }
  }

  /** Whether the listing was whole. */
  isDone(): boolean {
    return this.seenEnds === this.listings && this.rest.trim() === "";
  }

  private readLine(line: string): void {
    const set = this.current;
    if (set !== null && !line.startsWith("\t}")) {
      this.readElements(line, set);
      return;
    }
    this.current = null;
    const opened = /^\tset ([A-Za-z0-9_]+) \{$/.exec(line)?.[1];
    if (opened !== undefined) this.current = this.setOf(opened);
    // The table's own bracket is the one at the start of a line.
    else if (line === "}") this.seenEnds++;
  }

  /** `elements = { A timeout 1h expires 59m, B …,` or one of the lines that go on with it. */
  private readElements(line: string, set: Set): void {
    const start = line.indexOf("{") + 1;
    for (const part of line.slice(start).split(",")) {
      const [address = "", ...words] = part.trim().split(" ");
      const first = address.charCodeAt(0);
      const isAddress = (first >= 0x30 && first <= 0x39) || address.includes(":");
      const target = isAddress ? targetOf(address, set) : null;
      if (target === null) continue;
      const expires = words.indexOf("expires");
      const packets = words.indexOf("packets");
      const element: ListedElement = {
        target,
        expiresInMs: expires < 0 ? null : durationMs(words[expires + 1] ?? ""),
        packets: packets < 0 ? 0 : Number(words[packets + 1] ?? 0),
      };
      this.take(element, set);
    }
  }
}

function targetOf(address: string, { family, bits }: Width): Target | null {
  if (bits === (family === 4 ? 32 : 64)) {
    const source = sourceOf(address);
    if (source === null || source.includes(":") !== (family === 6)) return null;
    // An element of the IPv6 set is the first address of its /64; any other can't be met.
    if (family === 6 && !isLowHalfZero(address)) return null;
    return source;
  }
  const ip = parseIp(address);
  if (ip?.family !== family) return null;
  const network = networkOf(ip, bits);
  return network.base === ip.value ? formatTarget(network) : null;
}

function isLowHalfZero(address: string): boolean {
  const ip = parseIp(address);
  return ip !== null && (ip.value & 0xffff_ffff_ffff_ffffn) === 0n;
}

/** Such as `1d2h3m4s5ms`. Runs for each element of a listing. */
export function durationMs(text: string): number {
  let ms = 0;
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= 0x30 && code <= 0x39) {
      count = count * 10 + code - 0x30;
      continue;
    }
    const unit = text[at] === "m" && text[at + 1] === "s" ? "ms" : text[at];
    ms += count * (UNITS.get(unit) ?? 0);
    count = 0;
    if (unit === "ms") at++;
  }
  return ms;
}

const UNITS: ReadonlyMap<string | undefined, number> = new Map([
  ["w", 604_800_000],
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
  ["ms", 1],
]);
