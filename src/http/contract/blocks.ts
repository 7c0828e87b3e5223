import { z } from "zod";
import { BanSchema } from "./bans.js";
import { time } from "./common.js";
import { durationMs, extension, note } from "./fields.js";

export const BlockSchema = BanSchema.omit({ target: true, scope: true })
  .extend({
    account: z.string(),
    source: z.string(),
    notInForce: z
      .string()
      .nullable()
      .describe("Why Asterisk does not enforce it, as a sentence; null where it does, or where it is over."),
  })
  .describe("One account shut to one source; the other fields are a ban's.");
export type BlockJson = z.infer<typeof BlockSchema>;

export const BlocksSchema = z
  .strictObject({ blocks: z.array(BlockSchema).readonly(), next: z.number().nullable() })
  .describe("One page, newest first; `next` is sent as `before` to get the next one.");
export type BlocksJson = z.infer<typeof BlocksSchema>;

export const AddBlockSchema = z.strictObject({
  account: z.string().min(1).max(80),
  source: z.string().max(100),
  duration: durationMs.optional(),
  note: note.optional(),
});
export type AddBlockJson = z.input<typeof AddBlockSchema>;

export const LiftedBlocksSchema = z.strictObject({ lifted: z.array(BlockSchema).readonly() });
export type LiftedBlocksJson = z.infer<typeof LiftedBlocksSchema>;

export const LockSchema = z
  .strictObject({
    id: z.number(),
    account: z.string(),
    at: time,
    until: time,
    sources: z.number().describe("How many sources tried it."),
    by: z.string(),
    liftedAt: time.nullable(),
    liftedBy: z.string().nullable(),
    notInForce: z.string().nullable(),
  })
  .describe("One account shut to all but its known sources.");
export type LockJson = z.infer<typeof LockSchema>;

export const AddLockSchema = z
  .strictObject({ account: extension, duration: durationMs.optional() })
  .describe("Without `duration` for as long as detection's `account-lock`.");
export type AddLockJson = z.input<typeof AddLockSchema>;

export const LocksSchema = z.strictObject({ locks: z.array(LockSchema).readonly() });
export type LocksJson = z.infer<typeof LocksSchema>;

export const ProposalSchema = z
  .strictObject({
    network: z.string(),
    at: time,
    sources: z.array(z.string()).readonly(),
    attempts: z.number(),
  })
  .describe("A network with several banned sources.");
export type ProposalJson = z.infer<typeof ProposalSchema>;

export const ProposalsSchema = z.strictObject({ proposals: z.array(ProposalSchema).readonly() });
export type ProposalsJson = z.infer<typeof ProposalsSchema>;

export const AcceptProposalSchema = z
  .strictObject({ duration: durationMs.optional() })
  .describe("Without `duration` for a week.");
export type AcceptProposalJson = z.input<typeof AcceptProposalSchema>;
