import { z } from "zod";
import { ScopeSchema } from "./common.js";
import { extension } from "./fields.js";

export const OpenAreaSchema = z.strictObject({
  area: z.string(),
  types: z.array(z.string()).readonly().nullable().describe("Null: every ordinary type."),
});
export type OpenAreaJson = z.infer<typeof OpenAreaSchema>;

export const AreasSchema = z.strictObject({
  scope: ScopeSchema,
  areas: z.array(OpenAreaSchema).readonly(),
  prefixScope: ScopeSchema.describe(
    "Whose list of prefixes it is: an extension may have one list of its own and not the other.",
  ),
  prefixes: z
    .array(z.strictObject({ prefix: z.string(), action: z.enum(["allow", "deny"]) }))
    .readonly()
    .describe("They go ahead of areas: the longest decides, such as `+4470`."),
  highRisk: z
    .enum(["refuse", "allow"])
    .describe("What happens to numbers in ranges known for fraud, inside open areas."),
  risks: z
    .array(z.strictObject({ area: z.string(), why: z.string() }))
    .readonly()
    .describe("Of the open areas those that are known for fraud as a whole."),
  policyVersion: z.number(),
});
export type AreasJson = z.infer<typeof AreasSchema>;

export const InheritAreasSchema = z
  .strictObject({ extension })
  .describe("For an extension; the answer is the global lists, which hold for it from then on.");
export type InheritAreasJson = z.input<typeof InheritAreasSchema>;

export const HighRiskRangeSchema = z
  .strictObject({
    prefix: z.string(),
    area: z.string(),
    opensWith: z.enum(["area", "prefix"]),
    why: z.string(),
    source: z.string(),
    date: z.string(),
  })
  .describe(
    "A range that toll fraud is known to end in. `opensWith` `prefix`: a part of an area that stays closed while the area is open.",
  );
export type HighRiskRangeJson = z.infer<typeof HighRiskRangeSchema>;

export const HighRiskSchema = z.strictObject({
  highRisk: z.enum(["refuse", "allow"]),
  ranges: z.array(HighRiskRangeSchema).readonly(),
  policyVersion: z.number(),
});
export type HighRiskJson = z.infer<typeof HighRiskSchema>;

export const SetHighRiskSchema = z.strictObject({
  highRisk: z.enum(["refuse", "allow"], "refuse or allow"),
});
export type SetHighRiskJson = z.input<typeof SetHighRiskSchema>;

export const ChangeAreasSchema = z
  .strictObject({
    areas: z.array(z.string().trim().min(1).max(100)).min(1, "name at least one area").max(500).readonly(),
    extension: extension.optional(),
  })
  .describe(
    "`areas`: such as `US`, `GB`, `satellite`, with number types `GB:mobile,fixed`, or prefixes `+4470`.",
  );
export type ChangeAreasJson = z.input<typeof ChangeAreasSchema>;
