import { z } from "zod";
import { ScopeSchema, time } from "./common.js";
import { extension } from "./fields.js";

export const PriceSpreadSchema = z.strictObject({
  cheapest: z.string(),
  typical: z.string().describe("Half of the prefixes cost as much or less."),
  dearest: z.string(),
  prefixes: z.number().describe("How many prefixes of the deck lie there."),
});
export type PriceSpreadJson = z.infer<typeof PriceSpreadSchema>;

export const AreaNodeSchema = z.strictObject({
  code: z.string().describe("`US`, or the slug of a special destination."),
  name: z.string(),
  codes: z.array(z.string()).readonly().describe("What its numbers begin with, such as `+1876`."),
  openness: z
    .enum(["open", "partly", "closed"])
    .describe(
      "`partly`: some types or prefixes are open and others closed. Types that are dear by design do not count.",
    ),
  types: z
    .array(z.strictObject({ type: z.string(), open: z.boolean(), price: PriceSpreadSchema.nullable() }))
    .readonly(),
  price: PriceSpreadSchema.nullable().describe("Null: no deck, or it has no prefix there."),
  prefixes: z
    .array(z.strictObject({ prefix: z.string(), action: z.enum(["allow", "deny"]) }))
    .readonly()
    .describe("Rules for prefixes that lie in the area."),
  risks: z
    .array(z.strictObject({ prefix: z.string(), opensWith: z.enum(["area", "prefix"]), why: z.string() }))
    .readonly()
    .describe("Ranges known for toll fraud."),
});
export type AreaNodeJson = z.infer<typeof AreaNodeSchema>;

export const AreaTreeSchema = z.strictObject({
  extension: z.string().nullable(),
  scope: ScopeSchema,
  prefixScope: ScopeSchema,
  highRisk: z.enum(["refuse", "allow"]),
  deck: z.string().nullable().describe("The deck whose prices these are; null: none is loaded."),
  pricesReady: z.boolean().describe("False for some seconds after an import: ask again."),
  continents: z
    .array(
      z.strictObject({ slug: z.string(), name: z.string(), countries: z.array(AreaNodeSchema).readonly() }),
    )
    .readonly(),
  special: z.array(AreaNodeSchema).readonly(),
  policyVersion: z.number(),
});
export type AreaTreeJson = z.infer<typeof AreaTreeSchema>;

const areas = z.array(z.string().trim().min(1).max(100)).max(500).readonly().optional();

export const AreaChangesSchema = z
  .strictObject({
    extension: extension.optional(),
    inherit: z.boolean().optional().describe("First: take the extension's own lists away."),
    allow: areas,
    deny: areas,
    forget: areas,
    highRisk: z.enum(["refuse", "allow"]).optional().describe("Without an extension alone."),
  })
  .describe(
    "`US`, `JM:mobile`, `satellite`, `+4470`. `deny` comes before `allow`; all or nothing, and one audit row.",
  );
export type AreaChangesJson = z.input<typeof AreaChangesSchema>;

export const EffectSideSchema = z.strictObject({
  calls: z.number(),
  extensions: z.number(),
  first: z
    .array(
      z.strictObject({
        extension: z.string().nullable(),
        number: z.string(),
        area: z.string().nullable(),
        calls: z.number(),
        lastAt: time,
        reason: z.string(),
      }),
    )
    .readonly()
    .describe("The most frequent first, at most 100."),
});
export type EffectSideJson = z.infer<typeof EffectSideSchema>;

export const AreaEffectSchema = z
  .strictObject({
    since: time,
    looked: z.number().describe("How many calls were looked at."),
    cut: z.boolean().describe("Older ones were left out, since there are too many."),
    wouldRefuse: EffectSideSchema,
    wouldAllow: EffectSideSchema,
  })
  .describe("What the changes would have made of the calls of the last 28 days, at the prices of today.");
export type AreaEffectJson = z.infer<typeof AreaEffectSchema>;
