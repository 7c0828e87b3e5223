import { formatIp, networkOfTarget, type Target } from "../domain/address.js";
import type { BanScope } from "../domain/intrusion/ban.js";

/** The names of the sets in the nftables table, and what goes into them. There is one hash set for each prefix length in
 *  use, and one rule that looks up the sender's address, masked to that length. So networks may overlap, each keeps its own
 *  end, an element is lifted alone, and adding one costs the same among ten as among 100,000: none of which holds for an
 *  interval set. */

/** `protected` is looked up first, and lets through; `ban` shuts the whole host, `voip` the ports of calls alone. */
export type SetKind = "protected" | "ban" | "voip" | "known";

export interface AddressSet {
  readonly kind: SetKind;
  readonly family: 4 | 6;
  readonly bits: number;
}

/** Always there, so that the usual change is one `add element`. */
export const BASE_SETS: readonly AddressSet[] = (["ban", "voip", "known"] as const).flatMap((kind) => [
  { kind, family: 4, bits: 32 } as const,
  { kind, family: 6, bits: 64 } as const,
]);

/** Filled by packets: `flood` counts strangers, `busy` known sources, `over` names those beyond their limit, `tried` those that are
 *  shut out and go on. */
export const PACKET_SETS = [
  "flood4",
  "flood6",
  "busy4",
  "busy6",
  "over4",
  "over6",
  "tried4",
  "tried6",
] as const;
export type PacketSet = (typeof PACKET_SETS)[number];

const NAME = /^(protected|ban|voip|known)([46])_([1-9][0-9]?|0)$/;

/** Such as `ban4_32`. */
export function nameOf(set: AddressSet): string {
  return `${set.kind}${set.family}_${set.bits}`;
}

/** Null where `name` is no name of ours. */
export function parseSetName(name: string): AddressSet | null {
  const match = NAME.exec(name);
  if (match === null) return null;
  const family = match[2] === "4" ? 4 : 6;
  const bits = Number(match[3]);
  if (bits > (family === 4 ? 32 : 64)) return null;
  return { kind: match[1] as SetKind, family, bits };
}

export function typeOf({ family }: { readonly family: 4 | 6 }): string {
  return family === 4 ? "ipv4_addr" : "ipv6_addr";
}

export function kindOf(scope: BanScope): "ban" | "voip" {
  return scope === "host" ? "ban" : "voip";
}

/** What a target needs: the set, and the address to put into it. */
export function elementOf(kind: SetKind, target: Target): { set: AddressSet; address: string } {
  // An IPv4 address, which most are, is written as the kernel wants it.
  if (!target.includes("/")) return { set: { kind, family: 4, bits: 32 }, address: target };
  const network = networkOfTarget(target);
  return {
    set: { kind, family: network.family, bits: network.bits },
    address: formatIp({ family: network.family, value: network.base }),
  };
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

/** Each set once, those of `known` first. */
export function union(known: readonly AddressSet[], wanted: readonly AddressSet[]): readonly AddressSet[] {
  const names = new Set(known.map(nameOf));
  const added = wanted.filter((set) => !names.has(nameOf(set)) && names.add(nameOf(set)));
  return added.length === 0 ? known : [...known, ...added];
}
