import { z } from "zod";
import { extension } from "./fields.js";
import { ScopeSchema } from "./common.js";

export const LimitSchema = z.strictObject({
  name: z.string(),
  value: z.string().describe("As it is written: `10`, `20.0000`, `1h`, `alarm`, `off`."),
  default: z.string(),
  scope: ScopeSchema.describe("`global`, or the extension whose own it is."),
  range: z.string(),
  choices: z.array(z.string()).readonly().nullable().describe("All that can be written; null: see `range`."),
  why: z.string(),
});
export type LimitJson = z.infer<typeof LimitSchema>;

export const LimitsSchema = z.strictObject({
  limits: z.array(LimitSchema).readonly(),
  policyVersion: z.number(),
});
export type LimitsJson = z.infer<typeof LimitsSchema>;

export const SetLimitsSchema = z
  .strictObject({
    limits: z
      .record(z.string().max(40), z.string().max(40).nullable())
      .refine((limits) => Object.keys(limits).length > 0, "name at least one limit")
      .readonly(),
    extension: extension.optional(),
  })
  .describe(
    "By the limits' names; `off` takes a limit away. Null: what holds without it, so the global one for an extension, and the default for all.",
  );
export type SetLimitsJson = z.input<typeof SetLimitsSchema>;

export const SpendSchema = z
  .strictObject({
    extension: z.string().nullable().describe("Null: the whole system."),
    spentUsd: z.string().describe("Running calls with what they cost if they ended now."),
    reservedUsd: z.string().describe("What is reserved for running calls beyond that."),
    limitUsd: z.string().nullable().describe("Null: no limit."),
    runningCalls: z.number(),
  })
  .describe("Money of the last 24 hours.");
export type SpendJson = z.infer<typeof SpendSchema>;

export const SpendsSchema = z.strictObject({
  total: SpendSchema.describe("The whole system, or the extension that was asked for."),
  extensions: z.array(SpendSchema).readonly().describe("The dearest first."),
});
export type SpendsJson = z.infer<typeof SpendsSchema>;
