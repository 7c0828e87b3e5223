import type { Evidence } from "../../domain/intrusion/security-event.js";
import { EventTimes } from "./event-time.js";
import { forgedEvent } from "./evidence.js";
import {
  endOfCut,
  explainSecurityEvent,
  holdsSecurityField,
  type CutEvent,
  type Explained,
  type Readers,
} from "./explain.js";
import { EMPTY_LINE, Framer } from "./framer.js";
import { HttpLoginDoor, httpSessionSender, isFailedAmiLogin } from "./http-login.js";
import { isEvidence, type AmiItem, type AmiSystemEvent } from "./items.js";
import { RemoteAddresses } from "./remote-address.js";
import { AMI_FORM, startsWithBytes } from "./field-cursor.js";
import { schemaIn } from "./security-schema.js";
import { endOfAmiHead, SoundEvents } from "./sound-event.js";

export interface AmiCounts {
  /** Messages of every kind. */
  readonly messages: number;
  readonly security: number;
  readonly forged: number;
  /** Blocks that are nothing Asterisk prints, and part of no forgery that is counted already. */
  readonly malformed: number;
  /** Answers to no action of ours: forged ones, and in a recording the answer to the login. */
  readonly unasked: number;
  readonly oversize: number;
}

export interface AmiLimits {
  /** Bytes of one message; what is longer is skipped. A SIP packet of 64 KB fits. */
  readonly maxMessage: number;
  /** Bytes for which the rest of a cut event is waited for. */
  readonly maxCut: number;
}

const LIMITS: AmiLimits = { maxMessage: 256 * 1024, maxCut: 64 * 1024 };
const EVENT = Buffer.from("Event: ");
const RESPONSE = Buffer.from("Response: ");
const GREETING = /^Asterisk Call Manager\/[^\r\n]*\r\n/;
const PRIVILEGE = Buffer.from("\r\nPrivilege: ");
const SECURITY = Buffer.from("\r\nPrivilege: security,all\r\n");
const SYSTEM = new Map<string, AmiSystemEvent["name"]>([
  ["FullyBooted", "FullyBooted"],
  ["Reload", "Reload"],
  ["Shutdown", "Shutdown"],
]);

/** Reads the AMI event stream: bytes in, items out, in the order of the stream. The stream is hostile: attackers write into
 *  the fields of security events, line breaks included (docs/decisions/0003). Four rules keep them out:
 *
 *  1. Lines end at CRLF, messages at an empty line, and nothing else counts as a line break.
 *  2. A security event is believed only if its lines stand in Asterisk's order, each once; what deviates is explained by
 *     what a sender can have written where (`explain.ts`), or not believed.
 *  3. An item is handed on only once the next message has begun as Asterisk begins one. A piece of a security event that
 *     follows shows that the item was made up of a sender's text, and then nobody is named. After an event that was cut
 *     short nothing is believed until its missing fields have come.
 *  4. What follows a failed AMI login waits a little longer (`http-login.ts`).
 *
 *  So the last item waits for the next message, or for `settle()`. */
export class AmiParser {
  private readonly framer: Framer;
  private readonly door: HttpLoginDoor;
  private readonly readers: Readers = { time: new EventTimes(), remote: new RemoteAddresses() };
  private readonly sound = new SoundEvents(AMI_FORM, this.readers);
  private readonly expected = new Set<string>();
  private held: AmiItem | null = null;
  /** Of the last security event: what a piece that follows it belongs to. */
  private last: Pick<Evidence, "service" | "atMs"> | null = null;
  private cut: { event: CutEvent; bytes: number } | null = null;
  private messages = 0;
  private security = 0;
  private forged = 0;
  private malformed = 0;
  private unasked = 0;

  constructor(
    private readonly onItem: (item: AmiItem) => void,
    private readonly limits: AmiLimits = LIMITS,
  ) {
    this.framer = new Framer(
      (bytes, start, end) => this.read(bytes, start, end),
      limits.maxMessage,
      EMPTY_LINE,
    );
    this.door = new HttpLoginDoor((item) => this.handOn(item));
  }

  get counts(): AmiCounts {
    const { messages, security, forged, malformed, unasked } = this;
    return { messages, security, forged, malformed, unasked, oversize: this.framer.oversize };
  }

  push(chunk: Buffer): void {
    this.framer.push(chunk);
  }

  /** To be called when nothing more has come for the moment: hands on the last item, unless the next message has begun. */
  settle(): void {
    if (this.cut === null && !this.framer.midMessage) this.end();
  }

  /** To be called at the end of a recorded stream, which may stop within a message. */
  end(): void {
    this.hold(null);
    this.door.close();
  }

  /** An answer with this ActionID will be handed on. Answers that nobody expects are not: senders can forge them. */
  expect(actionId: string): void {
    this.expected.add(actionId);
  }

  private read(bytes: Buffer, begin: number, end: number): void {
    let start = begin;
    if (this.messages++ === 0) {
      start += GREETING.exec(bytes.toString("latin1", start, Math.min(end, start + 200)))?.[0].length ?? 0;
    }
    if (this.cut !== null) this.readRest(this.cut, bytes, start, end);
    else if (startsWithBytes(bytes, start, end, EVENT)) this.readEvent(bytes, start, end);
    else if (startsWithBytes(bytes, start, end, RESPONSE))
      this.readAnswer(bytes.toString("utf8", start, end));
    else this.stray(bytes.toString("utf8", start, end));
    if (this.door.isOpen) this.watchDoor(bytes.toString("utf8", start, end));
  }

  private watchDoor(text: string): void {
    const sender = httpSessionSender(text, (address) => this.readers.remote.ofText(address));
    if (sender !== undefined) {
      this.door.reveal(sender);
      const claimed = this.held !== null && isEvidence(this.held) ? this.held : null;
      if (claimed !== null && claimed.service !== "ami") {
        this.held = forgedEvent({ service: "ami", atMs: claimed.atMs }, sender, "split-event", text);
      }
    }
    this.door.grow(text.length);
  }

  private readEvent(bytes: Buffer, start: number, end: number): void {
    const nameAt = start + EVENT.length;
    const nameEnd = lineEnd(bytes, nameAt, end);
    const schema = schemaIn(bytes, nameAt, nameEnd);
    if (schema !== undefined) {
      const bodyAt = endOfAmiHead(bytes, nameEnd, end);
      const evidence = bodyAt === null ? null : this.sound.read(bytes, bodyAt, end, schema);
      if (evidence === null) this.readDeviant(bytes.toString("utf8", start, end));
      else this.holdEvidence(evidence);
      return;
    }
    const text = bytes.toString("utf8", start, end);
    if (startsWithBytes(bytes, nameEnd, end, SECURITY)) this.readDeviant(text);
    else if (!startsWithBytes(bytes, nameEnd, end, PRIVILEGE) || holdsSecurityField(text)) this.stray(text);
    else this.hold(SYSTEM.has(text.slice(EVENT.length, nameEnd - start)) ? systemEventOf(text) : null);
  }

  private readDeviant(text: string): void {
    const explained: Explained = explainSecurityEvent(text.split("\r\n"), this.readers);
    switch (explained.type) {
      case "evidence":
        this.holdEvidence(explained.evidence);
        return;
      case "cut":
        this.hold(null);
        this.last = explained.cut.head;
        if (explained.cut.head.service === "ami") this.door.open();
        this.cut = { event: explained.cut, bytes: text.length };
        return;
      case "passed-over":
        this.hold(null);
        this.malformed++;
        this.door.open();
        return;
      case "stray":
        this.stray(text);
        return;
    }
  }

  private readRest(cut: { event: CutEvent; bytes: number }, bytes: Buffer, start: number, end: number): void {
    const lines = bytes.toString("utf8", start, end).split("\r\n");
    const forged = endOfCut(cut.event, lines, this.readers);
    if (forged !== null) {
      this.cut = null;
      this.held = forged;
      return;
    }
    cut.bytes += end - start;
    if (cut.bytes > this.limits.maxCut) {
      this.cut = null;
      this.held = forgedEvent(cut.event.head, null, "split-event", cut.event.foreign.join("\r\n"));
      return;
    }
    cut.event.foreign.push("", ...lines);
  }

  private readAnswer(text: string): void {
    const lines = text.split("\r\n");
    const actionId = lines.find((line) => line.startsWith("ActionID: "))?.slice(10);
    if (actionId === undefined || !this.expected.delete(actionId)) {
      this.stray(text);
      return;
    }
    const message = lines.find((line) => line.startsWith("Message: "))?.slice(9) ?? "";
    this.hold(null);
    this.onItem({ type: "answer", actionId, ok: lines[0] === "Response: Success", message });
  }

  /** A block that Asterisk does not print. If it is a piece of a security event, what came before it was not what it seemed
   *  to be; if not, the sender put it there whole, and the piece is still to come. */
  private stray(text: string): void {
    if (this.last !== null && holdsSecurityField(text)) {
      this.held = forgedEvent(this.last, null, "split-event", text);
    } else if (!text.startsWith("Response: ")) {
      this.malformed++;
    } else {
      this.unasked++;
    }
  }

  private holdEvidence(evidence: Evidence): void {
    this.last = evidence;
    this.hold(evidence);
  }

  /** Lets the item go that waited: what has begun now shows that it was whole. */
  private hold(next: AmiItem | null): void {
    const item = this.held;
    this.held = next;
    if (item === null) return;
    if (isEvidence(item) && isFailedAmiLogin(item)) this.door.open();
    this.door.pass(item);
  }

  private handOn(item: AmiItem): void {
    if (item.type === "security") this.security++;
    else if (item.type === "forged") this.forged++;
    this.onItem(item);
  }
}

function systemEventOf(text: string): AmiSystemEvent | null {
  const lines = text.split("\r\n");
  const name = SYSTEM.get(lines[0]?.slice(EVENT.length) ?? "");
  if (name === undefined || lines[1] !== "Privilege: system,all") return null;
  const module = lines.find((line) => line.startsWith("Module: "))?.slice(8) ?? null;
  return { type: "system", name, module };
}

function lineEnd(bytes: Buffer, from: number, end: number): number {
  let at = from;
  while (at < end && !(bytes[at] === 13 && bytes[at + 1] === 10)) at++;
  return at;
}
