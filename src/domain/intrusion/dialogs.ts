import type { Source } from "../address.js";

/** What is remembered of one session (Call-ID) of one source while its tries go on. */
export interface Dialog {
  readonly source: Source;
  readonly key: number;
  lastAtMs: number;
  /** How far the unidentified try under way has come: a sum of the flags in attempts.ts; 0 where there is none. */
  legs: number;
  /** The account that it names, null while no event has said. */
  account: string | null;
  /** When an event named the same account once more and might be the second leg; null where none is open. */
  tentativeAtMs: number | null;
  /** The failed try told of last, which a success may take back. */
  last: { readonly atMs: number; readonly account: string | null } | null;
  /** A known account was challenged and has not answered. */
  challengedAtMs: number | null;
  /** Answers seen lately, to tell retransmissions. */
  answers: { readonly print: number; readonly atMs: number }[] | null;
  nextOfSource: Dialog | null;
  older: Dialog | null;
  newer: Dialog | null;
}

export interface DialogLimits {
  readonly perSource: number;
  readonly overall: number;
  /** Silence after which a dialog is over. */
  readonly idleMs: number;
}

/** The dialogs heard of lately, in bounded memory: beyond a limit the one that has been silent for longest is forgotten. */
export class Dialogs {
  private readonly firstOf = new Map<Source, Dialog>();
  private oldest: Dialog | null = null;
  private newest: Dialog | null = null;
  private count = 0;

  constructor(private readonly limits: DialogLimits) {}

  get size(): number {
    return this.count;
  }

  /** The dialog of `source` under `key`, begun anew where there is none or it has been silent for too long. */
  touch(source: Source, key: number, atMs: number): Dialog {
    const found = this.find(source, key, atMs);
    if (found !== null) {
      this.unchain(found);
      found.lastAtMs = Math.max(found.lastAtMs, atMs);
      this.chain(found);
      return found;
    }
    if (this.oldest !== null && (this.count >= this.limits.overall || this.isOver(this.oldest, atMs))) {
      this.forget(this.oldest);
    }
    const dialog: Dialog = {
      source,
      key,
      lastAtMs: atMs,
      legs: 0,
      account: null,
      tentativeAtMs: null,
      last: null,
      challengedAtMs: null,
      answers: null,
      nextOfSource: this.firstOf.get(source) ?? null,
      older: null,
      newer: null,
    };
    this.firstOf.set(source, dialog);
    this.chain(dialog);
    this.count++;
    return dialog;
  }

  *of(source: Source): Iterable<Dialog> {
    for (let dialog = this.firstOf.get(source) ?? null; dialog !== null; dialog = dialog.nextOfSource) {
      yield dialog;
    }
  }

  /** Also makes room: what is over is dropped on the way, and the longest silent one where the source has too many. */
  private find(source: Source, key: number, atMs: number): Dialog | null {
    let held = 0;
    let silent: Dialog | null = null;
    let dialog = this.firstOf.get(source) ?? null;
    while (dialog !== null) {
      const next: Dialog | null = dialog.nextOfSource;
      if (this.isOver(dialog, atMs)) this.forget(dialog);
      else if (dialog.key === key) return dialog;
      else {
        held++;
        if (silent === null || dialog.lastAtMs <= silent.lastAtMs) silent = dialog;
      }
      dialog = next;
    }
    if (silent !== null && held >= this.limits.perSource) this.forget(silent);
    return null;
  }

  private isOver(dialog: Dialog, atMs: number): boolean {
    return Math.abs(atMs - dialog.lastAtMs) > this.limits.idleMs;
  }

  private forget(gone: Dialog): void {
    this.unchain(gone);
    this.count--;
    const next = gone.nextOfSource;
    gone.nextOfSource = null;
    let before = this.firstOf.get(gone.source) ?? null;
    if (before === gone) {
      if (next === null) this.firstOf.delete(gone.source);
      else this.firstOf.set(gone.source, next);
      return;
    }
    while (before !== null && before.nextOfSource !== gone) before = before.nextOfSource;
    if (before !== null) before.nextOfSource = next;
  }

  private chain(dialog: Dialog): void {
    dialog.older = this.newest;
    dialog.newer = null;
    if (this.newest === null) this.oldest = dialog;
    else this.newest.newer = dialog;
    this.newest = dialog;
  }

  private unchain(dialog: Dialog): void {
    if (dialog.older === null) this.oldest = dialog.newer;
    else dialog.older.newer = dialog.newer;
    if (dialog.newer === null) this.newest = dialog.older;
    else dialog.newer.older = dialog.older;
    // A node that is gone must not hold its neighbours: the collector would carry whole chains of them along.
    dialog.older = dialog.newer = null;
  }
}
