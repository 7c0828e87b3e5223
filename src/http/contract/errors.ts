import { z } from "zod";
import { FileFaultSchema } from "./policy.js";

export const ErrorSchema = z
  .strictObject({
    type: z.string().describe("`about:blank`: the status says it all."),
    title: z.string().describe("The status in words."),
    status: z.number(),
    detail: z.string().describe("A sentence for people: what is wrong, and what to write or do instead."),
    code: z.string().describe("A slug for programs, such as `not-found`."),
    faults: z.array(FileFaultSchema).readonly().optional().describe("Of a file, one by one."),
  })
  .describe(
    "Every answer outside 2xx (RFC 9457, `application/problem+json`). `bad-request`: the request itself is malformed. `not-found`, `protected`, `refused`: understood, and not done. The rest: something is broken.",
  );
export type ErrorJson = z.infer<typeof ErrorSchema>;
