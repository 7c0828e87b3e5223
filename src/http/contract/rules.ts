import { z } from "zod";
import { ScopeSchema } from "./common.js";

export const NeverBanSchema = z.strictObject({
  neverBan: z.array(z.string()).readonly(),
  notes: z.record(z.string(), z.string()).readonly().describe("By target, where somebody said why."),
  policyVersion: z.number(),
});
export type NeverBanJson = z.infer<typeof NeverBanSchema>;

export const NeverBanEntrySchema = z.strictObject({ target: z.string(), note: z.string().optional() });
export type NeverBanEntryJson = z.infer<typeof NeverBanEntrySchema>;

export const CapSchema = z
  .strictObject({ usdPerMinute: z.string().nullable(), scope: ScopeSchema })
  .describe("`usdPerMinute` null: no cap.");
export type CapJson = z.infer<typeof CapSchema>;

export const CapInForceSchema = CapSchema.extend({ policyVersion: z.number() });
export type CapInForceJson = z.infer<typeof CapInForceSchema>;

export const SetCapSchema = z.strictObject({
  usdPerMinute: z.string().nullable(),
  extension: z.string().optional(),
});
export type SetCapJson = z.infer<typeof SetCapSchema>;
