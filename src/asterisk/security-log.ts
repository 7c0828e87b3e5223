import type { Evidence } from "../domain/intrusion/security-event.js";
import { EventTimes, parseEventTime } from "./ami/event-time.js";
import { forgedEvent } from "./ami/evidence.js";
import { LOG_FORM, startsWithBytes } from "./ami/field-cursor.js";
import type { Readers } from "./ami/explain.js";
import { Framer, LINE_FEED } from "./ami/framer.js";
import { HttpLoginDoor, isFailedAmiLogin } from "./ami/http-login.js";
import { isEvidence } from "./ami/items.js";
import { explainRecord, isWholeRecord, readRecordHead, type RecordHead } from "./ami/log-record.js";
import { RemoteAddresses } from "./ami/remote-address.js";
import { schemaIn } from "./ami/security-schema.js";
import { SoundEvents } from "./ami/sound-event.js";

export interface SecurityLogCounts {
  readonly lines: number;
  readonly security: number;
  readonly forged: number;
  /** Lines that are no security events: other channels of the same log, starts of Asterisk. */
  readonly other: number;
  /** Records that can't be read, and pieces of them; not those that are counted as forged. */
  readonly malformed: number;
  readonly oversize: number;
}

const MAX_LINE = 256 * 1024;
const MAX_RECORD = 64 * 1024;
const MARK = Buffer.from('SecurityEvent="');
const QUOTE = 34;
/** What the logger puts ahead of a message, whatever its date format: level, thread, perhaps a call's id, and the file. */
const PREFIX = /^[^"]{0,160}\bSECURITY\[\d+\](?:\[C-[0-9a-f]+\])?:? [^"]{1,120}: $/;
/** The end of a record: a line that has one and starts none is the rest of a broken one. */
const PIECE = /",(?:SessionID|LocalAddress|RemoteAddress|ExpectedResponse)="/;

/** How a failed AMI login ends; over HTTP with the start of 1970. */
const HTTP_SESSION =
  /",SessionID="[^"]*",LocalAddress="[^"]*",RemoteAddress="([^"]*)",SessionTV="([^"]{28})"$/;

/** Reads Asterisk's security log (`[Nov 22 00:46:11] SECURITY[9924] res_security_log.c: SecurityEvent="…",EventTV="…",…`):
 *  bytes in, the same evidence out as from AMI. The log is as hostile as AMI and has no escapes: a quote in an account name or
 *  Call-ID looks like the end of its field, and a line break (from an account name) breaks the record over lines. A broken
 *  record is joined until its true end has come; the last record waits for the next line, or for `end()`. */
export class SecurityLogParser {
  private readonly framer = new Framer(
    (bytes, start, end) => this.readLine(bytes, start, end),
    MAX_LINE,
    LINE_FEED,
  );
  private readonly readers: Readers = { time: new EventTimes(), remote: new RemoteAddresses() };
  private readonly door: HttpLoginDoor;
  private readonly sound = new SoundEvents(LOG_FORM, this.readers);
  /** What the last record began with, up to the name of its event: most lines of a second begin alike. */
  private knownStart: Buffer = MARK;
  private open: { head: RecordHead; text: string } | null = null;
  private held: Evidence | null = null;
  private lines = 0;
  private security = 0;
  private forged = 0;
  private other = 0;
  private malformed = 0;

  constructor(private readonly onEvidence: (evidence: Evidence) => void) {
    this.door = new HttpLoginDoor((item) => {
      if (isEvidence(item)) this.handOn(item);
    });
  }

  get counts(): SecurityLogCounts {
    const { lines, security, forged, other, malformed } = this;
    return { lines, security, forged, other, malformed, oversize: this.framer.oversize };
  }

  push(chunk: Buffer): void {
    this.framer.push(chunk);
  }

  /** To be called at the end of the log: hands on the last record, even if its line has no end yet. */
  end(): void {
    if (this.framer.midMessage) this.framer.push(LINE_FEED);
    if (this.open !== null) this.malformed++;
    this.open = null;
    this.hold(null);
    this.door.close();
  }

  private readLine(bytes: Buffer, start: number, end: number): void {
    this.lines++;
    const sound = this.open === null ? this.soundRecord(bytes, start, end) : null;
    if (sound !== null) {
      this.hold(sound);
    } else {
      const record = this.recordIn(bytes, start, end);
      if (this.open !== null) this.readRest(this.open, bytes.toString("utf8", start, end), record);
      else if (record !== null) this.readRecord(record);
      else this.readOther(bytes.toString("utf8", start, end));
    }
    if (this.door.isOpen) this.watchDoor(bytes.toString("utf8", start, end));
  }

  /** What a line says that is one whole record, as Asterisk prints it and without a quote in any value; null for all others. */
  private soundRecord(bytes: Buffer, start: number, end: number): Evidence | null {
    if (!startsWithBytes(bytes, start, end, this.knownStart)) return null;
    const nameAt = start + this.knownStart.length;
    let nameEnd = nameAt;
    while (nameEnd < end && bytes[nameEnd] !== QUOTE) nameEnd++;
    const schema = schemaIn(bytes, nameAt, nameEnd);
    return schema === undefined ? null : this.sound.read(bytes, nameEnd + 1, end, schema);
  }

  private recordIn(bytes: Buffer, start: number, end: number): string | null {
    const at = bytes.subarray(start, end).indexOf(MARK);
    if (at < 0) return null;
    const length = at + MARK.length;
    const isKnown = length === this.knownStart.length && startsWithBytes(bytes, start, end, this.knownStart);
    if (!isKnown && !PREFIX.test(bytes.toString("latin1", start, start + at))) return null;
    if (!isKnown) this.knownStart = Buffer.from(bytes.subarray(start, start + length));
    return bytes.toString("utf8", start + at, end);
  }

  private readRecord(text: string): void {
    const head = readRecordHead(text, this.readers);
    if (head === null) {
      this.hold(null);
      this.malformed++;
    } else if (isWholeRecord(head, text)) {
      this.hold(null);
      this.finish(head, text);
    } else {
      this.hold(null);
      if (head.service === "ami") this.door.open();
      this.open = { head, text };
    }
  }

  /** A line break was written into a record, a quote of the sender's hides its end, or the log lost its rest, as at a crash.
   *  A line with the whole head of a record ends it: nobody could bring another's records into it else. Only the sender of
   *  an AMI login over HTTP can have written such a line, and what that sender writes waits at the door. */
  private readRest(open: { head: RecordHead; text: string }, line: string, record: string | null): void {
    if (record !== null && readRecordHead(record, this.readers) !== null) {
      this.malformed++;
      this.open = null;
      this.readRecord(record);
      return;
    }
    open.text += `\n${line}`;
    if (isWholeRecord(open.head, open.text)) {
      this.open = null;
      this.finish(open.head, open.text);
    } else if (open.text.length > MAX_RECORD) {
      this.open = null;
      this.held = forgedEvent(open.head, null, "split-event", open.text);
    }
  }

  private finish(head: RecordHead, text: string): void {
    this.held = explainRecord(head, text, this.readers);
    if (this.held !== null) return;
    this.malformed++;
    if (head.service === "ami") this.door.open();
  }

  /** See HttpLoginDoor: the true end of a login over HTTP, wherever it stands, shows who wrote what came before. */
  private watchDoor(line: string): void {
    const end = HTTP_SESSION.exec(line);
    if (end !== null && parseEventTime(end[2] ?? "") === 0) {
      const sender = this.readers.remote.ofText(end[1] ?? "");
      this.door.reveal(sender);
      if (this.held !== null && this.held.service !== "ami") {
        this.held = forgedEvent({ service: "ami", atMs: this.held.atMs }, sender, "split-event", line);
      }
    }
    this.door.grow(line.length);
  }

  private readOther(line: string): void {
    if (!PIECE.test(line)) {
      this.other++;
      return;
    }
    this.malformed++;
    if (this.held !== null) this.held = forgedEvent(this.held, null, "split-event", line);
  }

  private hold(next: Evidence | null): void {
    const evidence = this.held;
    this.held = next;
    if (evidence === null) return;
    if (isFailedAmiLogin(evidence)) this.door.open();
    this.door.pass(evidence);
  }

  private handOn(evidence: Evidence): void {
    if (evidence.type === "security") this.security++;
    else this.forged++;
    this.onEvidence(evidence);
  }
}
