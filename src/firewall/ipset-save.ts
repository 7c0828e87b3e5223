import { formatTarget, networkOf, parseIp, type Target } from "../domain/address.js";
import { overName, parseSetName, triedName, type IpsetName } from "./ipset-rules.js";

export interface SavedElement {
  readonly target: Target;
  /** As the kernel tells it, in whole seconds; null: it stays until it is taken out. */
  readonly leftMs: number | null;
  readonly comment: string;
  readonly packets: number;
}

/** Reads what `ipset save` prints, piece by piece as it comes. */
export class SaveReader {
  private rest = "";
  /** `create` lines of sets of ours, by name: type and what follows it. */
  readonly created = new Map<string, string>();

  /** `set` null: it is one of those that packets fill. `name`: of that set. */
  constructor(private readonly take: (element: SavedElement, set: IpsetName | null, name: string) => void) {}

  read(piece: string): void {
    const text = this.rest + piece;
    const end = text.lastIndexOf("\n") + 1;
    this.rest = text.slice(end);
    for (const line of text.slice(0, end).split("\n")) this.readLine(line);
  }

  private readLine(line: string): void {
    const [verb, name = "", what = "", ...words] = line.split(" ");
    const set = parseSetName(name);
    if (set === null && !FILLED_BY_PACKETS.includes(name)) return;
    if (verb === "create") this.created.set(name, [what, ...words].join(" "));
    if (verb !== "add") return;
    const target = targetOf(what, set?.all === true);
    if (target === null) return;
    const timeout = valueOf(words, "timeout");
    const packets = valueOf(words, "packets");
    this.take(
      {
        target,
        leftMs: timeout === null || timeout === "0" ? null : Number(timeout) * 1000,
        comment: (valueOf(words, "comment") ?? "").replaceAll('"', ""),
        packets: Number(packets ?? 0),
      },
      set,
      name,
    );
  }
}

const FILLED_BY_PACKETS = [overName(4), overName(6), triedName(4), triedName(6)];

function valueOf(words: readonly string[], key: string): string | null {
  const at = words.indexOf(key);
  return at < 0 ? null : (words[at + 1] ?? null);
}

/** The element as a target; null where it is none of ours. `half`: of a whole address space. */
function targetOf(text: string, half: boolean): Target | null {
  const [address = "", bitsText] = text.split("/");
  const ip = parseIp(address);
  if (ip === null) return null;
  if (half) return bitsText === "1" ? formatTarget(networkOf(ip, 0)) : null;
  const narrowest = ip.family === 4 ? 32 : 64;
  const bits = bitsText === undefined ? (ip.family === 4 ? 32 : 128) : Number(bitsText);
  // Sets that packets fill hold an IPv6 address for its /64.
  if (ip.family === 6 && bits === 128) return formatTarget(networkOf(ip, 64));
  return bits > narrowest ? null : formatTarget(networkOf(ip, bits));
}
