import type { Source } from "../address.js";
import { detached } from "../text.js";
import type { SecurityEvent, Service, Transport } from "./security-event.js";

/** `unidentified`: Asterisk challenged somebody who named no account that it could report. */
export type AttemptKind = "unknown-account" | "wrong-password" | "acl-refused" | "unidentified" | "login";

/** One failed try to get in. `account` is hostile text. */
export interface Attempt {
  readonly source: Source;
  readonly kind: AttemptKind;
  readonly account: string | null;
  readonly atMs: number;
  readonly service: Service;
  readonly transport: Transport;
}

export type AttemptChange =
  | { readonly type: "failed"; readonly attempt: Attempt }
  /** An attempt told of before without an account turns out to be on this one. */
  | { readonly type: "named"; readonly attempt: Attempt & { readonly account: string } }
  /** The attempt of this time and account, told of before, ended in a success. */
  | {
      readonly type: "forgiven";
      readonly source: Source;
      readonly atMs: number;
      readonly account: string | null;
    };

const ACCOUNT_LENGTH = 64;

/** Tells of a new attempt. */
export function failure(event: SecurityEvent, kind: AttemptKind, account: string | null): AttemptChange {
  return { type: "failed", attempt: attemptOf(event, kind, account) };
}

export function attemptOf(event: SecurityEvent, kind: AttemptKind, account: string | null): Attempt {
  const { source, atMs, service, transport } = event;
  return { source, kind, account, atMs, service, transport };
}

/** What is kept of a name: nobody has one longer than 64 letters. */
export function shortAccount(event: SecurityEvent): string | null {
  return event.account === null ? null : detached(event.account.slice(0, ACCOUNT_LENGTH));
}
