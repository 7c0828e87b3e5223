import { z } from "zod";

export const CheckSchema = z.strictObject({
  name: z.string().describe("`ami`, `dialplan`, `routes`, …; several may have one name."),
  state: z
    .enum(["ok", "warning", "fault"])
    .describe("`fault`: what must work does not. `warning`: a person should see to it."),
  detail: z.string(),
  advice: z.string().nullable().describe("What to do; null where nothing is."),
});
export type CheckJson = z.infer<typeof CheckSchema>;

export const RouteSchema = z
  .strictObject({
    context: z.string(),
    extension: z.string(),
    priority: z.number(),
    dials: z.string().describe("As the dialplan has it, such as `PJSIP/${RINGFENCE_DIGITS}@carrier`."),
    trunk: z.string().nullable().describe("Null: known during the call only."),
    state: z
      .enum(["guarded", "dials-other", "unguarded", "unclear"])
      .describe(
        "`dials-other`: checked, and then not the judged number is dialled. `unclear`: a variable says what is dialled.",
      ),
  })
  .describe("One way out of the house.");
export type RouteJson = z.infer<typeof RouteSchema>;

export const DoctorSchema = z.strictObject({
  checks: z.array(CheckSchema).readonly(),
  routes: z.array(RouteSchema).readonly().describe("Empty where the dialplan can't be read."),
});
export type DoctorJson = z.infer<typeof DoctorSchema>;
