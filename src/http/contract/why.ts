import { z } from "zod";
import { OpenAreaSchema } from "./areas.js";
import { BanSchema } from "./bans.js";
import { CallSchema } from "./calls.js";
import { ScopeSchema, time } from "./common.js";
import { CapSchema } from "./rules.js";

export const KnownSourceSchema = z.strictObject({
  source: z.string(),
  account: z.string(),
  firstAt: time,
  lastAt: time,
  successes: z.number(),
});
export type KnownSourceJson = z.infer<typeof KnownSourceSchema>;

const ExplanationSchema = z.strictObject({
  target: z.string(),
  headline: z.string().describe("The answer in one sentence."),
  story: z.array(z.string()).readonly().describe("The story behind it, a sentence each."),
  advice: z.array(z.string()).readonly().describe("What to do, a sentence each."),
});

export const AddressExplanationSchema = ExplanationSchema.extend({
  kind: z.literal("address"),
  standing: z.string(),
  protectedBecause: z
    .string()
    .nullable()
    .describe("Why nothing is ever done against it; null unless `standing` is `protected`."),
  inForce: z.array(BanSchema).readonly(),
  history: z.array(BanSchema).readonly(),
  known: z.array(KnownSourceSchema).readonly(),
  callsRefusedUntil: time
    .nullable()
    .describe("Its calls are refused until then, since a program places them; null: they are not."),
  recentAttempts: z.strictObject({
    count: z.number(),
    accounts: z.array(z.string()).readonly(),
    firstAt: time.nullable(),
    lastAt: time.nullable(),
  }),
});
export type AddressExplanationJson = z.infer<typeof AddressExplanationSchema>;

export const ExtensionExplanationSchema = ExplanationSchema.extend({
  kind: z.literal("extension"),
  known: z.array(KnownSourceSchema).readonly(),
  areas: z.array(OpenAreaSchema).readonly(),
  areasScope: ScopeSchema,
  cap: CapSchema,
  refusedCalls: z.array(CallSchema).readonly(),
});
export type ExtensionExplanationJson = z.infer<typeof ExtensionExplanationSchema>;

export const WhySchema = z.discriminatedUnion("kind", [AddressExplanationSchema, ExtensionExplanationSchema]);
export type WhyJson = z.infer<typeof WhySchema>;
