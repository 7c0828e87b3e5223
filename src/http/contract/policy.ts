import { z } from "zod";
import { RegistrationSchema } from "./allow-lists.js";

export const PolicyChangeSchema = z
  .strictObject({
    setting: z.string().describe("Such as `calling.cap` or `extensions.100.allow-list.entries`."),
    before: z.string().nullable(),
    after: z.string().nullable(),
  })
  .describe("One thing that differs. Null: it is not there. Of a list, each entry that came or went.");
export type PolicyChangeJson = z.infer<typeof PolicyChangeSchema>;

export const PolicyImportSchema = z.strictObject({
  dryRun: z.boolean(),
  changed: z.number().describe("How many changes there are."),
  changes: z.array(PolicyChangeSchema).readonly().describe("The first 1,000 of them."),
  throwsOut: z.array(RegistrationSchema).readonly().describe("Phones that lose their registration by it."),
  warnings: z.array(z.string()).readonly(),
  policyVersion: z.number(),
  undid: z.string().optional().describe("Of an undo: the change that was taken back."),
});
export type PolicyImportJson = z.infer<typeof PolicyImportSchema>;

export const UndoPolicySchema = z.strictObject({
  dryRun: z.boolean().optional(),
  nobody: z.boolean().optional(),
});
export type UndoPolicyJson = z.input<typeof UndoPolicySchema>;

export const FileFaultSchema = z
  .strictObject({
    line: z.number().nullable().describe("Counted from 1; null where no line is to blame."),
    setting: z.string(),
    message: z.string().describe("What to write instead."),
  })
  .describe("In the `faults` of the error that refuses a file.");
export type FileFaultJson = z.infer<typeof FileFaultSchema>;
