import type { Source } from "../address.js";
import { roomier, widened } from "../columns.js";
import { TextTable } from "../text-table.js";
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
  /** Whom chan_sip challenged last, whether it has the account or not; null of other services. */
  askedName: string | null;
  /** The latest challenge: when it was sent, for which account (a fingerprint), and how long after the one before it:
   *  negative where its request was not that one's sent again, 0 where that was long before or another account's. */
  askedAtMs: number;
  askedFor: number;
  askedGapMs: number;
  /** The latest challenge that waits for an answer, and those before it that do. */
  waitingSinceMs: number;
  waitedBefore: number[] | null;
  /** Which legs of a ping AMI is still to tell of (flags of legs.ts), and when the mirror showed it. */
  excused: number;
  excusedAtMs: number;
  /** Fingerprints of the answers seen lately and when they came, to tell retransmissions. */
  answers: number[] | null;
}

export interface DialogLimits {
  readonly perSource: number;
  readonly overall: number;
  /** Silence after which a dialog is over. */
  readonly idleMs: number;
}

/** The dialogs heard of lately, in bounded memory: beyond a limit the one that has been silent for longest is forgotten. */
export class Dialogs {
  /** By number. */
  private readonly records: DialogRecord[] = [];
  /** The first of each source. */
  private readonly firsts = new TextTable((number) => this.records[number]?.source ?? "");
  private oldest: DialogRecord | null = null;
  private newest: DialogRecord | null = null;
  /** Records of forgotten dialogs, to be used again: making one for each session would keep the collector busy. */
  private spare: DialogRecord | null = null;
  private count = 0;
  private readonly numbers = new Numbers();

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
    const first = this.firstOf(source);
    dialog.nextOfSource = first;
    if (first === null) this.firsts.add(dialog.number);
    else {
      first.previousOfSource = dialog;
      this.firsts.replace(dialog.number);
    }
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
    for (let dialog = this.firstOf(source); dialog !== null; dialog = dialog.nextOfSource) {
      yield dialog;
    }
  }

  /** The events of one try mostly come one right after the other. */
  private newestIs(source: Source, key: number, atMs: number): boolean {
    const { newest } = this;
    return newest !== null && newest.key === key && newest.source === source && !this.isOver(newest, atMs);
  }

  /** Also makes room: what is over is dropped on the way, and the longest silent one where the source has too many. */
  private find(source: Source, key: number, atMs: number): DialogRecord | null {
    let held = 0;
    let silent: DialogRecord | null = null;
    let dialog: DialogRecord | null = this.firstOf(source);
    while (dialog !== null) {
      const next: DialogRecord | null = dialog.nextOfSource;
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

  private firstOf(source: Source): DialogRecord | null {
    const number = this.firsts.find(source);
    return number < 0 ? null : (this.records[number] ?? null);
  }

  private isOver(dialog: Dialog, atMs: number): boolean {
    return Math.abs(atMs - dialog.lastAtMs) > this.limits.idleMs;
  }

  private blank(source: Source, key: number, atMs: number): DialogRecord {
    const used = this.spare;
    if (used === null) {
      const made = new DialogRecord(this.records.length, this.numbers, source, key, atMs);
      this.records.push(made);
      return made;
    }
    this.spare = used.newer;
    used.newer = null;
    used.source = source;
    used.key = key;
    used.lastAtMs = atMs;
    return used;
  }

  private forget(gone: DialogRecord): void {
    this.gone(gone);
    this.unchain(gone);
    this.unlink(gone);
    this.count--;
    wipe(gone);
    gone.newer = this.spare;
    this.spare = gone;
  }

  private unlink(gone: DialogRecord): void {
    const { nextOfSource: next, previousOfSource: before } = gone;
    gone.nextOfSource = gone.previousOfSource = null;
    if (next !== null) next.previousOfSource = before;
    if (before !== null) before.nextOfSource = next;
    else if (next === null) this.firsts.delete(gone.source);
    else this.firsts.replace(next.number);
  }

  private chain(dialog: DialogRecord): void {
    dialog.older = this.newest;
    dialog.newer = null;
    if (this.newest === null) this.oldest = dialog;
    else this.newest.newer = dialog;
    this.newest = dialog;
  }

  private unchain(dialog: DialogRecord): void {
    if (dialog.older === null) this.oldest = dialog.newer;
    else dialog.older.newer = dialog.newer;
    if (dialog.newer === null) this.newest = dialog.older;
    else dialog.newer.older = dialog.older;
    dialog.older = dialog.newer = null;
  }
}

const FIRST_ROOM = 64;
const NUMBERS_EACH = 8;

/** The numbers of all dialogs, which V8 would put into a box of 16 bytes each: of 50,000 dialogs, six megabytes. */
class Numbers {
  values = new Float64Array(FIRST_ROOM * NUMBERS_EACH);

  /** Makes room for those of the dialog of this number. */
  provide(dialog: number): void {
    const room = this.values.length / NUMBERS_EACH;
    if (dialog >= room) this.values = widened(this.values, new Float64Array(roomier(room) * NUMBERS_EACH));
  }
}

class DialogRecord implements Dialog {
  service: Service = "other";
  transport: Transport = "unknown";
  legs = 0;
  account: string | null = null;
  proven = false;
  failedAccount: string | null = null;
  askedName: string | null = null;
  knownIsChallenged = false;
  askedGapMs = 0;
  excused = 0;
  waitedBefore: number[] | null = null;
  answers: number[] | null = null;
  nextOfSource: DialogRecord | null = null;
  previousOfSource: DialogRecord | null = null;
  older: DialogRecord | null = null;
  newer: DialogRecord | null = null;

  constructor(
    readonly number: number,
    private readonly numbers: Numbers,
    public source: Source,
    public key: number,
    atMs: number,
  ) {
    numbers.provide(number);
    this.lastAtMs = atMs;
    wipe(this);
  }

  get lastAtMs(): number {
    return this.numbers.values[this.number * NUMBERS_EACH] ?? -Infinity;
  }

  set lastAtMs(value: number) {
    this.numbers.values[this.number * NUMBERS_EACH] = value;
  }

  get tentativeAtMs(): number {
    return this.numbers.values[this.number * NUMBERS_EACH + 1] ?? -Infinity;
  }

  set tentativeAtMs(value: number) {
    this.numbers.values[this.number * NUMBERS_EACH + 1] = value;
  }

  get forgedAtMs(): number {
    return this.numbers.values[this.number * NUMBERS_EACH + 2] ?? -Infinity;
  }

  set forgedAtMs(value: number) {
    this.numbers.values[this.number * NUMBERS_EACH + 2] = value;
  }

  get failedAtMs(): number {
    return this.numbers.values[this.number * NUMBERS_EACH + 3] ?? -Infinity;
  }

  set failedAtMs(value: number) {
    this.numbers.values[this.number * NUMBERS_EACH + 3] = value;
  }

  get askedAtMs(): number {
    return this.numbers.values[this.number * NUMBERS_EACH + 4] ?? -Infinity;
  }

  set askedAtMs(value: number) {
    this.numbers.values[this.number * NUMBERS_EACH + 4] = value;
  }

  get waitingSinceMs(): number {
    return this.numbers.values[this.number * NUMBERS_EACH + 5] ?? -Infinity;
  }

  set waitingSinceMs(value: number) {
    this.numbers.values[this.number * NUMBERS_EACH + 5] = value;
  }

  get askedFor(): number {
    return this.numbers.values[this.number * NUMBERS_EACH + 6] ?? 0;
  }

  set askedFor(value: number) {
    this.numbers.values[this.number * NUMBERS_EACH + 6] = value;
  }

  get excusedAtMs(): number {
    return this.numbers.values[this.number * NUMBERS_EACH + 7] ?? -Infinity;
  }

  set excusedAtMs(value: number) {
    this.numbers.values[this.number * NUMBERS_EACH + 7] = value;
  }
}

/** As a new one, without the texts that it held. */
function wipe(dialog: Dialog): void {
  dialog.legs = 0;
  dialog.account = dialog.failedAccount = dialog.askedName = null;
  dialog.proven = dialog.knownIsChallenged = false;
  dialog.tentativeAtMs = dialog.forgedAtMs = dialog.failedAtMs = dialog.waitingSinceMs = -Infinity;
  dialog.askedAtMs = dialog.excusedAtMs = -Infinity;
  dialog.askedFor = dialog.askedGapMs = dialog.excused = 0;
  dialog.waitedBefore = dialog.answers = null;
}
