import { isPlainName, passwordFault, type Role } from "../../domain/access.js";
import type { Source } from "../../domain/address.js";
import type { Clock, Log } from "../ports.js";
import type { Secrets, SessionStore, User, UserStore } from "./ports.js";

export interface AccessRefused {
  readonly refused: "refused" | "not-found";
  readonly message: string;
}

export interface UserParts {
  readonly store: UserStore;
  readonly sessions: Pick<SessionStore, "endAllOf">;
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly log: Log;
}

/** `second`: the password is right and a code is missing. */
export type SignIn =
  { readonly user: User } | { readonly failed: "password" | "code" } | { readonly failed: "second" };

const KNOWN_MS = 30 * 86_400_000;

/** The people who may sign in, and what they prove themselves by. */
export class UserBook {
  constructor(private readonly parts: UserParts) {}

  list(): User[] {
    return this.parts.store.all();
  }

  find(name: string): User | null {
    return this.parts.store.find(name);
  }

  /** Makes the user `admin` where there is nobody. @param password null: one is made. @returns what to tell whoever starts the
   *  daemon; null where there is somebody already */
  async first(password: string | null): Promise<{ user: string; password: string } | null> {
    if (this.parts.store.all().length > 0) return null;
    const user = "admin";
    const made = password ?? this.parts.secrets.password();
    await this.insert(user, "admin", made, password === null, "ringfence");
    return { user, password: made };
  }

  /** @param password null: one is made, which is told once */
  async add(
    name: string,
    role: Role,
    password: string | null,
    by: string,
  ): Promise<{ readonly user: User; readonly password: string | null } | AccessRefused> {
    if (!isPlainName(name)) return refused(NAME_FORM);
    if (this.parts.store.find(name) !== null) return refused(`There is a user ${name} already.`);
    const fault = password === null ? null : passwordFault(password, name);
    if (fault !== null) return refused(fault);
    const made = password ?? this.parts.secrets.password();
    const added = await this.insert(name, role, made, password === null, by);
    if (added === null) return refused(`There is a user ${name} already.`);
    return { user: added, password: password === null ? made : null };
  }

  setRole(name: string, role: Role, by: string): User | AccessRefused {
    const user = this.parts.store.find(name);
    if (user === null) return unknown();
    if (user.role === "admin" && role !== "admin" && this.isLastAdmin(name)) return refused(LAST_ADMIN);
    if (user.role !== role) {
      this.parts.store.setRole(name, role, this.parts.clock.nowMs(), by);
      // What they may do has changed: they begin anew.
      this.parts.sessions.endAllOf(name, null);
    }
    return { ...user, role };
  }

  /** By somebody else: whoever is signed in in that name is signed out. @param password null: one is made */
  async resetPassword(
    name: string,
    password: string | null,
    by: string,
  ): Promise<{ readonly user: User; readonly password: string | null } | AccessRefused> {
    const user = this.parts.store.find(name);
    if (user === null) return unknown();
    const fault = password === null ? null : passwordFault(password, name);
    if (fault !== null) return refused(fault);
    const made = password ?? this.parts.secrets.password();
    const hash = await this.parts.secrets.hash(made);
    this.parts.store.setPassword(name, hash, password === null, this.parts.clock.nowMs(), by);
    this.parts.sessions.endAllOf(name, null);
    return { user, password: password === null ? made : null };
  }

  /** By themselves. @param session the one that goes on; all others of theirs end */
  async changePassword(
    name: string,
    current: string,
    next: string,
    session: string | null,
    by: string,
  ): Promise<AccessRefused | { readonly failed: "password" } | null> {
    const user = this.parts.store.find(name);
    const right = await this.parts.secrets.matches(current, user?.passwordHash ?? null);
    if (user === null || !right) return { failed: "password" };
    if (next === current) return refused("That is the password as it was: write another one.");
    const fault = passwordFault(next, name);
    if (fault !== null) return refused(fault);
    const hash = await this.parts.secrets.hash(next);
    this.parts.store.setPassword(name, hash, false, this.parts.clock.nowMs(), by);
    this.parts.sessions.endAllOf(name, session);
    return null;
  }

  remove(name: string, by: string): AccessRefused | null {
    const user = this.parts.store.find(name);
    if (user === null) return unknown();
    if (user.role === "admin" && this.isLastAdmin(name)) return refused(LAST_ADMIN);
    this.parts.store.remove(name, this.parts.clock.nowMs(), by);
    return null;
  }

  /** Takes as long for a user who is not there as for a wrong password. A code counts once. */
  async signIn(name: string, password: string, code: string | null): Promise<SignIn> {
    const user = this.parts.store.find(name);
    const right = await this.parts.secrets.matches(password, user?.passwordHash ?? null);
    if (user === null || !right) return { failed: "password" };
    if (user.totpSecret === null) return { user };
    if (code === null) return { failed: "second" };
    return this.takesCode(user, user.totpSecret, code) ? { user } : { failed: "code" };
  }

  signedIn(name: string, source: Source): void {
    this.parts.store.signedIn(name, source, this.parts.clock.nowMs());
  }

  hasSignedInFrom(name: string, source: Source): boolean {
    return this.parts.store.hasSignedInFrom(name, source, this.parts.clock.nowMs() - KNOWN_MS);
  }

  /** A secret to be put into an app; it counts once `confirmTotp` has seen a code of it. */
  beginTotp(name: string): { readonly secret: string; readonly uri: string } | AccessRefused {
    if (this.parts.store.find(name) === null) return unknown();
    const { totp } = this.parts.secrets;
    const secret = totp.secret();
    this.parts.store.setTotpPending(name, secret);
    return { secret, uri: totp.uri(secret, name) };
  }

  confirmTotp(name: string, code: string, by: string): AccessRefused | null {
    const user = this.parts.store.find(name);
    if (user === null) return unknown();
    if (user.totpPending === null) return refused("Ask for a secret first, and put it into your app.");
    const nowMs = this.parts.clock.nowMs();
    const step = this.parts.secrets.totp.stepOf(user.totpPending, code, nowMs);
    if (step === null) {
      return refused(
        "That code is wrong: write the six digits that the app shows now, and see that the clocks agree.",
      );
    }
    this.parts.store.setTotp(name, user.totpPending, step, nowMs, by);
    return null;
  }

  async dropTotp(
    name: string,
    password: string,
    by: string,
  ): Promise<{ readonly failed: "password" } | null> {
    const user = this.parts.store.find(name);
    const right = await this.parts.secrets.matches(password, user?.passwordHash ?? null);
    if (user === null || !right) return { failed: "password" };
    this.parts.store.setTotp(name, null, 0, this.parts.clock.nowMs(), by);
    return null;
  }

  /** For whoever has lost their phone. */
  resetTotp(name: string, by: string): AccessRefused | null {
    if (this.parts.store.find(name) === null) return unknown();
    this.parts.store.setTotp(name, null, 0, this.parts.clock.nowMs(), by);
    this.parts.sessions.endAllOf(name, null);
    return null;
  }

  private takesCode(user: User, secret: string, code: string): boolean {
    const step = this.parts.secrets.totp.stepOf(secret, code, this.parts.clock.nowMs());
    return step !== null && this.parts.store.takeTotpStep(user.name, step);
  }

  private async insert(
    name: string,
    role: Role,
    password: string,
    temporary: boolean,
    by: string,
  ): Promise<User | null> {
    const passwordHash = await this.parts.secrets.hash(password);
    // Somebody may have been quicker while it was hashed.
    if (this.parts.store.find(name) !== null) return null;
    const user: User = {
      name,
      role,
      passwordHash,
      temporary,
      totpSecret: null,
      totpPending: null,
      totpStep: 0,
      createdAtMs: this.parts.clock.nowMs(),
      createdBy: by,
      signedInAtMs: null,
    };
    this.parts.store.add(user, by);
    this.parts.log.info("user added", { user: name, role, by });
    return user;
  }

  private isLastAdmin(name: string): boolean {
    return !this.parts.store.all().some((user) => user.role === "admin" && user.name !== name);
  }
}

const NAME_FORM = "A user's name begins with a letter: small letters, digits, . _ - and at most 32 of them.";
const LAST_ADMIN = "This is the only admin left: make somebody else an admin first.";

function refused(message: string): AccessRefused {
  return { refused: "refused", message };
}

function unknown(): AccessRefused {
  return { refused: "not-found", message: "There is no user of that name." };
}
