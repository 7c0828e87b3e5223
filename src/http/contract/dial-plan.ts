import { z } from "zod";

export const DialPlanSchema = z.strictObject({
  country: z.string(),
  outsidePrefix: z.string().nullable(),
  internationalPrefixes: z.array(z.string()).readonly(),
  areaCode: z
    .string()
    .nullable()
    .optional()
    .describe("Goes ahead of local numbers; null: there is no local dialling."),
  trunkPrefix: z.string().nullable().optional().describe("Null: the country's own; empty: none is dialled."),
  shortestOutside: z
    .number()
    .nullable()
    .optional()
    .describe("What is dialled outside has at least so many digits, the outside prefix not counted."),
});
export type DialPlanJson = z.infer<typeof DialPlanSchema>;

export const DialPlanInForceSchema = DialPlanSchema.extend({ policyVersion: z.number() });
export type DialPlanInForceJson = z.infer<typeof DialPlanInForceSchema>;

const Digits = z.string().regex(/^[0-9*#]{1,8}$/, "at most eight of 0-9 * #");

export const SetDialPlanSchema = z.strictObject({
  country: z.string().regex(/^[A-Z]{2}$/, "an ISO 3166 code of two capitals, such as US"),
  outsidePrefix: Digits.nullable(),
  internationalPrefixes: z.array(Digits).max(8).readonly(),
  areaCode: Digits.nullable().exactOptional(),
  trunkPrefix: z
    .union([Digits, z.literal("")])
    .nullable()
    .exactOptional(),
  shortestOutside: z.int().nullable().exactOptional(),
});

export const DialPlanPreviewWishSchema = SetDialPlanSchema.partial()
  .extend({ digits: z.string().max(200) })
  .describe("The settings that are given are tried in the place of those in force, and not stored.");
export type DialPlanPreviewWishJson = z.input<typeof DialPlanPreviewWishSchema>;

export const DialPlanPreviewSchema = z
  .strictObject({
    is: z.enum(["emergency", "number", "refused"]),
    steps: z.array(z.strictObject({ digits: z.string(), meaning: z.string() })).readonly(),
    number: z.string().nullable(),
    area: z.string().nullable(),
    areaName: z.string().nullable(),
    numberType: z.string().nullable(),
    detail: z.string().nullable(),
    dialPlan: DialPlanSchema,
  })
  .describe("How digits are read: as emergency call, as a number, or not at all (`detail`).");
export type DialPlanPreviewJson = z.infer<typeof DialPlanPreviewSchema>;
