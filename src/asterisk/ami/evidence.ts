import type {
  ForgedEvent,
  SecurityEvent,
  SecurityEventKind,
  Service,
} from "../../domain/intrusion/security-event.js";
import type { Remote, RemoteHost } from "./remote-address.js";
import { SECURITY_ONLY_FIELDS } from "./security-schema.js";

/** Longest text of the sender's that is kept of a field, in UTF-16 units. Asterisk itself cuts account names at 36, nonces
 *  at 63 and responses at 255; a Call-ID can be as long as a packet. */
export const TEXT_LIMIT = 256;
export const UNKNOWN_ACCOUNT = "<unknown>";
/** A field name at the start of a line within a text of the sender's. */
const FIELD_LINE = new RegExp(
  `(?:^|[\\r\\n])(?:${[...SECURITY_ONLY_FIELDS, "Event", "Privilege", "Response", "Service", "Severity"].join("|")}):`,
);

/** What is known of a security event before its first field that a sender can write into. */
export interface EventHead {
  readonly name: string;
  readonly kind: SecurityEventKind;
  readonly service: Service;
  readonly atMs: number;
}

/** The sender's texts of an event, as they came. */
export interface EventTexts {
  readonly account: string | undefined;
  readonly session: string;
  readonly aclName?: string | undefined;
  readonly challenge?: string | undefined;
  readonly response?: string | undefined;
}

/** The event, or the forgery that one of its texts turns out to be: a line break of any kind in a name or in a digest
 *  answer is no accident. */
export function evidenceOf(head: EventHead, remote: Remote, texts: EventTexts): SecurityEvent | ForgedEvent {
  for (const text of [texts.account, texts.challenge, texts.response]) {
    if (text !== undefined && hasLineBreak(text))
      return forgedEvent(head, remote, formOf(text), behindBreak(text));
  }
  return soundEvent(head, remote, remote.port, {
    account:
      texts.account === undefined || texts.account === UNKNOWN_ACCOUNT
        ? null
        : texts.account.slice(0, TEXT_LIMIT),
    session: texts.session.slice(0, TEXT_LIMIT),
    aclName: texts.aclName?.slice(0, TEXT_LIMIT) ?? null,
    challenge: textOrNull(texts.challenge),
    response: textOrNull(texts.response),
  });
}

/** An event without line breaks in it, its texts within the limit. */
export function soundEvent(
  head: EventHead,
  host: RemoteHost,
  port: number | null,
  texts: Pick<SecurityEvent, "account" | "session" | "aclName" | "challenge" | "response">,
): SecurityEvent {
  return {
    type: "security",
    kind: head.kind,
    name: head.name,
    atMs: head.atMs,
    service: head.service,
    account: texts.account,
    session: texts.session,
    source: host.source,
    address: host.address,
    port,
    transport: host.transport,
    aclName: texts.aclName,
    challenge: texts.challenge,
    response: texts.response,
  };
}

/** `remote` null: which address is the true one can't be told. */
export function forgedEvent(
  head: Pick<EventHead, "service" | "atMs">,
  remote: Remote | null,
  form: ForgedEvent["form"],
  forgedText: string,
): ForgedEvent {
  return {
    type: "forged",
    form,
    atMs: head.atMs,
    service: head.service,
    source: remote?.source ?? null,
    address: remote?.address ?? null,
    port: remote?.port ?? null,
    transport: remote?.transport ?? "unknown",
    forgedText: forgedText.slice(0, TEXT_LIMIT),
  };
}

/** What a text with line breaks in it tried to be. */
export function formOf(text: string): ForgedEvent["form"] {
  if (text.includes("\r\n\r\n")) return "split-event";
  return FIELD_LINE.test(text) ? "repeated-field" : "foreign-line";
}

function textOrNull(text: string | undefined): string | null {
  return text === undefined || text === "" ? null : text.slice(0, TEXT_LIMIT);
}

/** What follows the first line break: the lines that the sender added. */
function behindBreak(text: string): string {
  return text.replace(/^[^\r\n]*(?:\r\n|\r|\n)/, "");
}

function hasLineBreak(text: string): boolean {
  return text.includes("\n") || text.includes("\r");
}
