import { areaVerdict, NUMBER_TYPES } from "../domain/calling/area-rule.js";
import type { NumberType, OpenArea } from "../domain/policy.js";

/** The list with `added` opened as well. An area has at most two entries: its ordinary types, and types opened by name. The same
 *  list where it was open already. */
export function withArea(open: readonly OpenArea[], added: OpenArea): readonly OpenArea[] {
  const same = open.find(
    ({ area, types }) => area === added.area && (types === null) === (added.types === null),
  );
  if (same === undefined) return [...open, added];
  if (same.types === null || added.types === null) return open;
  const types = [...new Set([...same.types, ...added.types])];
  if (types.length === same.types.length) return open;
  return open.map((entry) => (entry === same ? { area: same.area, types } : entry));
}

/** The list without `closed`: all of the area where it names no types, else those types alone, and what else was open of
 *  the area stays so. The same list where it was closed already. */
export function withoutArea(open: readonly OpenArea[], closed: OpenArea): readonly OpenArea[] {
  const { area, types } = closed;
  const rest = open.filter((entry) => entry.area !== area);
  if (types === null) return rest.length === open.length ? open : rest;
  const were = openTypes(open, area);
  if (!were.some((type) => types.includes(type))) return open;
  const left = were.filter((type) => !types.includes(type));
  return left.length === 0 ? rest : [...rest, { area, types: left }];
}

function openTypes(open: readonly OpenArea[], area: string): NumberType[] {
  return NUMBER_TYPES.filter(
    (numberType) => areaVerdict({ area, candidates: [area], numberType }, open).open,
  );
}
