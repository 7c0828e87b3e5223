import { z } from "zod";
import { BanSchema } from "./bans.js";
import { VerdictSchema } from "./calls.js";
import { time } from "./common.js";
import { DecisionSchema } from "./detection.js";

export const HappeningSchema = z
  .discriminatedUnion("type", [
    z.strictObject({ type: z.literal("ban"), ban: BanSchema }),
    z.strictObject({ type: z.literal("lift"), target: z.string(), by: z.string() }),
    z.strictObject({
      type: z.literal("block"),
      account: z.string(),
      source: z.string(),
      until: time.nullable(),
    }),
    z.strictObject({ type: z.literal("unblock"), account: z.string(), source: z.string(), by: z.string() }),
    z.strictObject({ type: z.literal("lock"), account: z.string(), until: time }),
    z.strictObject({ type: z.literal("unlock"), account: z.string(), by: z.string() }),
    z.strictObject({
      type: z.literal("shadow"),
      decision: DecisionSchema,
      shutLive: z.boolean().describe("Whether it is shut out already."),
      detail: z.string().describe("`would have banned: 203.0.113.12: …`"),
    }),
    z.strictObject({ type: z.literal("alarm"), slug: z.string(), detail: z.string() }),
    z.strictObject({ type: z.literal("verdict"), verdict: VerdictSchema }),
    z.strictObject({ type: z.literal("policy"), version: z.number() }),
    z
      .strictObject({ type: z.literal("import"), deck: z.string(), share: z.number(), rows: z.number() })
      .describe("How much of the file of a rate deck is read: `share` from 0 to 1."),
    z.strictObject({ type: z.literal("missed"), count: z.number() }),
  ])
  .describe(
    "Each server-sent event has the `type` as its name and the whole object as its data. `missed`: the client read too slowly, and this many were left out.",
  );
export type HappeningJson = z.infer<typeof HappeningSchema>;
