import type { AttemptKind } from "../domain/intrusion/attempt.js";
import type { AccountTries, BanEvidence } from "../domain/intrusion/ban.js";

type Checks<T> = { readonly [Key in keyof T]-?: (value: unknown) => boolean };

const isWhole = (value: unknown): boolean => Number.isSafeInteger(value);
const isNumber = (value: unknown): boolean => typeof value === "number" && Number.isFinite(value);
const isText = (value: unknown): boolean => typeof value === "string";
const orNull = (check: (value: unknown) => boolean) => (value: unknown) => value === null || check(value);
const listOf = (check: (value: unknown) => boolean) => (value: unknown) =>
  Array.isArray(value) && value.every(check);

const KINDS: Readonly<Record<AttemptKind, true>> = {
  "unknown-account": true,
  "wrong-password": true,
  "acl-refused": true,
  unidentified: true,
  login: true,
};

const tries: Checks<AccountTries> = {
  name: isText,
  tries: isWhole,
  firstAtMs: isWhole,
  lastAtMs: isWhole,
  gapMs: orNull(isNumber),
  gapDeviationMs: orNull(isNumber),
  kinds: listOf((kind) => typeof kind === "string" && Object.hasOwn(KINDS, kind)),
};

const evidence: Checks<BanEvidence> = {
  attempts: isWhole,
  accounts: listOf(isText),
  firstAtMs: orNull(isWhole),
  lastAtMs: orNull(isWhole),
  services: listOf(isText),
  transports: listOf(isText),
  summary: isText,
  tried: listOf((value) => isExactly(TRIES, value)),
  ports: orNull(isWhole),
  aclNames: listOf(isText),
  lastSuccessAtMs: orNull(isWhole),
  userAgents: listOf(isText),
  methods: listOf(isText),
  confidence: isNumber,
  advice: isText,
  hint: orNull(isText),
  story: orNull(isText),
};

type Fields = readonly (readonly [string, (field: unknown) => boolean])[];
const TRIES: Fields = Object.entries(tries);
const EVIDENCE: Fields = Object.entries(evidence);

/** Whether this is evidence with all its fields and nothing else, as it is written today: a page of a thousand bans is read in
 *  milliseconds then. What is not may still be evidence of an older release. */
export function isSoundEvidence(value: unknown): value is BanEvidence {
  return isExactly(EVIDENCE, value);
}

function isExactly(checks: Fields, value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const fields = value as Record<string, unknown>;
  for (const [key, check] of checks) if (!Object.hasOwn(fields, key) || !check(fields[key])) return false;
  return Object.keys(fields).length === checks.length;
}
