import type { Target } from "../domain/address.js";
import type { FirewallChange } from "../guard/ports.js";
import { FAMILY, TABLE } from "./ruleset.js";
import { elementOf, kindOf, nameOf, setsFor, union, type AddressSet, type SetKind } from "./sets.js";

/** Changes of what the sets hold, as nft is told them. */

/** `fresh`: fails as a whole where one of `shut` is held already. Otherwise what is held is renewed, on old kernels too,
 *  where `add` leaves the end of a present element as it was; taking out before putting in makes nft linger some ten
 *  milliseconds after the change is in force. `present`: the sets that there are; what is in none is not held. */
export function changeText(
  change: FirewallChange,
  mode: "fresh" | "renew",
  present: readonly AddressSet[],
): string {
  // The later one of two for the same target counts, and a target that is in both lists is shut.
  const shut = new Map(change.shut.map((each) => [each.target, each]));
  const names = new Set(present.map(nameOf));
  const taken: Elements = new Map();
  const added: Elements = new Map();
  const take = (kind: "ban" | "voip", target: Target): void => {
    const { set, address } = elementOf(kind, target);
    const name = nameOf(set);
    if (names.has(name)) put(taken, name, address);
  };
  for (const target of new Set(change.open)) {
    if (shut.has(target)) continue;
    take("ban", target);
    take("voip", target);
  }
  for (const [target, { scope, timeoutMs }] of shut) {
    const kind = kindOf(scope);
    take(kind === "ban" ? "voip" : "ban", target);
    if (mode === "renew") take(kind, target);
    const { set, address } = elementOf(kind, target);
    put(added, nameOf(set), address + timeoutText(timeoutMs));
  }
  // Deleting what is absent would be an error.
  return (
    elementsText("add", taken) +
    elementsText("delete", taken) +
    elementsText(mode === "fresh" ? "create" : "add", added)
  );
}

/** The sets that a change puts something into. */
export function setsOfChange({ shut }: FirewallChange): readonly AddressSet[] {
  const of = (scope: "host" | "voip"): AddressSet[] =>
    setsFor(
      kindOf(scope),
      shut.filter((each) => each.scope === scope).map(({ target }) => target),
    );
  return union(of("host"), of("voip"));
}

/** Empties those of `present` that are of `kind`, and puts `targets` in. */
export function replaceText(
  kind: SetKind,
  targets: readonly Target[],
  present: readonly AddressSet[],
): string {
  const flushed = present
    .filter((set) => set.kind === kind)
    .map((set) => `flush set ${FAMILY} ${TABLE} ${nameOf(set)}\n`);
  const elements: Elements = new Map();
  for (const target of new Set(targets)) {
    const { set, address } = elementOf(kind, target);
    put(elements, nameOf(set), address);
  }
  return flushed.join("") + elementsText("add", elements);
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

/** By set name. */
type Elements = Map<string, string[]>;

function put(elements: Elements, name: string, element: string): void {
  const list = elements.get(name);
  if (list === undefined) elements.set(name, [element]);
  else list.push(element);
}

function elementsText(verb: "add" | "create" | "delete", elements: Elements): string {
  return [...elements]
    .map(([name, list]) => `${verb} element ${FAMILY} ${TABLE} ${name} { ${list.join(", ")} }\n`)
    .join("");
}
