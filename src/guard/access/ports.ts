import type { Right, Role } from "../../domain/access.js";
import type { Source } from "../../domain/address.js";

/** Whoever may sign in to the web UI. */
export interface User {
  readonly name: string;
  readonly role: Role;
  /** Argon2id in PHC form. */
  readonly passwordHash: string;
  /** Somebody else knows it: it was made by the daemon, and stands in its log. */
  readonly temporary: boolean;
  /** Base 32; null: no second factor is asked for. */
  readonly totpSecret: string | null;
  /** Shown and not yet confirmed. */
  readonly totpPending: string | null;
  /** The last time step whose code was taken: no code counts twice. */
  readonly totpStep: number;
  readonly createdAtMs: number;
  readonly createdBy: string;
  readonly signedInAtMs: number | null;
}

/** Changes of what others may see leave an audit row, in the same transaction, without secrets. */
export interface UserStore {
  all(): User[];
  find(name: string): User | null;
  add(user: User, by: string): void;
  setRole(name: string, role: Role, atMs: number, by: string): void;
  setPassword(name: string, hash: string, temporary: boolean, atMs: number, by: string): void;
  /** `secret` null: none is asked for any more. */
  setTotp(name: string, secret: string | null, step: number, atMs: number, by: string): void;
  setTotpPending(name: string, secret: string): void;
  /** False where a code of that step, or a later one, was taken before. */
  takeTotpStep(name: string, step: number): boolean;
  remove(name: string, atMs: number, by: string): void;
  signedIn(name: string, source: Source, atMs: number): void;
  /** Whether `name` has signed in from `source` since `sinceMs`. */
  hasSignedInFrom(name: string, source: Source, sinceMs: number): boolean;
}

export interface Session {
  /** The fingerprint of what the browser holds. */
  readonly id: string;
  readonly user: string;
  readonly source: Source;
  readonly startedAtMs: number;
  readonly seenAtMs: number;
}

export interface SessionStore {
  add(session: Session): void;
  find(id: string): Session | null;
  seen(id: string, source: Source, atMs: number): void;
  end(id: string): void;
  /** @param except the one that stays */
  endAllOf(user: string, except: string | null): void;
  /** Those that began or were seen earlier are over. */
  dropOlder(startedMs: number, seenMs: number): void;
  /** Of admins, seen since `sinceMs`. */
  liveAdmins(sinceMs: number): { readonly user: string; readonly source: Source }[];
}

export interface Token {
  readonly id: number;
  readonly name: string;
  readonly scope: Right;
  readonly createdAtMs: number;
  readonly createdBy: string;
  /** Null: until it is revoked. */
  readonly expiresAtMs: number | null;
  readonly usedAtMs: number | null;
}

export interface TokenStore {
  all(): Token[];
  find(fingerprint: string): Token | null;
  named(name: string): Token | null;
  add(token: Omit<Token, "id" | "usedAtMs">, fingerprint: string): Token;
  used(id: number, atMs: number): void;
  /** Null where there is none of that id. */
  revoke(id: number, atMs: number, by: string): Token | null;
}

/** Cryptography, by packages that this folder doesn't know. */
export interface Secrets {
  /** Unguessable text of the letters, digits, - and _. */
  random(): string;
  /** For people to copy: words' length, and no letters that look alike. */
  password(): string;
  /** SHA-256, for what is unguessable by itself. */
  fingerprint(text: string): string;
  hash(password: string): Promise<string>;
  /** Takes as long for `hash` null, and is false. */
  matches(password: string, hash: string | null): Promise<boolean>;
  readonly totp: {
    secret(): string;
    uri(secret: string, user: string): string;
    /** The time step that the code belongs to, one to either side allowed; null: it is wrong. */
    stepOf(secret: string, code: string, nowMs: number): number | null;
  };
}
