import type { Evidence } from "../../domain/intrusion/security-event.js";
import { evidenceOf, forgedEvent, type EventHead } from "./evidence.js";
import type { Readers } from "./explain.js";
import type { Remote } from "./remote-address.js";
import { SCHEMAS, serviceOf, type EventSchema } from "./security-schema.js";

/** A record of the security log up to its first field that a sender can write into. */
export interface RecordHead extends EventHead {
  readonly schema: EventSchema;
  /** Where the fields behind EventVersion begin, with their comma. */
  readonly at: number;
}

const HEAD =
  /^SecurityEvent="([A-Za-z]{1,40})",EventTV="([^"]{28})",Severity="[A-Za-z]{1,20}",Service="([^"]{0,20})",EventVersion="\d{1,5}"/;
const ADDRESS = String.raw`(IPV[46]/[^"\r\n]*/\d{1,5})`;
/** Without the quote at its end, which can be the one at the start of the next. */
const ADDRESSES = new RegExp(`",LocalAddress="${ADDRESS}",RemoteAddress="${ADDRESS}(?=")`, "g");
const SOUND = new RegExp(
  String.raw`^(?:,AccountID="([^"]*)")?,SessionID="([^"]*)",LocalAddress="${ADDRESS}",RemoteAddress="${ADDRESS}"`,
);
const SESSION = '",SessionID="';

/** `text` from `SecurityEvent="` on; null where it is none that can be read. */
export function readRecordHead(text: string, readers: Readers): RecordHead | null {
  const match = HEAD.exec(text);
  const schema = SCHEMAS.get(match?.[1] ?? "");
  const atMs = readers.time.ofText(match?.[2] ?? "");
  if (match === null || schema === undefined || atMs === null) return null;
  const { name, kind } = schema;
  return { name, kind, service: serviceOf(match[3] ?? ""), atMs, schema, at: match[0].length };
}

/** Whether the record ends as Asterisk ends it. If not, a line break was written into it, and more lines belong to it. */
export function isWholeRecord({ schema, at }: RecordHead, text: string): boolean {
  return tailOf(schema).end.test(text.slice(at));
}

/** What a whole record says. In it, a quote of the sender's looks like Asterisk's own. The true addresses stand together
 *  somewhere: if there is one such pair, it is they. If there are several, they are the last pair where the sender can have
 *  written ahead of them only; else nobody can tell. Null: an address that can't be read. */
export function explainRecord(head: RecordHead, text: string, readers: Readers): Evidence | null {
  const rest = text.slice(head.at);
  const { fields } = tailOf(head.schema);
  const sound = SOUND.exec(rest);
  if (sound !== null && (sound[1] !== undefined) === head.schema.accountFirst) {
    const tail = fields.exec(rest.slice(sound[0].length));
    if (tail !== null && !holdsAddresses(tail[0])) {
      return eventOf(head, readers.remote.ofText(sound[4] ?? ""), sound[1], sound[2] ?? "", tail.groups);
    }
  }
  const pairs = [...rest.matchAll(ADDRESSES)];
  const [only] = pairs;
  if (only === undefined) return forgedEvent(head, null, "foreign-line", rest);
  if (pairs.length > 1) {
    const last = pairs.at(-1) ?? only;
    const isEnd = !head.schema.hostileTail && fields.test(rest.slice(last.index + last[0].length + 1));
    return forgedEvent(head, isEnd ? readers.remote.ofText(last[2] ?? "") : null, "repeated-field", rest);
  }
  const remote = readers.remote.ofText(only[2] ?? "");
  const tail = fields.exec(rest.slice(only.index + only[0].length + 1));
  const before = rest.slice(0, only.index).split(SESSION);
  if (remote === null) return null;
  if (tail === null || before.length !== 2 || !head.schema.accountFirst) {
    return forgedEvent(head, remote, "repeated-field", rest);
  }
  const [account = "", session = ""] = before;
  return eventOf(head, remote, account.slice(',AccountID="'.length), session, tail.groups);
}

function eventOf(
  head: RecordHead,
  remote: Remote | null,
  account: string | undefined,
  session: string,
  tail: Readonly<Record<string, string | undefined>> | undefined,
): Evidence | null {
  if (remote === null) return null;
  return evidenceOf(head, remote, {
    account: account ?? tail?.["AccountID"],
    session,
    aclName: tail?.["ACLName"],
    challenge: tail?.["Challenge"],
    response: tail?.["Response"],
  });
}

function holdsAddresses(text: string): boolean {
  return text.search(ADDRESSES) >= 0;
}

interface Tail {
  /** All fields behind RemoteAddress, to the end. */
  readonly fields: RegExp;
  /** How the record ends. */
  readonly end: RegExp;
}

const TAILS = new Map<EventSchema, Tail>();

function tailOf(schema: EventSchema): Tail {
  let tail = TAILS.get(schema);
  if (tail === undefined) {
    const required = schema.required.map((name) => `,${name}="(?<${name}>[^]*?)"`).join("");
    const optional = schema.optional.map((name) => `(?:,${name}="(?<${name}>[^"]*)")?`).join("");
    const last = schema.required.at(-1) ?? "RemoteAddress";
    tail = {
      fields: new RegExp(`^${required}${optional}$`),
      end: new RegExp(`,${last}="[^"]*"${optional}$`),
    };
    TAILS.set(schema, tail);
  }
  return tail;
}
