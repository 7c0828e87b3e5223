import type { RateRow } from "../../domain/calling/deck.js";

/** One price as it is stored: of the rows of one prefix, the one in force is that which began last and has not ended. */
export interface DeckRow extends RateRow {
  /** In force from then on; left out: always was. */
  readonly fromMs?: number;
  readonly untilMs?: number;
}

export interface DeckInfo {
  readonly name: string;
  readonly rows: number;
  readonly importedAtMs: number;
  readonly importedBy: string;
  /** When the deck before this one was imported, which `undo` brings back; null where there is none. */
  readonly previousAtMs: number | null;
}

export interface DeckStore {
  /** Puts the new deck in the old one's place, whole, with its audit row. */
  replace(name: string, rows: Iterable<DeckRow>, atMs: number, by: string): DeckInfo;
  /** Puts the deck before in the place of the one of that name, which is kept in its stead: a second undo takes the first one back.
   *  Null where there is no deck before. */
  undo(name: string, atMs: number, by: string): DeckInfo | null;
  /** Takes the deck away; `undo` brings it back. False where there is none of that name. */
  remove(name: string, atMs: number, by: string): boolean;
  list(): DeckInfo[];
  /** In order of prefix, then of the time from which they are in force. */
  rows(name: string): Iterable<DeckRow>;
}
