import { formatIp, networkOfTarget, type Target } from "../domain/address.js";
import type { FirewallChange } from "../guard/ports.js";

/** The text that nft is given. Pure: what the kernel holds comes in, a script goes out.
 *
 *  There is one hash set for each prefix length in use, and one rule that looks up the sender's address, masked to that
 *  length. So networks may overlap, each keeps its own end, an element is lifted alone, and adding one costs the same
 *  among ten as among 100,000: none of which holds for an interval set. */

export const FAMILY = "inet";
export const TABLE = "ringfence";
export const CHAIN = "prerouting";
/** Ahead of connection tracking (-200) and of the raw tables of others (-300): what is dropped here costs no entry,
 *  and flows that are established already stop at the next packet. */
export const PRIORITY = -310;
/** Goes into each rule's comment. Raise it when a rule's meaning changes, so that `prepare` writes the chain anew. */
const EDITION = 1;

/** `protected` is looked up first, and lets through. */
export type SetKind = "protected" | "ban";

export interface AddressSet {
  readonly kind: SetKind;
  readonly family: 4 | 6;
  readonly bits: number;
}

/** Always there, so that the usual ban is one `add element`. */
export const BASE_SETS: readonly AddressSet[] = [
  { kind: "ban", family: 4, bits: 32 },
  { kind: "ban", family: 6, bits: 64 },
];

export const COUNTERS = { 4: "dropped4", 6: "dropped6" } as const;

/** Such as `ban4_32`. */
export function nameOf(set: AddressSet): string {
  return `${set.kind}${set.family}_${set.bits}`;
}

/** Null where `name` is no name of ours. */
export function parseSetName(name: string): AddressSet | null {
  const match = /^(protected|ban)([46])_([1-9][0-9]?|0)$/.exec(name);
  if (match === null) return null;
  const family = match[2] === "4" ? 4 : 6;
  const bits = Number(match[3]);
  if (bits > (family === 4 ? 32 : 64)) return null;
  return { kind: match[1] === "ban" ? "ban" : "protected", family, bits };
}

export function typeOf(set: AddressSet): string {
  return set.family === 4 ? "ipv4_addr" : "ipv6_addr";
}

/** What a target needs: the set, and the address to put into it. */
export function elementOf(kind: SetKind, target: Target): { set: AddressSet; address: string } {
  const network = networkOfTarget(target);
  return {
    set: { kind, family: network.family, bits: network.bits },
    address: formatIp({ family: network.family, value: network.base }),
  };
}

/** Makes the chain do what `sets` need, in place of whatever rules it has. */
export function chainText(sets: readonly AddressSet[]): string {
  const lines = [`flush chain ${FAMILY} ${TABLE} ${CHAIN}`];
  for (const { comment, rule } of rulesFor(sets)) {
    lines.push(`add rule ${FAMILY} ${TABLE} ${CHAIN} ${rule} comment "${comment}"`);
  }
  return lines.join("\n") + "\n";
}

/** The comments by which the rules are known again in a listing, in the order of the chain. */
export function ruleComments(sets: readonly AddressSet[]): string[] {
  return rulesFor(sets).map(({ comment }) => comment);
}

export function addSetText(set: AddressSet): string {
  return `add set ${FAMILY} ${TABLE} ${nameOf(set)} { type ${typeOf(set)}; flags timeout; }\n`;
}

/** The table, its counters and its chain; harmless where they are. */
export function tableText(): string {
  return [
    `add table ${FAMILY} ${TABLE}`,
    ...Object.values(COUNTERS).map((name) => `add counter ${FAMILY} ${TABLE} ${name}`),
    `add chain ${FAMILY} ${TABLE} ${CHAIN} { type filter hook prerouting priority ${PRIORITY}; policy accept; }\n`,
  ].join("\n");
}

/** Takes away what cannot be changed in place: sets of ours of another make, and a chain at another hook. */
export function removalText(found: {
  chain: "right" | "wrong" | "missing";
  wrongSets: readonly string[];
}): string {
  const where = `${FAMILY} ${TABLE}`;
  const lines = found.chain === "missing" ? [] : [`flush chain ${where} ${CHAIN}`];
  if (found.chain === "wrong") lines.push(`delete chain ${where} ${CHAIN}`);
  lines.push(...found.wrongSets.map((name) => `delete set ${where} ${name}`));
  return lines.map((line) => `${line}\n`).join("");
}

/** Empties the protected ones of `setsHeld`, and puts `targets` in. */
export function protectText(targets: readonly Target[], setsHeld: readonly AddressSet[]): string {
  const flushed = setsHeld
    .filter((set) => set.kind === "protected")
    .map((set) => `flush set ${FAMILY} ${TABLE} ${nameOf(set)}\n`);
  return (
    flushed.join("") +
    elementsText(
      "add",
      bySet("protected", targets, targetItself, () => ""),
    )
  );
}

/** `fresh`: fails as a whole where one of `shut` is held already. Otherwise what is held is renewed, on old kernels too,
 *  where `add` leaves the end of a present element as it was; taking out before putting in makes nft linger some ten
 *  milliseconds after the change is in force. */
export function changeText(change: FirewallChange, mode: "fresh" | "renew"): string {
  // The later one of two for the same target counts, and a target that is in both lists is shut.
  const shut = new Map(change.shut.map((each) => [each.target, each.timeoutMs]));
  const open = [...new Set(change.open)].filter((target) => !shut.has(target));
  const timeout = ([, timeoutMs]: [Target, number | null]): string => timeoutText(timeoutMs);
  const opened = bySet("ban", open, targetItself, () => "");
  const added = bySet("ban", [...shut], ([target]) => target, timeout);
  const parts = [elementsText("add", opened), elementsText("delete", opened)];
  if (mode === "fresh") return [...parts, elementsText("create", added)].join("");
  const bare = bySet("ban", [...shut.keys()], targetItself, () => "");
  parts.push(elementsText("add", bare), elementsText("delete", bare), elementsText("add", added));
  return parts.join("");
}

/** The sets that `targets` belong to, each once. */
export function setsFor(kind: SetKind, targets: Iterable<Target>): AddressSet[] {
  const sets = new Map<string, AddressSet>();
  for (const target of targets) {
    const { set } = elementOf(kind, target);
    sets.set(nameOf(set), set);
  }
  return [...sets.values()];
}

/** nft takes at most eight digits a unit, and understands 0 as "for good". */
export function timeoutText(timeoutMs: number | null): string {
  if (timeoutMs === null) return "";
  const ms = Math.min(Math.max(Math.ceil(timeoutMs), 1), LONGEST_MS);
  return ` timeout ${Math.floor(ms / DAY_MS)}d${Math.floor((ms % DAY_MS) / 1000)}s${ms % 1000}ms`;
}

const DAY_MS = 86_400_000;
/** A hundred years; the kernel's limit is beyond. */
const LONGEST_MS = 36_500 * DAY_MS;

function rulesFor(sets: readonly AddressSet[]): { comment: string; rule: string }[] {
  const order = (set: AddressSet): number =>
    (set.kind === "protected" ? 0 : 1000) + set.family * 100 - set.bits;
  const rules = [...sets]
    .sort((a, b) => order(a) - order(b))
    .map((set) => {
      const verdict = set.kind === "ban" ? `counter name ${COUNTERS[set.family]} drop` : "accept";
      return { comment: `${EDITION} ${nameOf(set)}`, rule: `${senderText(set)} @${nameOf(set)} ${verdict}` };
    });
  // A packet of this machine to itself may carry any of its addresses.
  return [{ comment: `${EDITION} loopback`, rule: "iif lo accept" }, ...rules];
}

function senderText({ family, bits }: AddressSet): string {
  if (family === 4 && bits === 32) return "ip saddr";
  const width = family === 4 ? 32n : 128n;
  const rest = width - BigInt(bits);
  const mask = formatIp({ family, value: ((1n << BigInt(bits)) - 1n) << rest });
  return `${family === 4 ? "ip" : "ip6"} saddr & ${mask}`;
}

const targetItself = (target: Target): Target => target;

function bySet<T>(
  kind: SetKind,
  items: readonly T[],
  targetOf: (item: T) => Target,
  suffixOf: (item: T) => string,
): Map<string, string[]> {
  const elements = new Map<string, string[]>();
  for (const item of items) {
    const { set, address } = elementOf(kind, targetOf(item));
    const name = nameOf(set);
    const list = elements.get(name);
    const element = address + suffixOf(item);
    if (list === undefined) elements.set(name, [element]);
    else list.push(element);
  }
  return elements;
}

function elementsText(verb: "add" | "create" | "delete", elements: Map<string, string[]>): string {
  return [...elements]
    .map(([name, list]) => `${verb} element ${FAMILY} ${TABLE} ${name} { ${list.join(", ")} }\n`)
    .join("");
}
