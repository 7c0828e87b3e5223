import { z } from "zod";
import { AllowListSchema, RefusedByListSchema, RegistrationSchema } from "./allow-lists.js";
import { AreasSchema } from "./areas.js";
import { BlockSchema, LockSchema } from "./blocks.js";
import { LimitSchema, SpendSchema } from "./limits.js";
import { CapSchema } from "./rules.js";
import { KnownSourceSchema } from "./why.js";

export const OwnRulesSchema = z
  .strictObject({
    areas: z.boolean(),
    prefixes: z.boolean(),
    cap: z.boolean(),
    limits: z.array(z.string()).readonly(),
    allowList: z.boolean(),
  })
  .describe("Which rules it has of its own, in the place of the global ones.");
export type OwnRulesJson = z.infer<typeof OwnRulesSchema>;

export const ExtensionSchema = z.strictObject({
  name: z.string(),
  kind: z.enum(["extension", "trunk"]),
  registrations: z
    .array(RegistrationSchema)
    .readonly()
    .nullable()
    .describe("Null: Asterisk could not be asked. Those of trunks are not told."),
  own: OwnRulesSchema,
  blocks: z.array(BlockSchema).readonly(),
  lock: LockSchema.nullable(),
  spend: SpendSchema,
});
export type ExtensionJson = z.infer<typeof ExtensionSchema>;

export const ExtensionsSchema = z
  .strictObject({
    extensions: z.array(ExtensionSchema).readonly(),
    next: z
      .string()
      .nullable()
      .describe("What to send as `after` to get the next page; null: this was the last."),
    total: z.number(),
    asterisk: z.string().nullable().describe("Its version; null: it has not answered yet."),
  })
  .describe("One page, in order of their names.");
export type ExtensionsJson = z.infer<typeof ExtensionsSchema>;

const sideBySide = <T extends z.ZodType>(schema: T) => z.strictObject({ inForce: schema, global: schema });

export const ExtensionWholeSchema = ExtensionSchema.extend({
  inAsterisk: z.boolean(),
  known: z.array(KnownSourceSchema).readonly().describe("The latest first, 100 at most."),
  knownInAll: z.number(),
  refusedLately: z.array(RefusedByListSchema).readonly(),
  areas: sideBySide(AreasSchema),
  cap: sideBySide(CapSchema),
  limits: sideBySide(z.array(LimitSchema).readonly()),
  allowList: sideBySide(AllowListSchema),
  fault: z
    .string()
    .nullable()
    .describe("Why Asterisk does not enforce what is set for it; null where it does."),
});
export type ExtensionWholeJson = z.infer<typeof ExtensionWholeSchema>;
