import { Secret, TOTP } from "otpauth";
import { secrets } from "../src/secrets.js";

test("a password is hashed by Argon2id, and matches itself alone", async () => {
  const cryptography = secrets();
  const stored = await cryptography.hash("correct horse battery");
  expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(await cryptography.matches("correct horse battery", stored)).toBe(true);
  expect(await cryptography.matches("correct horse batterz", stored)).toBe(false);
  // Of nobody: hashed all the same.
  expect(await cryptography.matches("correct horse battery", null)).toBe(false);
});

test("a code belongs to its step, one to either side is taken, and nothing else", () => {
  const { totp } = secrets();
  const secret = totp.secret();
  const at = (ms: number) => new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: ms });
  const nowMs = 1_800_000_000_000;
  const step = nowMs / 30_000;
  expect(totp.stepOf(secret, at(nowMs), nowMs)).toBe(step);
  expect(totp.stepOf(secret, at(nowMs - 30_000), nowMs)).toBe(step - 1);
  expect(totp.stepOf(secret, at(nowMs + 30_000), nowMs)).toBe(step + 1);
  expect(totp.stepOf(secret, at(nowMs - 90_000), nowMs)).toBeNull();
  for (const wrong of ["", "12345", "1234567", "abcdef", "१२३४५६"]) {
    expect(totp.stepOf(secret, wrong, nowMs)).toBeNull();
  }
});

test("what is random is long, and never twice the same", () => {
  const cryptography = secrets();
  expect(cryptography.random()).toMatch(/^[\w-]{43}$/);
  expect(new Set(Array.from({ length: 100 }, () => cryptography.password())).size).toBe(100);
});
