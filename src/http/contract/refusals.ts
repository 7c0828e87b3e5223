import { z } from "zod";

export const RefusalSchema = z.strictObject({
  reason: z.string().describe("`default` holds for every reason that has none of its own."),
  cause: z
    .number()
    .describe("The ISDN cause with which the call ends: a phone hears 403 for 21, 404 for 1, 503 for 34."),
  announcement: z
    .string()
    .nullable()
    .describe(
      "Sounds of Asterisk joined by `&`, as early media; `standard`: the one in `standard`; null: none.",
    ),
  standard: z.string().describe("The sound that `standard` means for this reason."),
  setBy: z.enum(["rule", "file", "default"]).describe("Where it comes from."),
});
export type RefusalJson = z.infer<typeof RefusalSchema>;

const tellCaller = z
  .enum(["no", "message"])
  .describe("`message`: the extension whose call is refused gets a SIP MESSAGE that says why.");

export const RefusalsSchema = z.strictObject({
  refusals: z.array(RefusalSchema).readonly(),
  tellCaller,
  policyVersion: z.number(),
});
export type RefusalsJson = z.infer<typeof RefusalsSchema>;

export const SetRefusalsSchema = z
  .strictObject({
    refusals: z
      .record(
        z.string(),
        z.strictObject({ cause: z.number(), announcement: z.string().nullable() }).nullable(),
      )
      .readonly()
      .optional(),
    tellCaller: tellCaller.optional(),
  })
  .describe("By reason; null: as in the configuration file, or by default. All or nothing.");
export type SetRefusalsJson = z.infer<typeof SetRefusalsSchema>;
