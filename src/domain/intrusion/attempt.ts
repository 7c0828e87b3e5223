import type { Source } from "../address.js";
import { detached } from "../text.js";
import type { SecurityEvent, Service, Transport } from "./security-event.js";

/** `unidentified`: Asterisk challenged somebody who named no account that it could report. */
export type AttemptKind = "unknown-account" | "wrong-password" | "acl-refused" | "unidentified" | "login";

/** Whether the sender has shown that it receives what is sent to it. */
export type AttemptProof = "returned" | "unproven";

/** One failed try to get in. `account` and `aclName` are hostile text. */
export interface Attempt {
  readonly source: Source;
  readonly kind: AttemptKind;
  readonly account: string | null;
  readonly atMs: number;
  readonly service: Service;
  readonly transport: Transport;
  readonly port: number | null;
  /** Which of Asterisk's ACLs refused it. */
  readonly aclName: string | null;
  readonly proof: AttemptProof;
}

/** An attempt told of before is named by its source, time and account. */
export type AttemptChange =
  | { readonly type: "failed"; readonly attempt: Attempt }
  /** An attempt told of before without an account turns out to be on this one. */
  | { readonly type: "named"; readonly attempt: Attempt & { readonly account: string } }
  /** A later leg of an attempt told of before has shown that its sender receives what is sent to it. */
  | {
      readonly type: "proven";
      readonly source: Source;
      readonly atMs: number;
      readonly account: string | null;
    }
  /** The attempt told of before counts no more: it ended in a success, or somebody else sent it in this source's name. */
  | {
      readonly type: "forgiven";
      readonly source: Source;
      readonly atMs: number;
      readonly account: string | null;
    }
  /** Nobody has answered the challenge that was sent to `source` at `atMs`. `account` is who was asked for, where Asterisk
   *  challenges those it does not know as if it knew them (chan_sip); null else. */
  | {
      readonly type: "unanswered";
      readonly source: Source;
      readonly account: string | null;
      readonly atMs: number;
      readonly service: Service;
      readonly transport: Transport;
    };

const ACCOUNT_LENGTH = 64;

/** A sender over these has shown that it receives what is sent to it; a UDP packet bears any address. */
export function isProven(transport: Transport): boolean {
  return transport !== "udp" && transport !== "unknown";
}

/** Tells of a new attempt. */
export function failure(
  event: SecurityEvent,
  kind: AttemptKind,
  account: string | null,
  proof: AttemptProof,
): AttemptChange {
  return { type: "failed", attempt: attemptOf(event, kind, account, event.atMs, proof) };
}

export function attemptOf<Account extends string | null>(
  event: SecurityEvent,
  kind: AttemptKind,
  account: Account,
  atMs: number,
  proof: AttemptProof,
): Attempt & { readonly account: Account } {
  const { source, service, transport, port, aclName } = event;
  return { source, kind, account, atMs, service, transport, port, aclName, proof };
}

/** What is kept of a name: nobody has one longer than 64 letters. */
export function shortAccount(event: SecurityEvent): string | null {
  return event.account === null ? null : detached(event.account.slice(0, ACCOUNT_LENGTH));
}
