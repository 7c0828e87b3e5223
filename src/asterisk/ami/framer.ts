/** What ends an AMI message. */
export const EMPTY_LINE = Buffer.from("\r\n\r\n");
/** What ends a line of a log. */
export const LINE_FEED = Buffer.from("\n");
const CR = 13;
const LF = 10;

/** Called with the bytes of one message, without what ends it. They are valid during the call only. */
export type OnMessage = (bytes: Buffer, start: number, end: number) => void;

/** Cuts a byte stream into messages at `delimiter`, wherever the chunks begin and end. Holds one begun message at most: one
 *  longer than `maxMessage` bytes is skipped to its end and counted. Between messages that end at an empty line, more empty
 *  lines are passed over. */
export class Framer {
  oversize = 0;
  private store = Buffer.allocUnsafe(0);
  private length = 0;
  private skipping = false;

  constructor(
    private readonly onMessage: OnMessage,
    private readonly maxMessage: number,
    private readonly delimiter: Buffer,
  ) {}

  /** Whether a message has begun and not ended. */
  get midMessage(): boolean {
    return this.length > 0 || this.skipping;
  }

  push(chunk: Buffer): void {
    if (this.length === 0) {
      const used = this.cut(chunk, 0);
      this.keep(chunk.subarray(used));
    } else {
      const searched = Math.max(0, this.length - this.delimiter.length + 1);
      this.append(chunk);
      const held = this.store.subarray(0, this.length);
      const used = this.cut(held, searched);
      if (used > 0) {
        this.store.copyWithin(0, used, this.length);
        this.length -= used;
      }
    }
    this.shedOversize();
  }

  /** Hands on the messages in `bytes`; returns where the last, unfinished one starts. `searched`: up to here there is no
   *  end of a message. */
  private cut(bytes: Buffer, searched: number): number {
    let start = 0;
    let from = searched;
    for (;;) {
      if (!this.skipping && this.delimiter === EMPTY_LINE) {
        while (bytes[start] === CR && bytes[start + 1] === LF) start += 2;
      }
      const end = bytes.indexOf(this.delimiter, Math.max(start, from));
      if (end < 0) return start;
      if (this.skipping) this.skipping = false;
      else if (end - start > this.maxMessage) this.oversize++;
      else this.onMessage(bytes, start, end);
      start = end + this.delimiter.length;
      from = start;
    }
  }

  private keep(rest: Buffer): void {
    if (rest.length === 0) return;
    this.reserve(rest.length);
    rest.copy(this.store);
    this.length = rest.length;
  }

  private append(chunk: Buffer): void {
    this.reserve(this.length + chunk.length);
    chunk.copy(this.store, this.length);
    this.length += chunk.length;
  }

  private reserve(size: number): void {
    if (this.store.length >= size) return;
    const larger = Buffer.allocUnsafe(Math.max(size, this.store.length * 2, 4096));
    this.store.copy(larger, 0, 0, this.length);
    this.store = larger;
  }

  /** The last bytes stay, since they can be the start of the delimiter. */
  private shedOversize(): void {
    const tail = this.delimiter.length - 1;
    if (!this.skipping && this.length - tail > this.maxMessage) {
      this.skipping = true;
      this.oversize++;
    }
    if (this.skipping && this.length > tail) {
      this.store.copyWithin(0, this.length - tail, this.length);
      this.length = tail;
    }
  }
}
