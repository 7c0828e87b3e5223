import { z } from "zod";
import { RateSchema } from "./rates.js";

export const DeckPageSchema = z
  .strictObject({
    rates: z
      .array(
        RateSchema.omit({ deck: true }).extend({
          usdPerMinute: z.string().nullable().describe("Null: the carrier takes no calls there."),
          overCap: z.boolean().describe("Its first minute costs more than the global cap."),
        }),
      )
      .readonly(),
    next: z.number().nullable().describe("What to send as `after` to get the next page."),
  })
  .describe("Rows of a deck in order of prefix.");
export type DeckPageJson = z.infer<typeof DeckPageSchema>;

export const DeckHistogramSchema = z
  .strictObject({
    bars: z
      .array(z.strictObject({ from: z.string(), to: z.string().nullable(), prefixes: z.number() }))
      .readonly(),
    priced: z.number(),
    blocked: z.number().describe("Prefixes that the carrier takes no calls for."),
    dearerThanCap: z.number(),
    cap: z.string().nullable().describe("The cap that was asked for, else the global one; null: none."),
  })
  .describe("How many prefixes cost how much in their first minute.");
export type DeckHistogramJson = z.infer<typeof DeckHistogramSchema>;
