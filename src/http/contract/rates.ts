import { z } from "zod";
import { deckName } from "./fields.js";
import { time } from "./common.js";

export const DeckSchema = z.strictObject({
  name: z.string(),
  rows: z.number(),
  importedAt: time,
  importedBy: z.string(),
  old: z.boolean().describe("30 days or more: its prices may be wrong."),
  previousAt: time
    .nullable()
    .describe(
      "When the deck before this one was imported, which `undo` brings back; null where there is none.",
    ),
});
export type DeckJson = z.infer<typeof DeckSchema>;

export const DecksSchema = z
  .strictObject({ decks: z.array(DeckSchema.extend({ trunks: z.array(z.string()).readonly() })).readonly() })
  .describe("`trunks`: those that are bound to the deck.");
export type DecksJson = z.infer<typeof DecksSchema>;

export const DeckAfterSchema = z
  .strictObject({ deck: DeckSchema.nullable() })
  .describe("After `undo` and DELETE: null where there is no deck of that name any more.");
export type DeckAfterJson = z.infer<typeof DeckAfterSchema>;

export const TrunkDecksSchema = z
  .strictObject({ trunkDecks: z.record(z.string(), z.string()).readonly() })
  .describe("Trunk → deck. A trunk that is not named has the deck of its own name, else `default`.");
export type TrunkDecksJson = z.infer<typeof TrunkDecksSchema>;

export const BindDeckSchema = z
  .strictObject({
    deck: deckName.nullable(),
    trunks: z.array(z.string().max(80)).min(1, "name at least one trunk").max(500).readonly(),
  })
  .describe("`deck` null: the trunks have no deck of their own any more.");
export type BindDeckJson = z.input<typeof BindDeckSchema>;

export const RateRulesSchema = z.strictObject({
  withoutRate: z.enum(["refuse", "allow"]).describe("What happens to calls that a deck has no price for."),
  feeInFirstMinute: z
    .boolean()
    .describe("Whether a connection fee counts as part of the first minute, and so against the cap."),
  policyVersion: z.number(),
});
export type RateRulesJson = z.infer<typeof RateRulesSchema>;

export const SetRateRulesSchema = z
  .strictObject({
    withoutRate: z.enum(["refuse", "allow"], "withoutRate is refuse or allow").optional(),
    feeInFirstMinute: z.boolean().optional(),
  })
  .describe("Only what is given changes.");
export type SetRateRulesJson = z.input<typeof SetRateRulesSchema>;

export const RateSchema = z.strictObject({
  deck: z.string(),
  prefix: z.string(),
  destination: z.string(),
  usdPerMinute: z.string(),
  usdToConnect: z.string().describe("The connection fee."),
  minimumSeconds: z.number(),
  incrementSeconds: z.number(),
});
export type RateJson = z.infer<typeof RateSchema>;

export const RateAnswerSchema = z.strictObject({
  number: z.string(),
  rates: z
    .array(RateSchema)
    .readonly()
    .describe("The cheapest first is not promised: one a deck, in the order of the decks' names."),
});
export type RateAnswerJson = z.infer<typeof RateAnswerSchema>;
