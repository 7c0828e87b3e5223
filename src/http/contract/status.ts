import { z } from "zod";
import { time } from "./common.js";
import { DeckSchema } from "./rates.js";

export const GuardStateSchema = z.strictObject({
  name: z.string().describe("`events`, `calls`, `kernel`, `prices`, …"),
  up: z.boolean(),
  vital: z.boolean().describe("Whether something is broken while it is down, or merely left to be set up."),
  detail: z.string().describe("One sentence: a fact when it is up, what to do when it is not."),
});
export type GuardStateJson = z.infer<typeof GuardStateSchema>;

export const StatusSchema = z.strictObject({
  version: z.string(),
  startedAt: time,
  asterisk: z.string().nullable(),
  guards: z.array(GuardStateSchema).readonly(),
  bansInForce: z.number(),
  blocksInForce: z.number(),
  locksInForce: z.number(),
  proposals: z.number().describe("Networks that a person is to decide on."),
  last24h: z.strictObject({ bans: z.number(), callsAllowed: z.number(), callsRefused: z.number() }),
  dropped: z
    .strictObject({
      packets: z.number(),
      bytes: z.number(),
      flooded: z.number().optional(),
      crowded: z.number().optional(),
    })
    .nullable()
    .describe(
      "`flooded`: packets that the flood limit dropped; `crowded`: those beyond the limit of all strangers together. Not among `packets`; left out where the backend can't tell.",
    ),
  decks: z.array(DeckSchema).readonly(),
  policyVersion: z.number(),
  warnings: z.array(z.string()).readonly().describe("What a person should see to."),
});
export type StatusJson = z.infer<typeof StatusSchema>;
