import type { AreaNodeJson } from "../../../http/contract.js";
import { areasTexts as texts } from "../../texts/areas.js";
import { spaced } from "../../texts/words.js";
import type { PrefixWishes } from "./changes-prefixes.js";

/** By the code of an area: the types that shall be open. */
export type Wishes = ReadonlyMap<string, ReadonlySet<string>>;

/** Closed until somebody names them; the API's `types: null` does not open them either. */
const DEAR = new Set(["premium", "shared-cost", "personal", "pager", "uan"]);

export function isOrdinary(type: string): boolean {
  return !DEAR.has(type);
}

export function openTypes(node: AreaNodeJson, wishes: Wishes): ReadonlySet<string> {
  return wishes.get(node.code) ?? new Set(node.types.filter(({ open }) => open).map(({ type }) => type));
}

export function openness(node: AreaNodeJson, wishes: Wishes): AreaNodeJson["openness"] {
  if (!wishes.has(node.code)) return node.openness;
  const open = openTypes(node, wishes);
  if (open.size === 0) return node.prefixes.some(({ action }) => action === "allow") ? "partly" : "closed";
  const ordinary = node.types.filter(({ type }) => isOrdinary(type));
  const all = (ordinary.length > 0 ? ordinary : node.types).every(({ type }) => open.has(type));
  return all && node.prefixes.every(({ action }) => action === "allow") ? "open" : "partly";
}

/** The wishes with this area as given; one that asks for what is there already is none. */
export function wish(wishes: Wishes, node: AreaNodeJson, open: ReadonlySet<string>): Wishes {
  const next = new Map(wishes);
  const same = node.types.every((type) => type.open === open.has(type.type));
  if (same) next.delete(node.code);
  else next.set(node.code, open);
  return next;
}

/** All ordinary types, or none. */
export function wholly(node: AreaNodeJson, open: boolean): ReadonlySet<string> {
  if (!open) return new Set();
  const ordinary = node.types.filter(({ type }) => isOrdinary(type));
  return new Set((ordinary.length > 0 ? ordinary : node.types).map(({ type }) => type));
}

/** As the API takes them. */
export function changesOf(
  nodes: readonly AreaNodeJson[],
  wishes: Wishes,
  prefixes: PrefixWishes,
): { allow: string[]; deny: string[]; forget: string[] } {
  const prefixed = (action: string) =>
    [...prefixes].flatMap(([prefix, does]) => (does === action ? [prefix] : []));
  const changes = { allow: prefixed("allow"), deny: prefixed("deny"), forget: prefixed("forget") };
  for (const node of nodes) {
    const open = wishes.get(node.code);
    if (open === undefined) continue;
    const added = node.types.filter((each) => !each.open && open.has(each.type)).map(({ type }) => type);
    const removed = node.types.filter((each) => each.open && !open.has(each.type)).map(({ type }) => type);
    if (open.size === 0) changes.deny.push(node.code);
    else if (removed.length > 0) changes.deny.push(`${node.code}:${removed.join(",")}`);
    const whole = [...wholly(node, true)];
    if (added.length > 0 && whole.every((type) => open.has(type) && added.includes(type))) {
      changes.allow.push(node.code);
      const dear = added.filter((type) => !whole.includes(type));
      if (dear.length > 0) changes.allow.push(`${node.code}:${dear.join(",")}`);
    } else if (added.length > 0) changes.allow.push(`${node.code}:${added.join(",")}`);
  }
  return changes;
}

/** What is to change, one sentence a change. */
export function changeWords(
  nodes: readonly AreaNodeJson[],
  wishes: Wishes,
  prefixes: PrefixWishes,
  highRisk: "refuse" | "allow" | null,
): string[] {
  const areas = nodes.flatMap((node) => {
    const open = wishes.get(node.code);
    if (open === undefined) return [];
    const state = openness(node, wishes);
    const types = [...open].map((type) => spaced(type).toLowerCase()).join(", ");
    return [texts.areaChange(node.name, state, types)];
  });
  const begun = [...prefixes].map(([prefix, action]) => texts.prefixChange(prefix, action));
  return [...areas, ...begun, ...(highRisk === null ? [] : [texts.riskChange(highRisk)])];
}
