import { createHash, randomBytes, randomInt } from "node:crypto";
import { hash, verify } from "@node-rs/argon2";
import { Secret, TOTP } from "otpauth";
import type { Secrets } from "./guard/access/ports.js";

/** OWASP's figures for Argon2id, which is the package's own choice of algorithm: 19 MiB, two passes, one lane. */
const HOW = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
const STEP_SECONDS = 30;
/** Without those that look alike. */
const LETTERS = "abcdefghjkmnpqrstuvwxyz23456789";

/** Hashing runs in libuv's pool, away from the thread that serves. */
export function secrets(): Secrets {
  // Of a password that nobody has: so that a name that is not there takes as long as a wrong password.
  let nobody: Promise<string> | null = null;
  return {
    random: () => randomBytes(32).toString("base64url"),
    password: () => Array.from({ length: 4 }, fourLetters).join("-"),
    fingerprint: (text) => createHash("sha256").update(text).digest("base64url"),
    hash: (password) => hash(password, HOW),
    async matches(password, stored) {
      nobody ??= hash(randomBytes(32), HOW);
      const right = await verify(stored ?? (await nobody), password);
      return right && stored !== null;
    },
    totp: {
      secret: () => new Secret({ size: 20 }).base32,
      uri: (secret, user) => totpOf(secret, user).toString(),
      stepOf(secret, code, nowMs) {
        if (!/^\d{6}$/.test(code)) return null;
        const delta = totpOf(secret, "").validate({ token: code, timestamp: nowMs, window: 1 });
        return delta === null ? null : Math.floor(nowMs / 1000 / STEP_SECONDS) + delta;
      },
    },
  };
}

function fourLetters(): string {
  return Array.from({ length: 4 }, () => LETTERS[randomInt(LETTERS.length)]).join("");
}

function totpOf(secret: string, user: string): TOTP {
  return new TOTP({
    issuer: "Ringfence",
    label: user,
    secret: Secret.fromBase32(secret),
    digits: 6,
    period: STEP_SECONDS,
    algorithm: "SHA1",
  });
}
