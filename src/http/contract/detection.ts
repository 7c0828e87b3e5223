import { z } from "zod";
import { time } from "./common.js";

export const SettingSchema = z
  .strictObject({
    name: z.string(),
    title: z.string(),
    value: z.string().describe("As it is written: `10`, `10m`, `15m 1h 6h`, `0.1`, `propose`."),
    default: z.string(),
    form: z
      .string()
      .describe("How it is written: `count`, `duration`, `durations` (several), `share`, `choice`."),
    range: z.string().describe("What may be written, in words."),
    choices: z
      .record(z.string(), z.string())
      .readonly()
      .nullable()
      .describe("What each choice means; null where there is nothing to choose from."),
    why: z.string().describe("What it does, and what stands behind the default."),
  })
  .describe("One setting of detection, and all that a page needs to show and change it.");
export type SettingJson = z.infer<typeof SettingSchema>;

export const DetectionSchema = z.strictObject({
  settings: z.array(SettingSchema).readonly(),
  policyVersion: z.number(),
});
export type DetectionJson = z.infer<typeof DetectionSchema>;

const settingName = z.string().max(40);

export const ChangeDetectionSchema = z
  .record(
    settingName,
    z.union([z.string().max(400), z.number(), z.array(z.string().max(20)).max(20).readonly()]),
  )
  .refine((changes) => Object.keys(changes).length > 0, "name at least one setting")
  .readonly()
  .describe(
    'What to PATCH: names and what is to be written, such as `{"attempts":12,"window":"5m"}`; all or nothing.',
  );
export type ChangeDetectionJson = z.input<typeof ChangeDetectionSchema>;

export const ResetDetectionSchema = z
  .strictObject({ names: z.array(settingName).max(100).readonly() })
  .describe("Names to set back to their defaults; empty: all.");
export type ResetDetectionJson = z.input<typeof ResetDetectionSchema>;

export const ShadowSchema = z
  .strictObject({
    running: z.boolean(),
    from: time.nullable().describe("Of the run, or of the last one; null: there was none."),
    to: time.nullable(),
    fault: z.string().nullable().describe("Why the run ended by itself; null: it did not."),
    changes: z
      .array(z.strictObject({ name: z.string(), title: z.string(), live: z.string(), shadow: z.string() }))
      .readonly()
      .describe("What it changes; PATCH with names and values as for detection."),
  })
  .describe("The shadow policy: the settings in force but for `changes`.");
export type ShadowJson = z.infer<typeof ShadowSchema>;

export const DecisionSchema = z
  .strictObject({
    action: z.enum(["ban", "block"]),
    target: z.string(),
    account: z.string().nullable(),
    at: time,
    until: time.nullable(),
    cause: z.string(),
    trigger: z.string(),
    standing: z.string(),
    proof: z.string(),
    rung: z.number(),
    attempts: z.number(),
    accounts: z.array(z.string()).readonly(),
    summary: z.string(),
  })
  .describe("The gist of a ban (`account` null) or of a block.");
export type DecisionJson = z.infer<typeof DecisionSchema>;

export const ShadowTallySchema = z.strictObject({
  more: z.number(),
  moreKnown: z.number(),
  fewer: z.number(),
  both: z.number(),
});
export type ShadowTallyJson = z.infer<typeof ShadowTallySchema>;

export const ShadowResultsSchema = z.strictObject({
  from: time,
  to: time,
  running: z.boolean(),
  summary: z.string().describe("`would have banned 14 more (2 of them known sources), 3 fewer`."),
  bans: ShadowTallySchema,
  blocks: ShadowTallySchema,
  results: z
    .array(
      z.strictObject({
        target: z.string(),
        account: z.string().nullable(),
        live: DecisionSchema.nullable(),
        shadow: DecisionSchema.nullable(),
      }),
    )
    .readonly()
    .describe("Newest first, at most 1,000: what each side decided first; null where it decided nothing."),
  left: z.number().describe("How many more there are."),
});
export type ShadowResultsJson = z.infer<typeof ShadowResultsSchema>;
