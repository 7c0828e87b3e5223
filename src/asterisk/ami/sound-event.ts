import type { Evidence } from "../../domain/intrusion/security-event.js";
import { evidenceOf } from "./evidence.js";
import type { Readers } from "./explain.js";
import { serviceOf, type EventSchema } from "./security-schema.js";

const CR = 13;
const LF = 10;

const PRIVILEGE = Buffer.from("\r\nPrivilege: security,all");
const TIMESTAMP = field("Timestamp");
const EVENT_TV = field("EventTV");
const SEVERITY = field("Severity");
const SERVICE = field("Service");
const EVENT_VERSION = field("EventVersion");
const ACCOUNT = field("AccountID");
const SESSION = field("SessionID");
const LOCAL = field("LocalAddress");
const REMOTE = field("RemoteAddress");
const FIELDS = new Map<string, Buffer>();

/** Reads a security event whose lines are exactly those that Asterisk prints, without making strings of what nobody needs:
 *  the fast way, which all events of ordinary traffic take. `at` is where the Event line ends. Null: something deviates, to
 *  be explained line by line. */
export function readSoundEvent(
  bytes: Buffer,
  at: number,
  end: number,
  schema: EventSchema,
  readers: Readers,
): Evidence | null {
  let start = 0;
  let stop = at;

  const next = (name: Buffer): boolean => {
    if (!startsWithBytes(bytes, stop, end, name)) return false;
    start = stop + name.length;
    stop = start;
    while (stop < end && !(bytes[stop] === CR && bytes[stop + 1] === LF)) stop++;
    return true;
  };
  const latin1 = (): string => bytes.toString("latin1", start, stop);
  const text = (): string => bytes.toString("utf8", start, stop);

  if (!next(PRIVILEGE) || start !== stop) return null;
  next(TIMESTAMP);
  if (!next(EVENT_TV)) return null;
  const atMs = readers.time(latin1());
  if (atMs === null || !next(SEVERITY) || !next(SERVICE)) return null;
  const service = serviceOf(latin1());
  if (!next(EVENT_VERSION)) return null;
  let account: string | undefined;
  if (schema.accountFirst) {
    if (!next(ACCOUNT)) return null;
    account = text();
  }
  if (!next(SESSION)) return null;
  const session = text();
  if (!next(LOCAL) || readers.remote(latin1()) === null || !next(REMOTE)) return null;
  const remote = readers.remote(latin1());
  if (remote === null) return null;

  let aclName: string | undefined;
  let challenge: string | undefined;
  let response: string | undefined;
  const keep = (name: string): void => {
    if (name === "Challenge") challenge = text();
    else if (name === "Response") response = text();
    else if (name === "ACLName") aclName = text();
    else if (name === "AccountID") account = text();
  };
  for (const name of schema.required) {
    if (!next(fieldBytes(name))) return null;
    keep(name);
  }
  for (const name of schema.optional) {
    if (stop < end && next(fieldBytes(name))) keep(name);
  }
  if (stop < end) return null;
  const { name, kind } = schema;
  return evidenceOf({ name, kind, service, atMs }, remote, {
    account,
    session,
    aclName,
    challenge,
    response,
  });
}

export function startsWithBytes(bytes: Buffer, at: number, end: number, prefix: Buffer): boolean {
  if (at + prefix.length > end) return false;
  for (let index = 0; index < prefix.length; index++) {
    if (bytes[at + index] !== prefix[index]) return false;
  }
  return true;
}

function field(name: string): Buffer {
  return Buffer.from(`\r\n${name}: `);
}

function fieldBytes(name: string): Buffer {
  let bytes = FIELDS.get(name);
  if (bytes === undefined) {
    bytes = field(name);
    FIELDS.set(name, bytes);
  }
  return bytes;
}
