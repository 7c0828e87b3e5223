import { z } from "zod";
import { time } from "./common.js";
import { durationMs, note } from "./fields.js";

export const AccountTriesSchema = z
  .strictObject({
    name: z.string(),
    tries: z.number(),
    firstAt: time,
    lastAt: time,
    everySeconds: z.number().nullable(),
    kinds: z.array(z.string()).readonly(),
  })
  .describe(
    "Tries on one account name. `everySeconds`: the mean time between them, where there are three or more.",
  );
export type AccountTriesJson = z.infer<typeof AccountTriesSchema>;

export const BanSchema = z
  .strictObject({
    id: z.number(),
    target: z.string(),
    at: time,
    until: time.nullable().describe("Null: until lifted."),
    cause: z.string(),
    trigger: z.string(),
    standing: z.string(),
    proof: z.string(),
    scope: z.string(),
    rung: z.number().describe("Counted from 1; 0 for a ban by hand."),
    attempts: z.number(),
    accounts: z.array(z.string()).readonly(),
    firstAt: time.nullable(),
    lastAt: time.nullable(),
    services: z.array(z.string()).readonly(),
    transports: z.array(z.string()).readonly(),
    summary: z.string(),
    advice: z.string().describe("What to do, to the person behind the phone."),
    confidence: z.number().describe("How sure the cause is, 0 to 1."),
    tried: z.array(AccountTriesSchema).readonly().describe("By account name, at most 20."),
    ports: z
      .number()
      .nullable()
      .describe("How many different ports it sent from, 32 at most; null where nobody told."),
    aclNames: z.array(z.string()).readonly(),
    lastSuccessAt: time.nullable().describe("When a password last succeeded from there before."),
    userAgents: z.array(z.string()).readonly(),
    methods: z.array(z.string()).readonly(),
    story: z
      .string()
      .nullable()
      .describe(
        "What was seen and what to do, with account names: for administrators alone. Null where there is no more to say.",
      ),
    hint: z.string().nullable(),
    note: z.string().nullable(),
    by: z.string(),
    liftedAt: time.nullable(),
    liftedBy: z.string().nullable(),
  })
  .describe("The fields of `replay`'s decisions, and the rest of what is stored.");
export type BanJson = z.infer<typeof BanSchema>;

export const BansSchema = z
  .strictObject({
    bans: z.array(BanSchema).readonly(),
    next: z
      .number()
      .nullable()
      .describe("What to send as `before` to get the next page; null: this was the last."),
  })
  .describe("One page, newest first.");
export type BansJson = z.infer<typeof BansSchema>;

export const AddBanSchema = z.strictObject({
  target: z.string().max(100),
  duration: durationMs.optional().describe("Such as `90s`, `15m`, `2h`, `7d`; left out: until lifted."),
  note: note.optional(),
  scope: z
    .enum(["host", "voip"], "scope is host (everything) or voip (the SIP and IAX ports)")
    .optional()
    .describe("`host`: everything is dropped; `voip`: the SIP and IAX ports alone. Left out: `host`."),
});
export type AddBanJson = z.input<typeof AddBanSchema>;

export const NoteSchema = z.strictObject({ note: note.nullable() }).describe("Null takes the note away.");
export type NoteJson = z.input<typeof NoteSchema>;

export const NeverBanAgainSchema = z
  .strictObject({ note: note.optional() })
  .describe("`note`: why it is never to be banned.");

export const ShownBansSchema = z
  .strictObject({
    target: z.string(),
    inForce: z.array(BanSchema).readonly(),
    history: z.array(BanSchema).readonly(),
    relapse: z
      .string()
      .nullable()
      .describe("Whether it went on after its ban was lifted, as a sentence; null: it did not."),
  })
  .describe(
    "One target: the bans in force that cover it, then those of exactly this target that are over, newest first.",
  );
export type ShownBansJson = z.infer<typeof ShownBansSchema>;

export const LiftedSchema = z.strictObject({ lifted: z.array(BanSchema).readonly() });
export type LiftedJson = z.infer<typeof LiftedSchema>;
