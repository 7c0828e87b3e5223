import type { Source } from "../address.js";
import type { Service, Transport } from "./security-event.js";

/** What is remembered of one session (Call-ID) of one source while its tries go on. Times are Unix milliseconds, and
 *  -Infinity where there is none. */
export interface Dialog {
  source: Source;
  key: number;
  service: Service;
  transport: Transport;
  lastAtMs: number;
  /** How far the unidentified try under way has come: a sum of the flags in legs.ts; 0 where there is none. */
  legs: number;
  /** The account that it names, null while no event has said. */
  account: string | null;
  /** Its sender has shown that it receives what is sent to it. */
  proven: boolean;
  /** When an event named the same account once more and might be the second leg. */
  tentativeAtMs: number;
  /** When a forged answer came without the event that names its account: that one may follow. */
  forgedAtMs: number;
  /** The failed try told of last, which a success may take back: when, and on which account. */
  failedAtMs: number;
  failedAccount: string | null;
  /** An account that Asterisk knows was challenged and has not answered. */
  knownIsChallenged: boolean;
  /** The latest challenge: when it was sent, for which account (a fingerprint), and how long after the one before it:
   *  negative where its request was not that one's sent again, 0 where that was long before or another account's. */
  askedAtMs: number;
  askedFor: number;
  askedGapMs: number;
  /** The latest challenge that waits for an answer, and those before it that do. */
  waitingSinceMs: number;
  waitedBefore: number[] | null;
  /** Fingerprints of the answers seen lately and when they came, to tell retransmissions. */
  answers: number[] | null;
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
  /** Records of forgotten dialogs, to be used again: making one for each session would keep the collector busy. */
  private spare: Dialog | null = null;
  private count = 0;

  /** @param gone is told of each dialog right before it is forgotten */
  constructor(
    private readonly limits: DialogLimits,
    private readonly gone: (dialog: Dialog) => void,
  ) {}

  get size(): number {
    return this.count;
  }

  /** The dialog of `source` under `key`, begun anew where there is none or it has been silent for too long. */
  touch(source: Source, key: number, atMs: number): Dialog {
    const found = this.newestIs(source, key, atMs) ? this.newest : this.find(source, key, atMs);
    if (found !== null) {
      if (found !== this.newest) {
        this.unchain(found);
        this.chain(found);
      }
      if (atMs > found.lastAtMs) found.lastAtMs = atMs;
      return found;
    }
    if (this.oldest !== null && this.count >= this.limits.overall) this.forget(this.oldest);
    const dialog = this.blank(source, key, atMs);
    dialog.nextOfSource = this.firstOf.get(source) ?? null;
    this.firstOf.set(source, dialog);
    this.chain(dialog);
    this.count++;
    return dialog;
  }

  /** Forgets up to `most` dialogs that are over. Whether there may be more. */
  sweep(atMs: number, most: number): boolean {
    for (let left = most; left > 0; left--) {
      if (this.oldest === null || !this.isOver(this.oldest, atMs)) return false;
      this.forget(this.oldest);
    }
    return true;
  }

  *of(source: Source): Iterable<Dialog> {
    for (let dialog = this.firstOf.get(source) ?? null; dialog !== null; dialog = dialog.nextOfSource) {
      yield dialog;
    }
  }

  /** The events of one try mostly come one right after the other. */
  private newestIs(source: Source, key: number, atMs: number): boolean {
    const { newest } = this;
    return newest !== null && newest.key === key && newest.source === source && !this.isOver(newest, atMs);
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

  private blank(source: Source, key: number, atMs: number): Dialog {
    const used = this.spare;
    if (used === null) return fresh(source, key, atMs);
    this.spare = used.newer;
    used.newer = null;
    used.source = source;
    used.key = key;
    used.lastAtMs = atMs;
    return used;
  }

  private forget(gone: Dialog): void {
    this.gone(gone);
    this.unchain(gone);
    this.unlink(gone);
    this.count--;
    wipe(gone);
    gone.newer = this.spare;
    this.spare = gone;
  }

  private unlink(gone: Dialog): void {
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
    dialog.older = dialog.newer = null;
  }
}

function fresh(source: Source, key: number, atMs: number): Dialog {
  return {
    source,
    key,
    service: "other",
    transport: "unknown",
    lastAtMs: atMs,
    legs: 0,
    account: null,
    proven: false,
    tentativeAtMs: -Infinity,
    forgedAtMs: -Infinity,
    failedAtMs: -Infinity,
    failedAccount: null,
    knownIsChallenged: false,
    askedAtMs: -Infinity,
    askedFor: 0,
    askedGapMs: 0,
    waitingSinceMs: -Infinity,
    waitedBefore: null,
    answers: null,
    nextOfSource: null,
    older: null,
    newer: null,
  };
}

/** As fresh, without the texts that it held. */
function wipe(dialog: Dialog): void {
  dialog.legs = 0;
  dialog.account = dialog.failedAccount = null;
  dialog.proven = dialog.knownIsChallenged = false;
  dialog.tentativeAtMs = dialog.forgedAtMs = dialog.failedAtMs = dialog.waitingSinceMs = -Infinity;
  dialog.askedAtMs = -Infinity;
  dialog.askedFor = dialog.askedGapMs = 0;
  dialog.waitedBefore = dialog.answers = null;
}
