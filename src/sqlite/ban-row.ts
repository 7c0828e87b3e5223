import { z } from "zod";
import type { AttemptKind } from "../domain/intrusion/attempt.js";
import {
  CAUSES,
  type BanEvidence,
  type BanScope,
  type Proof,
  type Standing,
  type Trigger,
} from "../domain/intrusion/ban.js";
import { jsonText, oneOf, quickly } from "./row.js";
import { isSoundEvidence } from "./sound-evidence.js";

const time = z.int();
const texts = z.array(z.string());

const tries = z.object({
  name: z.string(),
  tries: z.int(),
  firstAtMs: time,
  lastAtMs: time,
  gapMs: z.nullable(z.number()),
  gapDeviationMs: z.nullable(z.number()),
  kinds: z.array(
    oneOf<AttemptKind>({
      "unknown-account": true,
      "wrong-password": true,
      "acl-refused": true,
      unidentified: true,
      login: true,
    }),
  ),
});

/** Rows of the first release lack what was not looked for then. */
export const evidence: z.ZodType<BanEvidence> = z.object({
  attempts: z.int(),
  accounts: texts,
  firstAtMs: z.nullable(time),
  lastAtMs: z.nullable(time),
  services: texts,
  transports: texts,
  summary: z.string(),
  tried: z.array(tries).default([]),
  ports: z.nullable(z.int()).default(null),
  aclNames: texts.default([]),
  lastSuccessAtMs: z.nullable(time).default(null),
  userAgents: texts.default([]),
  methods: texts.default([]),
  confidence: z.number().default(1),
  advice: z.string().default(""),
  hint: z.nullable(z.string()).default(null),
  story: z.nullable(z.string()).default(null),
});

export const triggerSlug = oneOf<Trigger>({
  attempts: true,
  "account-names": true,
  "forged-headers": true,
  logins: true,
  "unanswered-challenges": true,
  "slow-attack": true,
  "account-failures": true,
  "failing-accounts": true,
  flood: true,
  "call-attempts": true,
  neighbours: true,
  network: true,
  "by-hand": true,
});

export const causeSlug = z.enum(CAUSES, `expected one of ${CAUSES.join(", ")}`);

export const proofSlug = oneOf<Proof>({ returned: true, unproven: true, forged: true });

export const scopeSlug = oneOf<BanScope>({ host: true, voip: true });

/** What a row of `bans` and one of `blocks` have in common. */
export const shutColumns = {
  id: z.int(),
  cause: causeSlug,
  trigger: triggerSlug,
  standing: oneOf<Standing>({ protected: true, known: true, stranger: true }),
  proof: proofSlug,
  rung: z.int().min(0),
  from_ms: time,
  until_ms: z.nullable(time),
  lifted_at_ms: z.nullable(time),
  lifted_by: z.nullable(z.string()),
  note: z.nullable(z.string()),
  by: z.string(),
  evidence: quickly(isSoundEvidence, jsonText(evidence)),
};

interface Times {
  readonly from_ms: number;
  readonly until_ms: number | null;
  readonly lifted_at_ms: number | null;
  readonly lifted_by: string | null;
}

/** The columns of time under the domain's names. */
export function withTimes<T extends Times>(row: T) {
  const { from_ms, until_ms, lifted_at_ms, lifted_by, ...rest } = row;
  return { ...rest, fromMs: from_ms, untilMs: until_ms, liftedAtMs: lifted_at_ms, liftedBy: lifted_by };
}

/** The condition, in SQL, of being in force at @atMs. */
export const IN_FORCE = "lifted_at_ms IS NULL AND (until_ms IS NULL OR until_ms > @atMs)";
