import { isPlainName, type Right } from "../../domain/access.js";
import type { Clock, Log } from "../ports.js";
import type { Secrets, Token, TokenStore } from "./ports.js";
import type { AccessRefused } from "./users.js";

export interface TokenParts {
  readonly store: TokenStore;
  readonly secrets: Pick<Secrets, "random" | "fingerprint">;
  readonly clock: Clock;
  readonly log: Log;
}

/** So that one that ends up where it should not be is recognised. */
const PREFIX = "rf_";
const USED_MS = 60_000;

/** What programs prove themselves by. */
export class TokenBook {
  constructor(private readonly parts: TokenParts) {}

  list(): Token[] {
    return this.parts.store.all();
  }

  /** @returns the token itself, which nobody is told a second time */
  add(
    name: string,
    scope: Right,
    expiresAtMs: number | null,
    by: string,
  ): { readonly token: Token; readonly secret: string } | AccessRefused {
    const { store, secrets, clock, log } = this.parts;
    if (!isPlainName(name)) {
      const message =
        "A token's name begins with a letter: small letters, digits, . _ - and at most 32 of them.";
      return { refused: "refused", message };
    }
    if (store.named(name) !== null)
      return { refused: "refused", message: `There is a token ${name} already.` };
    const nowMs = clock.nowMs();
    if (expiresAtMs !== null && expiresAtMs <= nowMs) {
      return { refused: "refused", message: "That time is over: a token ends on a day to come." };
    }
    const secret = PREFIX + secrets.random();
    const wish = { name, scope, expiresAtMs, createdAtMs: nowMs, createdBy: by };
    const token = store.add(wish, secrets.fingerprint(secret));
    log.info("token added", { token: name, scope, by });
    return { token, secret };
  }

  find(secret: string): Token | null {
    const { store, secrets, clock } = this.parts;
    if (!secret.startsWith(PREFIX)) return null;
    const token = store.find(secrets.fingerprint(secret));
    const nowMs = clock.nowMs();
    if (token === null || (token.expiresAtMs !== null && token.expiresAtMs <= nowMs)) return null;
    if (token.usedAtMs === null || nowMs - token.usedAtMs > USED_MS) store.used(token.id, nowMs);
    return token;
  }

  revoke(id: number, by: string): Token | AccessRefused {
    const revoked = this.parts.store.revoke(id, this.parts.clock.nowMs(), by);
    return revoked ?? { refused: "not-found", message: "There is no token of that number." };
  }
}
