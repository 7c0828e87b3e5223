import type { Source } from "../../domain/address.js";
import type { After, Clock, Stop } from "../ports.js";
import type { Secrets, Session, SessionStore, User, UserStore } from "./ports.js";

export interface SessionParts {
  readonly store: SessionStore;
  readonly users: Pick<UserStore, "find">;
  readonly secrets: Pick<Secrets, "random" | "fingerprint">;
  readonly clock: Clock;
  readonly after: After;
  /** Told where admins are signed in now, after each change. */
  readonly onAdmins: (live: readonly { readonly user: string; readonly source: Source }[]) => void;
}

export interface SignedIn {
  readonly session: Session;
  readonly user: User;
}

/** Over after half a day without a request, and after a week in any case. */
const IDLE_MS = 12 * 3_600_000;
const LONGEST_MS = 7 * 86_400_000;
/** How long an admin's address stays protected after their last request. */
const LIVE_MS = 3_600_000;
/** `seenAtMs` is written no more often than this. */
const SEEN_MS = 60_000;
const SWEEP_MS = 60_000;

/** Who is signed in. What the browser holds is not stored, its fingerprint is: who reads the database signs in as nobody. */
export class SessionBook {
  constructor(private readonly parts: SessionParts) {}

  /** Sweeps what is over, and tells where admins are. */
  start(): Stop {
    let cancel: () => void = () => undefined;
    const sweep = (): void => {
      const nowMs = this.parts.clock.nowMs();
      this.parts.store.dropOlder(nowMs - LONGEST_MS, nowMs - IDLE_MS);
      this.tellAdmins();
      cancel = this.parts.after(SWEEP_MS, sweep);
    };
    sweep();
    return () => {
      cancel();
      return Promise.resolve();
    };
  }

  /** Always a new one, whatever the browser held before. @returns what the browser is to hold */
  begin(user: string, source: Source): string {
    const { store, secrets, clock } = this.parts;
    const secret = secrets.random();
    const nowMs = clock.nowMs();
    const id = secrets.fingerprint(secret);
    store.add({ id, user, source, startedAtMs: nowMs, seenAtMs: nowMs });
    this.tellAdmins();
    return secret;
  }

  /** @param source where the request comes from; null: unknown. A session may move: phones do */
  find(secret: string, source: Source | null): SignedIn | null {
    const { store, users, secrets, clock } = this.parts;
    const session = store.find(secrets.fingerprint(secret));
    if (session === null) return null;
    const nowMs = clock.nowMs();
    if (nowMs - session.seenAtMs > IDLE_MS || nowMs - session.startedAtMs > LONGEST_MS) return null;
    const user = users.find(session.user);
    if (user === null) return null;
    const moved = source !== null && source !== session.source;
    if (moved || nowMs - session.seenAtMs > SEEN_MS) {
      store.seen(session.id, source ?? session.source, nowMs);
      if (moved) this.tellAdmins();
    }
    return { session, user };
  }

  /** The text that a page must send along, and that a page of another origin can't know. */
  csrfOf(secret: string): string {
    return this.parts.secrets.fingerprint(`csrf ${secret}`);
  }

  end(secret: string): void {
    this.parts.store.end(this.parts.secrets.fingerprint(secret));
    this.tellAdmins();
  }

  private tellAdmins(): void {
    this.parts.onAdmins(this.parts.store.liveAdmins(this.parts.clock.nowMs() - LIVE_MS));
  }
}
