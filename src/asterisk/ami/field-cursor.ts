import type { RecentTexts } from "./recent-texts.js";

/** How a stream writes the fields of an event. */
export interface FieldForm {
  /** What stands ahead of a field's value. */
  before(name: string): Buffer;
  /** By byte: ORDINARY, or what it can be within a value. */
  readonly kinds: Uint8Array;
  /** The byte that ends a value is part of the field. */
  readonly quoted: boolean;
  /** Whether the value under the cursor can be a word, or a number, of Asterisk's own. */
  isWord(fields: FieldCursor): boolean;
  isNumber(fields: FieldCursor): boolean;
}

const LF = 10;
const CR = 13;
const QUOTE = 34;
const ORDINARY = 0;
const END = 1;
const BREAK = 2;
const HIGH = 3;

/** `\r\nName: value`: a value ends at CR LF, or with the event. */
export const AMI_FORM: FieldForm = {
  before: (name) => Buffer.from(`\r\n${name}: `),
  kinds: kindsOf({ [CR]: END, [LF]: BREAK }),
  quoted: false,
  isWord: () => true,
  isNumber: () => true,
};

/** `,Name="value"`. */
export const LOG_FORM: FieldForm = {
  before: (name) => Buffer.from(`,${name}="`),
  kinds: kindsOf({ [QUOTE]: END, [LF]: BREAK, [CR]: BREAK }),
  quoted: true,
  isWord: (fields) => fields.isAll(isLetter, 20),
  isNumber: (fields) => fields.isAll(isDigit, 5),
};

/** Goes over the fields of one event, one after the other. */
export class FieldCursor {
  /** Where the value that was read last begins and ends. */
  start = 0;
  stop = 0;
  /** Whether it holds no line break of any kind. */
  isPlain = true;
  private isAscii = true;
  private bytes: Buffer = Buffer.alloc(0);
  private at = 0;
  private end = 0;

  constructor(private readonly form: FieldForm) {}

  set(bytes: Buffer, at: number, end: number): void {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  isAtEnd(): boolean {
    return this.at === this.end;
  }

  /** Goes to the value behind `before`; false, and nowhere, where something else stands here. */
  next(before: Buffer): boolean {
    if (!startsWithBytes(this.bytes, this.at, this.end, before)) return false;
    const { bytes, end } = this;
    const { kinds, quoted } = this.form;
    const start = this.at + before.length;
    let isPlain = true;
    let isAscii = true;
    let at = start;
    for (; at < end; at++) {
      const kind = kinds[bytes[at] ?? 0];
      if (kind === ORDINARY) continue;
      if (kind === END && (quoted || bytes[at + 1] === LF)) break;
      if (kind === HIGH) isAscii = false;
      else isPlain = false;
    }
    if (quoted && at === end) return false;
    this.start = start;
    this.stop = at;
    this.at = quoted ? at + 1 : at;
    this.isPlain = isPlain;
    this.isAscii = isAscii;
    return true;
  }

  is(value: Buffer): boolean {
    return (
      this.stop - this.start === value.length && startsWithBytes(this.bytes, this.start, this.stop, value)
    );
  }

  isAll(isOne: (byte: number) => boolean, most: number): boolean {
    const length = this.stop - this.start;
    if (length < 1 || length > most) return false;
    for (let at = this.start; at < this.stop; at++) if (!isOne(this.bytes[at] ?? 0)) return false;
    return true;
  }

  text(): string {
    return this.bytes.toString(this.isAscii ? "latin1" : "utf8", this.start, this.stop);
  }

  /** The same, as one string where it was met lately. */
  textAmong(recent: RecentTexts): string {
    return this.isAscii ? recent.of(this.bytes, this.start, this.stop) : this.text();
  }

  latin1(): string {
    return this.bytes.toString("latin1", this.start, this.stop);
  }
}

export function startsWithBytes(bytes: Buffer, at: number, end: number, prefix: Buffer): boolean {
  if (at + prefix.length > end) return false;
  for (let index = 0; index < prefix.length; index++) {
    if (bytes[at + index] !== prefix[index]) return false;
  }
  return true;
}

function kindsOf(special: Readonly<Record<number, number>>): Uint8Array {
  const kinds = new Uint8Array(256);
  kinds.fill(HIGH, 128);
  for (const [byte, kind] of Object.entries(special)) kinds[Number(byte)] = kind;
  return kinds;
}

function isLetter(byte: number): boolean {
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x7a;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}
