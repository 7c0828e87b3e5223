import type { SecurityEventKind, Service } from "../../domain/intrusion/security-event.js";

/** What Asterisk prints for one kind of security event, in its fixed order (`sec_events` in main/security_events.c):
 *  EventTV, Severity, Service, EventVersion, [AccountID], SessionID, LocalAddress, RemoteAddress, `required`, `optional`. */
export interface EventSchema {
  readonly name: string;
  readonly kind: SecurityEventKind;
  /** False: no AccountID ahead of SessionID. */
  readonly accountFirst: boolean;
  readonly required: readonly string[];
  /** Each can be missing; those that are there keep this order. */
  readonly optional: readonly string[];
  /** The sender writes into fields that come after RemoteAddress. */
  readonly hostileTail: boolean;
  /** The sender writes into the last of `required`. */
  readonly hostileEnd: boolean;
}

const PASSWORD_FIELDS = ["Challenge", "ReceivedChallenge", "ReceivedHash"];

/** Fields after RemoteAddress that the sender fills. */
const HOSTILE_TAIL = new Set([
  "AccountID",
  "AuthMethod",
  "AttemptedTransport",
  "Challenge",
  "ReceivedChallenge",
  "ReceivedHash",
  "RequestParams",
  "RequestType",
  "Response",
]);

function schema(
  name: string,
  kind: SecurityEventKind,
  required: readonly string[] = [],
  optional: readonly string[] = ["Module", "SessionTV"],
): EventSchema {
  const hostileTail = [...required, ...optional].some((field) => HOSTILE_TAIL.has(field));
  const hostileEnd = HOSTILE_TAIL.has(required.at(-1) ?? "");
  return {
    name,
    kind,
    accountFirst: name !== "RequestBadFormat",
    required,
    optional,
    hostileTail,
    hostileEnd,
  };
}

export const SCHEMAS: ReadonlyMap<string, EventSchema> = new Map(
  [
    schema("ChallengeSent", "challenge-sent", ["Challenge"]),
    schema("InvalidAccountID", "invalid-account"),
    schema("ChallengeResponseFailed", "challenge-failed", ["Challenge", "Response", "ExpectedResponse"]),
    schema("SuccessfulAuth", "success", ["UsingPassword"]),
    schema("InvalidPassword", "invalid-password", [], ["Module", "SessionTV", ...PASSWORD_FIELDS]),
    schema("FailedACL", "acl-refused", [], ["Module", "ACLName", "SessionTV"]),
    schema("RequestNotSupported", "other", ["RequestType"]),
    schema("RequestNotAllowed", "other", ["RequestType"], ["Module", "SessionTV", "RequestParams"]),
    schema(
      "RequestBadFormat",
      "other",
      ["RequestType"],
      ["Module", "SessionTV", "AccountID", "RequestParams"],
    ),
    schema("AuthMethodNotAllowed", "other", ["AuthMethod"]),
    schema("UnexpectedAddress", "other", ["ExpectedAddress"]),
    schema("InvalidTransport", "other", ["AttemptedTransport"]),
    schema("SessionLimit", "other"),
    schema("MemoryLimit", "other"),
    schema("LoadAverageLimit", "other"),
  ].map((entry) => [entry.name, entry]),
);

const BY_LENGTH: readonly (readonly (readonly [Buffer, EventSchema])[])[] = Array.from(
  { length: 32 },
  (_, length) =>
    [...SCHEMAS]
      .filter(([name]) => name.length === length)
      .map(([name, entry]) => [Buffer.from(name), entry]),
);

/** The schema of the event whose name stands in `bytes`, from `start` to `stop`. */
export function schemaIn(bytes: Buffer, start: number, stop: number): EventSchema | undefined {
  for (const [name, entry] of BY_LENGTH[stop - start] ?? []) {
    let at = name.length - 1;
    while (at >= 0 && bytes[start + at] === name[at]) at--;
    if (at < 0) return entry;
  }
  return undefined;
}

/** Field names that no other AMI event uses. A block of lines that holds one of them and is no security event is what was
 *  left of one that the sender's text cut in two. */
export const SECURITY_ONLY_FIELDS: readonly string[] = [
  "AccountID",
  "SessionID",
  "LocalAddress",
  "RemoteAddress",
  "EventTV",
  "EventVersion",
  "Challenge",
  "ExpectedResponse",
  "ExpectedAddress",
  "ReceivedChallenge",
  "ReceivedHash",
  "UsingPassword",
  "ACLName",
  "SessionTV",
  "RequestType",
  "RequestParams",
  "AuthMethod",
  "AttemptedTransport",
];

const SERVICES = new Map<string, Service>([
  ["PJSIP", "pjsip"],
  ["SIP", "sip"],
  ["IAX2", "iax2"],
  ["AMI", "ami"],
  ["HTTP", "http"],
  ["ARI", "http"],
]);

export function serviceOf(text: string): Service {
  return SERVICES.get(text) ?? "other";
}

/** Whether the sender chooses AccountID. PJSIP fills it with the name of an endpoint from the admin's configuration (or
 *  `<unknown>`) in all events but InvalidAccountID, where it is the From user. */
export function accountIsHostile(service: Service, name: string): boolean {
  return service !== "pjsip" || name === "InvalidAccountID";
}
