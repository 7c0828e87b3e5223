import { z } from "zod";
import { FileFaultSchema } from "./policy.js";

export const ErrorSchema = z
  .strictObject({
    error: z.strictObject({ code: z.string(), message: z.string() }),
    faults: z.array(FileFaultSchema).readonly().optional().describe("Of a file, one by one."),
  })
  .describe(
    "Every answer outside 2xx. `bad-request`: the request itself is malformed. `not-found`, `protected`, `refused`: understood, and not done. The rest: something is broken.",
  );
export type ErrorJson = z.infer<typeof ErrorSchema>;
