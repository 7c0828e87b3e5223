import { z } from "zod";
import { time } from "./common.js";

export const VerdictSchema = z.strictObject({
  decision: z.enum(["allow", "refuse"]),
  reason: z.string(),
  from: z.string().nullable(),
  number: z.string().nullable(),
  area: z.string().nullable(),
  numberType: z.string().nullable(),
  rate: z.strictObject({ deck: z.string(), prefix: z.string(), usdPerMinute: z.string() }).nullable(),
  cap: z
    .strictObject({ usdPerMinute: z.string(), scope: z.enum(["global", "extension"]) })
    .nullable()
    .describe("`extension`: the extension's own cap, in the global one's place."),
  rule: z
    .string()
    .nullable()
    .describe("Which rule decided, such as `global list: US` or `extension 100's prefix +4470 denied`."),
  detail: z.string(),
  policyVersion: z.number(),
});
export type VerdictJson = z.infer<typeof VerdictSchema>;

export const CallSchema = VerdictSchema.extend({
  id: z.number(),
  at: time,
  channel: z.string(),
  dialled: z.string().describe("As it was dialled: hostile."),
  payer: z
    .string()
    .nullable()
    .describe(
      "How `from` was worked out: `endpoint`, `transfer`, `forward`, `unknown`; null where nobody asked.",
    ),
  trunk: z.string().nullable(),
  tookMs: z.number(),
});
export type CallJson = z.infer<typeof CallSchema>;

export const CallsSchema = z
  .strictObject({ calls: z.array(CallSchema).readonly(), next: z.number().nullable() })
  .describe("One page, newest first; `next` is sent as `before` to get the next one.");
export type CallsJson = z.infer<typeof CallsSchema>;

export const CheckCallSchema = z.strictObject({
  from: z.string().max(80).nullable(),
  number: z.string().max(200),
  trunk: z.string().max(80).nullish(),
});
export type CheckCallJson = z.input<typeof CheckCallSchema>;

export const BatchFaultSchema = z
  .strictObject({ error: z.strictObject({ code: z.string(), message: z.string(), line: z.number() }) })
  .describe(
    "A batch row that could not be read, in its place among the verdicts. `line` counts from 1, the header included.",
  );
export type BatchFaultJson = z.infer<typeof BatchFaultSchema>;
