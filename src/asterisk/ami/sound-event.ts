import type { Evidence } from "../../domain/intrusion/security-event.js";
import { evidenceOf, soundEvent, TEXT_LIMIT, UNKNOWN_ACCOUNT } from "./evidence.js";
import type { Readers } from "./explain.js";
import { FieldCursor, startsWithBytes, type FieldForm } from "./field-cursor.js";
import { RecentTexts } from "./recent-texts.js";
import { serviceOf, type EventSchema } from "./security-schema.js";

/** What is kept of the fields behind RemoteAddress. */
type Kept = "AccountID" | "ACLName" | "Challenge" | "Response";

interface Field {
  readonly name: Buffer;
  readonly keeps: Kept | null;
}

interface Tail {
  readonly required: readonly Field[];
  readonly optional: readonly Field[];
}

const KEPT: readonly Kept[] = ["AccountID", "ACLName", "Challenge", "Response"];
const UNKNOWN = Buffer.from(UNKNOWN_ACCOUNT);
const PJSIP = Buffer.from("PJSIP");
const LONGEST_SERVICE = 20;

/** Reads security events whose fields are exactly those that Asterisk prints, in one pass over the bytes and without making
 *  strings of what nobody needs: the fast way, which all events of ordinary traffic take. */
export class SoundEvents {
  private readonly fields: FieldCursor;
  private readonly names;
  private readonly accounts = new RecentTexts();
  private readonly tails = new Map<EventSchema, Tail>();
  private account: string | null = null;
  private aclName: string | null = null;
  private challenge: string | null = null;
  private response: string | null = null;
  private isBroken = false;

  constructor(
    private readonly form: FieldForm,
    private readonly readers: Readers,
  ) {
    this.fields = new FieldCursor(form);
    const name = (text: string): Buffer => form.before(text);
    this.names = {
      time: name("EventTV"),
      severity: name("Severity"),
      service: name("Service"),
      version: name("EventVersion"),
      account: name("AccountID"),
      session: name("SessionID"),
      local: name("LocalAddress"),
      remote: name("RemoteAddress"),
    };
  }

  /** @param at where EventTV begins, with what stands ahead of a field
   *  @returns null where something deviates, to be explained field by field */
  read(bytes: Buffer, at: number, end: number, schema: EventSchema): Evidence | null {
    const { fields, names, readers } = this;
    fields.set(bytes, at, end);
    this.forget();

    if (!fields.next(names.time)) return null;
    const atMs = readers.time.of(bytes, fields.start, fields.stop);
    if (atMs === null || !fields.next(names.severity) || !this.form.isWord(fields)) return null;
    if (!fields.next(names.service) || fields.stop - fields.start > LONGEST_SERVICE) return null;
    const service = fields.is(PJSIP) ? "pjsip" : serviceOf(fields.latin1());
    if (!fields.next(names.version) || !this.form.isNumber(fields)) return null;
    if (schema.accountFirst) {
      if (!fields.next(names.account)) return null;
      this.keep("AccountID");
    }
    if (!fields.next(names.session)) return null;
    const session = shortened(fields.text());
    if (!fields.next(names.local)) return null;
    if (readers.remote.hostOf(bytes, fields.start, fields.stop) === null) return null;
    if (!fields.next(names.remote)) return null;
    const host = readers.remote.hostOf(bytes, fields.start, fields.stop);
    if (host === null) return null;
    const { port } = readers.remote;

    const tail = this.tailOf(schema);
    for (const field of tail.required) {
      if (!fields.next(field.name)) return null;
      if (field.keeps !== null) this.keep(field.keeps);
    }
    if (!fields.isAtEnd()) {
      for (const field of tail.optional) {
        if (fields.next(field.name) && field.keeps !== null) this.keep(field.keeps);
      }
      if (!fields.isAtEnd()) return null;
    }
    const head = { name: schema.name, kind: schema.kind, service, atMs };
    const { account, aclName, challenge, response } = this;
    if (!this.isBroken) {
      return soundEvent(head, host, port, { account, session, aclName, challenge, response });
    }
    const remote = { source: host.source, address: host.address, port, transport: host.transport };
    return evidenceOf(head, remote, {
      account: account ?? undefined,
      session,
      aclName: aclName ?? undefined,
      challenge: challenge ?? undefined,
      response: response ?? undefined,
    });
  }

  private forget(): void {
    this.account = this.aclName = this.challenge = this.response = null;
    this.isBroken = false;
  }

  private keep(name: Kept): void {
    const { fields } = this;
    if (!fields.isPlain && name !== "ACLName") this.isBroken = true;
    const isEmpty = fields.start === fields.stop;
    switch (name) {
      case "AccountID":
        this.account = fields.is(UNKNOWN) ? null : this.textOf(this.accounts);
        return;
      case "ACLName":
        this.aclName = this.textOf();
        return;
      case "Challenge":
        this.challenge = isEmpty ? null : this.textOf();
        return;
      case "Response":
        this.response = isEmpty ? null : this.textOf();
        return;
    }
  }

  /** What is broken is explained by its whole text. */
  private textOf(recent?: RecentTexts): string {
    const text = recent === undefined ? this.fields.text() : this.fields.textAmong(recent);
    return this.isBroken ? text : shortened(text);
  }

  private tailOf(schema: EventSchema): Tail {
    let tail = this.tails.get(schema);
    if (tail === undefined) {
      const field = (name: string): Field => ({
        name: this.form.before(name),
        keeps: KEPT.find((kept) => kept === name) ?? null,
      });
      tail = { required: schema.required.map(field), optional: schema.optional.map(field) };
      this.tails.set(schema, tail);
    }
    return tail;
  }
}

function shortened(text: string): string {
  return text.length > TEXT_LIMIT ? text.slice(0, TEXT_LIMIT) : text;
}

const PRIVILEGE = Buffer.from("\r\nPrivilege: security,all\r\n");
const TIMESTAMP = Buffer.from("Timestamp: ");
const CR = 13;
const LF = 10;

/** Where EventTV begins in an AMI event whose name ends at `at`; null where what stands between deviates. */
export function endOfAmiHead(bytes: Buffer, at: number, end: number): number | null {
  if (!startsWithBytes(bytes, at, end, PRIVILEGE)) return null;
  let next = at + PRIVILEGE.length - 2;
  if (!startsWithBytes(bytes, next + 2, end, TIMESTAMP)) return next;
  next += 2 + TIMESTAMP.length;
  while (next < end && !(bytes[next] === CR && bytes[next + 1] === LF)) next++;
  return next;
}
