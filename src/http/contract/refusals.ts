import { z } from "zod";
import { REFUSAL_REASON_NAMES } from "../../domain/calling/refusals.js";

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

const reason = z.enum(REFUSAL_REASON_NAMES, `a reason is one of ${REFUSAL_REASON_NAMES.join(", ")}`);

export const SetRefusalsSchema = z
  .strictObject({
    refusals: z
      .partialRecord(
        reason,
        z.strictObject({ cause: z.number(), announcement: z.string().max(200).nullable() }).nullable(),
      )
      .exactOptional(),
    tellCaller: tellCaller.exactOptional(),
  })
  .refine(
    ({ refusals = {}, tellCaller }) => tellCaller !== undefined || Object.keys(refusals).length > 0,
    "name at least one reason, or tellCaller",
  )
  .describe("By reason; null: as in the configuration file, or by default. All or nothing.");
export type SetRefusalsJson = z.input<typeof SetRefusalsSchema>;
