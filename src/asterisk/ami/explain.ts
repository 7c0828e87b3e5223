import type { Evidence, ForgedEvent } from "../../domain/intrusion/security-event.js";
import { evidenceOf, forgedEvent, formOf, type EventHead } from "./evidence.js";
import type { EventTimes } from "./event-time.js";
import type { Remote, RemoteAddresses } from "./remote-address.js";
import {
  accountIsHostile,
  SCHEMAS,
  SECURITY_ONLY_FIELDS,
  serviceOf,
  type EventSchema,
} from "./security-schema.js";

/** What a block of lines that claims to be a security event comes to. */
export type Explained =
  | { readonly type: "evidence"; readonly evidence: Evidence }
  /** The block ends ahead of its time: the rest is still to come, whatever the next blocks call themselves. */
  | { readonly type: "cut"; readonly cut: CutEvent }
  /** Asterisk's own, but of a kind or with an address that this release can't read. */
  | { readonly type: "passed-over" }
  /** It only claims to be one. */
  | { readonly type: "stray" };

/** A security event whose last fields are missing, since the sender wrote an empty line into one of the others. */
export interface CutEvent {
  readonly head: EventHead;
  readonly schema: EventSchema;
  /** Known where the sender can have written only behind it. */
  readonly remote: Remote | null;
  /** Whether the three address lines are still to come, and not only those behind them. */
  readonly beforeAddresses: boolean;
  /** The lines that are not Asterisk's. */
  readonly foreign: string[];
}

/** How the parts of a message are read; one a stream, since they remember. */
export interface Readers {
  readonly time: EventTimes;
  readonly remote: RemoteAddresses;
}

const TRIPLE = ["SessionID", "LocalAddress", "RemoteAddress"] as const;
/** The form alone; whether it names an address that can be acted on is another question. */
const ADDRESS = /^IPV[46]\/.*\/\d{1,5}$/;
const KNOWN_FIELDS = new Set([
  ...SECURITY_ONLY_FIELDS,
  "Event",
  "Privilege",
  "Response",
  "Service",
  "Severity",
]);

/** Explains the lines of an event with `Privilege: security,all` that are not exactly what Asterisk prints for it.
 *
 *  The true SessionID, LocalAddress and RemoteAddress always stand together in this order. What a sender writes can stand
 *  ahead of them (AccountID) or behind them (nonce, response, request type), never between. So:
 *  - where only what is ahead is hostile, the last three are true, and they end the event but for Asterisk's own fields;
 *  - where only what is behind is hostile, the first three are true, right behind AccountID;
 *  - where both are, they are true if there are no others; else nobody can tell, and nobody is named.
 *  What fits none of these is not believed. */
export function explainSecurityEvent(lines: readonly string[], readers: Readers): Explained {
  const begun = readHead(lines, readers);
  if (begun === null) return { type: "stray" };
  const { head, schema, body } = begun;
  if (schema === undefined) return { type: "passed-over" };
  const account = schema.accountFirst ? valueOf(lines[body], "AccountID") : undefined;
  if (schema.accountFirst && account === undefined) return { type: "stray" };
  const first = body + (schema.accountFirst ? 1 : 0);

  const places = triplesIn(lines, first, readers);
  const accountHostile = schema.accountFirst && accountIsHostile(head.service, head.name);
  const last = placeBeforeTail(lines, schema);
  const tail = places.at(0)?.at === first ? tailState(lines.slice(first + 3), schema) : null;
  const [only] = places;

  if (only !== undefined && tail === "whole" && places.length === 1) {
    if (only.remote === null) return { type: "passed-over" };
    const field = (name: string): string | undefined => fieldAfter(lines, first + 3, name);
    const evidence = evidenceOf(head, only.remote, {
      account: account ?? field("AccountID"),
      session: valueOf(lines[first], "SessionID") ?? "",
      aclName: field("ACLName"),
      challenge: field("Challenge"),
      response: field("Response"),
    });
    return { type: "evidence", evidence };
  }

  const cut = (remote: Remote | null, foreign: string[], beforeAddresses: boolean): Explained => ({
    type: "cut",
    cut: { head, schema, remote, beforeAddresses, foreign },
  });
  const forged = (remote: Remote | null, foreign: readonly string[]): Explained => ({
    type: "evidence",
    evidence: forgedEvent(head, remote, repeatedOrForeign(foreign), foreign.join("\r\n")),
  });

  if (accountHostile && !schema.hostileTail) {
    const place = places.find(({ at }) => at === last);
    if (place !== undefined) return forged(place.remote, lines.slice(first, place.at));
    return cut(null, lines.slice(first), true);
  }
  if (!accountHostile) {
    if (only === undefined || tail === null || !schema.hostileTail) return forged(null, lines.slice(first));
    const foreign = lines.slice(first + 3);
    return endsWithTail(lines, schema) ? forged(only.remote, foreign) : cut(only.remote, foreign, false);
  }
  if (only === undefined) return cut(null, lines.slice(first), true);
  const remote = places.length === 1 ? only.remote : null;
  const foreign = lines.slice(first);
  return endsWithTail(lines, schema) ? forged(remote, foreign) : cut(remote, foreign, false);
}

/** Whether `lines` bring what `cut` still lacked; then the forgery that the whole was. Null: more is to come. */
export function endOfCut(cut: CutEvent, lines: readonly string[], readers: Readers): ForgedEvent | null {
  if (!cut.beforeAddresses) {
    if (!endsWithTail(lines, cut.schema)) return null;
    return forgedEvent(cut.head, cut.remote, "split-event", [...cut.foreign, "", ...lines].join("\r\n"));
  }
  const at = placeBeforeTail(lines, cut.schema);
  const place = at === null ? null : placeAt(lines, at, readers);
  if (place === null) return null;
  const foreign = [...cut.foreign, "", ...lines.slice(0, place.at)];
  return forgedEvent(cut.head, place.remote, "split-event", foreign.join("\r\n"));
}

/** Whether a block that is no security event holds lines that only a security event has: it is a piece of one. */
export function holdsSecurityField(text: string): boolean {
  return SECURITY_LINE.test(text);
}

const SECURITY_LINE = new RegExp(`(?:^|\\r\\n)(?:${SECURITY_ONLY_FIELDS.join("|")}): `);

interface Begun {
  readonly head: EventHead;
  /** Undefined: an event that this release does not know. */
  readonly schema: EventSchema | undefined;
  /** Index of the first line behind EventVersion. */
  readonly body: number;
}

function readHead(lines: readonly string[], readers: Readers): Begun | null {
  const name = valueOf(lines[0], "Event");
  if (name === undefined || lines[1] !== "Privilege: security,all") return null;
  let at = valueOf(lines[2], "Timestamp") === undefined ? 2 : 3;
  const atMs = readers.time.ofText(valueOf(lines[at++], "EventTV") ?? "");
  const severity = valueOf(lines[at++], "Severity");
  const service = valueOf(lines[at++], "Service");
  const version = valueOf(lines[at++], "EventVersion");
  if (atMs === null || severity === undefined || service === undefined || version === undefined) return null;
  const schema = SCHEMAS.get(name);
  return {
    head: { name, kind: schema?.kind ?? "other", service: serviceOf(service), atMs },
    schema,
    body: at,
  };
}

interface Place {
  readonly at: number;
  /** Null: an address that can't be read. */
  readonly remote: Remote | null;
}

function triplesIn(lines: readonly string[], from: number, readers: Readers): Place[] {
  const places: Place[] = [];
  for (let at = from; at + 2 < lines.length; at++) {
    const place = placeAt(lines, at, readers);
    if (place !== null) places.push(place);
  }
  return places;
}

function placeAt(lines: readonly string[], at: number, readers: Readers): Place | null {
  const [session, local, remote] = TRIPLE.map((name, index) => valueOf(lines[at + index], name));
  if (session === undefined || local === undefined || remote === undefined) return null;
  if (!ADDRESS.test(local) || !ADDRESS.test(remote)) return null;
  return { at, remote: readers.remote.ofText(remote) };
}

/** Where the three address lines must stand if the block ends as Asterisk ends this event; null if it does not. */
function placeBeforeTail(lines: readonly string[], schema: EventSchema): number | null {
  const at = tailStart(lines, schema);
  return at === null || at < TRIPLE.length ? null : at - TRIPLE.length;
}

/** Whether the block can be the end of the event. Where the last field that Asterisk always prints is the sender's, every
 *  block can; if it was not the end, the piece that follows shows it. */
function endsWithTail(lines: readonly string[], schema: EventSchema): boolean {
  const lastRequired = schema.required.at(-1);
  if (lastRequired === undefined || schema.hostileEnd) return true;
  return [lastRequired, ...schema.optional].some((name) => valueOf(lines.at(-1), name) !== undefined);
}

function tailStart(lines: readonly string[], schema: EventSchema): number | null {
  let at = withoutOptional(lines, schema);
  for (const name of schema.required.toReversed()) {
    if (valueOf(lines[at - 1], name) === undefined) return null;
    at--;
  }
  return at;
}

function withoutOptional(lines: readonly string[], schema: EventSchema): number {
  let at = lines.length;
  for (const name of schema.optional.toReversed()) {
    if (valueOf(lines[at - 1], name) !== undefined) at--;
  }
  return at;
}

/** `whole`: what Asterisk prints, perhaps with fields of a later Asterisk that nobody knows yet. */
function tailState(tail: readonly string[], schema: EventSchema): "whole" | "broken" {
  let at = 0;
  for (const name of schema.required) {
    if (valueOf(tail[at], name) === undefined) return "broken";
    at++;
  }
  for (const name of schema.optional) {
    if (valueOf(tail[at], name) !== undefined) at++;
  }
  return tail.slice(at).every((line) => isUnknownField(line)) ? "whole" : "broken";
}

function isUnknownField(line: string): boolean {
  const name = /^([A-Z][A-Za-z]*): /.exec(line)?.[1];
  return name !== undefined && !KNOWN_FIELDS.has(name);
}

function fieldAfter(lines: readonly string[], from: number, name: string): string | undefined {
  for (const line of lines.slice(from)) {
    const value = valueOf(line, name);
    if (value !== undefined) return value;
  }
  return undefined;
}

function repeatedOrForeign(foreign: readonly string[]): ForgedEvent["form"] {
  const form = formOf(foreign.join("\r\n"));
  return form === "split-event" ? "foreign-line" : form;
}

function valueOf(line: string | undefined, name: string): string | undefined {
  if (line === undefined || !line.startsWith(name) || !line.startsWith(": ", name.length)) return undefined;
  return line.slice(name.length + 2);
}
