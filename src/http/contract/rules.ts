import { z } from "zod";
import { ScopeSchema } from "./common.js";
import { extension, note, usdPerMinute } from "./fields.js";

export const NeverBanSchema = z.strictObject({
  neverBan: z.array(z.string()).readonly(),
  notes: z.record(z.string(), z.string()).readonly().describe("By target, where somebody said why."),
  policyVersion: z.number(),
});
export type NeverBanJson = z.infer<typeof NeverBanSchema>;

export const NeverBanEntrySchema = z.strictObject({
  target: z.string().max(100),
  note: note.optional(),
});
export type NeverBanEntryJson = z.input<typeof NeverBanEntrySchema>;

export const CapSchema = z
  .strictObject({ usdPerMinute: z.string().nullable(), scope: ScopeSchema })
  .describe("`usdPerMinute` null: no cap.");
export type CapJson = z.infer<typeof CapSchema>;

export const CapInForceSchema = CapSchema.extend({ policyVersion: z.number() });
export type CapInForceJson = z.infer<typeof CapInForceSchema>;

export const SetCapSchema = z.strictObject({
  usdPerMinute: usdPerMinute.nullable(),
  extension: extension.optional(),
});
export type SetCapJson = z.input<typeof SetCapSchema>;
