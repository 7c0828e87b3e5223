import { z } from "zod";

export const ImportedSchema = z.strictObject({
  dryRun: z.boolean(),
  added: z.array(z.string()).readonly().describe("Taken in, or to be taken in."),
  present: z.array(z.string()).readonly().describe("There already."),
  refused: z
    .array(z.strictObject({ line: z.number(), text: z.string(), message: z.string() }))
    .readonly()
    .describe("Not taken in; `line` counts from 1."),
});
export type ImportedJson = z.infer<typeof ImportedSchema>;
