import type { Source } from "../address.js";

/** What Asterisk's `Service` field stands for: `sip` is chan_sip, `ami` the manager, `http` the web server with ARI. `web` is no
 *  service of Asterisk's but our own web UI. */
export type Service = "pjsip" | "sip" | "iax2" | "ami" | "http" | "other" | "web";

export type Transport = "udp" | "tcp" | "tls" | "ws" | "wss" | "unknown";

/** The kinds of Asterisk security event that say something about a try to get in. `other` says nothing of
 *  success or failure (RequestNotSupported, for one) and is kept for the record. */
export type SecurityEventKind =
  | "invalid-account"
  | "challenge-sent"
  | "challenge-failed"
  | "invalid-password"
  | "success"
  | "acl-refused"
  | "other";

/** One security event, true fields only. `account`, `session`, `challenge` and `response` are text that the
 *  sender chose: hostile wherever they are shown, stored or passed on. */
export interface SecurityEvent {
  readonly type: "security";
  readonly kind: SecurityEventKind;
  /** Asterisk's own name of the event, such as `ChallengeResponseFailed`. */
  readonly name: string;
  /** Asterisk's time of the event (EventTV), Unix milliseconds. */
  readonly atMs: number;
  readonly service: Service;
  /** Null where Asterisk says `<unknown>` or the field is missing. */
  readonly account: string | null;
  /** The SIP Call-ID for SIP, which the sender chooses. */
  readonly session: string;
  readonly source: Source;
  /** The full address, without port, canonical text. */
  readonly address: string;
  readonly port: number | null;
  readonly transport: Transport;
  readonly aclName: string | null;
  readonly challenge: string | null;
  readonly response: string | null;
}

/** Somebody wrote line breaks into a field so that Asterisk printed lines of theirs. Evidence against the true
 *  source; `source` is null where the true one can't be told, and then nobody is to be acted on. */
export interface ForgedEvent {
  readonly type: "forged";
  readonly form: "repeated-field" | "split-event" | "foreign-line";
  readonly atMs: number;
  readonly service: Service;
  readonly source: Source | null;
  readonly address: string | null;
  readonly port: number | null;
  readonly transport: Transport;
  /** The lines that were forged, as they came, at most a few hundred characters: hostile. */
  readonly forgedText: string;
}

export type Evidence = SecurityEvent | ForgedEvent;
