import { z } from "zod";
import { time } from "./common.js";

const happened = {
  attempts: z.number(),
  bans: z.number(),
  blocks: z.number(),
  callsAllowed: z.number(),
  callsRefused: z.number(),
  usdRefused: z
    .string()
    .describe("What one minute of each refused call would have cost, where its price is known."),
};
export const HappenedSchema = z.strictObject(happened);
export type HappenedJson = z.infer<typeof HappenedSchema>;

export const ForYouSchema = z
  .strictObject({
    slug: z.enum(["known-banned", "known-blocked", "account-attacked", "proposal", "deck-old"]),
    subject: z.string().nullable().describe("What it is about, such as an address; null: the whole system."),
    at: time.nullable(),
    detail: z.string(),
  })
  .describe("Something that a person should see to.");
export type ForYouJson = z.infer<typeof ForYouSchema>;

export const OverviewSchema = z.strictObject({
  from: time,
  to: time,
  stepSeconds: z.number().describe("How long each part of the series is; the last one still runs."),
  series: z.array(z.strictObject({ at: time, ...happened })).readonly(),
  totals: HappenedSchema,
  before: HappenedSchema.nullable().describe(
    "Of the time before, as long; null where nothing was counted yet.",
  ),
  causes: z
    .array(z.strictObject({ cause: z.string(), bans: z.number(), blocks: z.number() }))
    .readonly()
    .describe("The most frequent first."),
  countries: z
    .array(z.strictObject({ country: z.string(), sources: z.number(), attempts: z.number() }))
    .readonly()
    .nullable()
    .describe(
      "Where those are who were shut out, the most first; null where no file says where addresses are.",
    ),
  forYou: z.array(ForYouSchema).readonly(),
});
export type OverviewJson = z.infer<typeof OverviewSchema>;

export const PlaceSchema = z
  .strictObject({ country: z.string().nullable(), network: z.string().nullable() })
  .describe("`country`: two letters of ISO 3166; `network`: such as `Example Telecom (AS64500)`.");
export type PlaceJson = z.infer<typeof PlaceSchema>;

export const PlacesSchema = z.strictObject({
  places: z.record(z.string(), PlaceSchema.nullable()).describe("By address as asked; null: not known."),
});
export type PlacesJson = z.infer<typeof PlacesSchema>;
