import { z } from "zod";
import { VerdictSchema } from "./calls.js";
import { DialPlanPreviewSchema } from "./dial-plan.js";
import { LimitSchema, SpendSchema } from "./limits.js";
import { RateSchema } from "./rates.js";

export const TrySchema = z
  .strictObject({
    from: z.string().max(80).nullable(),
    number: z.string().max(200).describe("As it would be dialled."),
    trunk: z.string().max(80).nullish(),
  })
  .describe("Nothing is reserved, and it is no attempt.");
export type TryJson = z.infer<typeof TrySchema>;

export const TriedSchema = z
  .strictObject({
    verdict: VerdictSchema,
    reading: DialPlanPreviewSchema.omit({ dialPlan: true }),
    place: z
      .strictObject({ open: z.boolean(), rule: z.string(), detail: z.string().nullable() })
      .nullable()
      .describe("What areas and prefixes say, whatever the price; null where no number was understood."),
    rates: z
      .array(RateSchema)
      .readonly()
      .describe("What each deck asks; the verdict names the one that counts."),
    limits: z.array(LimitSchema).readonly(),
    spends: z
      .array(SpendSchema)
      .readonly()
      .describe("Of the extension where one was named, then of the whole system."),
  })
  .describe("The verdict of the live code, with every step that led to it.");
export type TriedJson = z.infer<typeof TriedSchema>;
