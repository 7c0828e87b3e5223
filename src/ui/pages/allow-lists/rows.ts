import type { AllowListJson } from "../../../http/contract.js";

/** One entry of the list as it is edited. */
export interface Row {
  /** For the page alone: what is typed into stays the same row. */
  readonly id: number;
  readonly entry: string;
  readonly note: string;
  /** As a date field has it; empty: it stays. */
  readonly until: string;
}

let lastId = 0;

export function emptyRow(entry = ""): Row {
  return { id: ++lastId, entry, note: "", until: "" };
}

export function rowsOf(list: AllowListJson): Row[] {
  const rows = list.entries.map(({ entry, note, until }): Row => ({
    ...emptyRow(entry),
    note: note ?? "",
    until: until?.slice(0, 10) ?? "",
  }));
  return rows.length === 0 ? [emptyRow()] : rows;
}

export function filledOf(rows: readonly Row[]): Row[] {
  return rows.filter(({ entry }) => entry.trim() !== "");
}

/** Whether two lists say the same. */
export function sameRows(one: readonly Row[], other: readonly Row[]): boolean {
  const said = (rows: readonly Row[]) =>
    JSON.stringify(filledOf(rows).map(({ entry, note, until }) => [entry.trim(), note.trim(), until]));
  return said(one) === said(other);
}

/** A date stands for its end, where the browser is; one that was not touched keeps its time. */
export function wishOf({ entry, note, until }: Row, list: AllowListJson) {
  const held = list.entries.find((each) => each.entry === entry.trim())?.until ?? null;
  const same = held !== null && held.slice(0, 10) === until;
  return {
    entry: entry.trim(),
    note: note.trim() === "" ? null : note.trim(),
    until: until === "" ? null : same ? held : new Date(`${until}T23:59:59`).toISOString(),
  };
}
