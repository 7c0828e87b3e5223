import { z } from "zod";
import { time } from "./common.js";

export const AuditEntrySchema = z.strictObject({
  id: z.number(),
  at: time,
  by: z.string(),
  subject: z.string(),
  change: z.string(),
  before: z.unknown(),
  after: z.unknown(),
});
export type AuditEntryJson = z.infer<typeof AuditEntrySchema>;

export const AuditSchema = z
  .strictObject({ entries: z.array(AuditEntrySchema).readonly(), next: z.number().nullable() })
  .describe("One page, newest first; `next` is sent as `before` to get the next one.");
export type AuditJson = z.infer<typeof AuditSchema>;
