import { z } from "zod";

export const ErrorSchema = z
  .strictObject({ error: z.strictObject({ code: z.string(), message: z.string() }) })
  .describe(
    "Every answer outside 2xx. `bad-request`: the request itself is malformed. `not-found`, `protected`, `refused`: understood, and not done. The rest: something is broken.",
  );
export type ErrorJson = z.infer<typeof ErrorSchema>;
