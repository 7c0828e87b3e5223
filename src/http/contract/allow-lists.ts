import { z } from "zod";
import { time } from "./common.js";
import { allowEntryText, extension, note } from "./fields.js";

export const AllowEntryWishSchema = z
  .strictObject({
    entry: allowEntryText,
    note: note.nullish(),
    until: z.iso.datetime({ offset: true, error: "a time such as 2026-11-27T18:00:00Z" }).nullish(),
  })
  .describe(
    "`entry` as people write it: `195.168.1.1`, `195.168.1.1-195.168.1.100`, `195.168.1.0/24`, `195.168.1.0/255.255.255.0`, and the same for IPv6. `until` null or left out: it stays.",
  );
export type AllowEntryWishJson = z.input<typeof AllowEntryWishSchema>;

export const AllowEntrySchema = z.strictObject({
  entry: z.string(),
  note: z.string().nullable(),
  until: time.nullable(),
  ended: z.boolean().describe("Its time is over: it counts no more."),
});
export type AllowEntryJson = z.infer<typeof AllowEntrySchema>;

const wishes = z
  .array(AllowEntryWishSchema)
  .max(1_000, "at most 1000 entries: write networks or ranges")
  .readonly();

export const SetAllowListSchema = z
  .strictObject({
    extension: extension.optional(),
    on: z.boolean(),
    entries: wishes,
    nobody: z.boolean().optional(),
  })
  .describe("`on` and no entry: nobody may register, which `nobody` must confirm.");
export type SetAllowListJson = z.input<typeof SetAllowListSchema>;

export const PreviewAllowListSchema = z
  .strictObject({
    extension: extension.optional(),
    on: z.boolean(),
    entries: wishes,
    from: z.string().max(100).optional(),
  })
  .describe(
    "`from`: the address of the person who asks; left out, it is the one that the request comes from, unless that is loopback or the Unix socket.",
  );
export type PreviewAllowListJson = z.input<typeof PreviewAllowListSchema>;

export const AddAllowEntrySchema = AllowEntryWishSchema.extend({ extension: extension.optional() });
export type AddAllowEntryJson = z.input<typeof AddAllowEntrySchema>;

export const RemoveAllowEntrySchema = z.strictObject({
  extension: extension.optional(),
  entry: allowEntryText,
  nobody: z.boolean().optional(),
});
export type RemoveAllowEntryJson = z.input<typeof RemoveAllowEntrySchema>;

export const TurnAllowListSchema = z.strictObject({
  extension: extension.optional(),
  on: z.boolean(),
  nobody: z.boolean().optional(),
});
export type TurnAllowListJson = z.input<typeof TurnAllowListSchema>;

export const UndoAllowListSchema = z.strictObject({
  extension: extension.optional(),
  nobody: z.boolean().optional(),
});
export type UndoAllowListJson = z.input<typeof UndoAllowListSchema>;

export const RunningCallsSchema = z.strictObject({ runningCalls: z.enum(["keep", "end"]) });
export type RunningCallsJson = z.input<typeof RunningCallsSchema>;

export const AllowListSchema = z.strictObject({
  scope: z.enum(["global", "own"]).describe("`own`: the extension's own list, in the global one's place."),
  on: z.boolean(),
  entries: z.array(AllowEntrySchema).readonly(),
  runningCalls: z.enum(["keep", "end"]).describe("Of phones that a change throws out."),
  ownLists: z
    .array(z.string())
    .readonly()
    .describe("Extensions with a list of their own; empty where one extension was asked for."),
  warnings: z.array(z.string()).readonly(),
  policyVersion: z.number(),
});
export type AllowListJson = z.infer<typeof AllowListSchema>;

export const RegistrationSchema = z
  .strictObject({
    extension: z.string(),
    address: z.string().nullable(),
    addressIs: z.enum(["seen", "claimed"]),
    userAgent: z.string().nullable(),
    since: time.nullable(),
  })
  .describe(
    "A phone that is registered. Its user agent, and an address that is `claimed`, are its own words.",
  );
export type RegistrationJson = z.infer<typeof RegistrationSchema>;

export const AllowListPreviewSchema = z.strictObject({
  on: z.boolean(),
  entries: z.array(AllowEntrySchema).readonly(),
  throwsOut: z.array(RegistrationSchema).readonly(),
  you: z.strictObject({ address: z.string(), listed: z.boolean() }).nullable(),
  warnings: z.array(z.string()).readonly(),
});
export type AllowListPreviewJson = z.infer<typeof AllowListPreviewSchema>;

export const ReadAllowListSchema = z.strictObject({
  entries: z.array(allowEntryText).max(1_000).readonly(),
});
export type ReadAllowListJson = z.infer<typeof ReadAllowListSchema>;

export const AllowListReadSchema = z
  .strictObject({
    entries: z
      .array(
        z.strictObject({
          entry: z.string().describe("Without white space."),
          meaning: z.string().nullable().describe("Such as `100 addresses, 195.168.1.1 to 195.168.1.100`."),
          fault: z.string().nullable().describe("What to write instead."),
        }),
      )
      .readonly(),
  })
  .describe("How each entry is understood, in the order in which they were asked.");
export type AllowListReadJson = z.infer<typeof AllowListReadSchema>;

export const RefusedByListSchema = z
  .strictObject({
    extension: z.string(),
    address: z.string(),
    at: time,
    count: z.number(),
    userAgent: z
      .string()
      .nullable()
      .describe("As the device calls itself; null where the mirror did not tell."),
    like: z
      .enum(["its-phone", "another-device", "untold"])
      .describe("Whether it calls itself as a phone that was registered as the extension."),
  })
  .describe(
    "A registration that an allow-list refused. The list is asked before the password, so that nobody can say whether that was right. Add the address with a POST of `{extension, entry}` to `/api/v1/allow-list/entries`.",
  );
export type RefusedByListJson = z.infer<typeof RefusedByListSchema>;

export const RefusedByListsSchema = z.strictObject({ refused: z.array(RefusedByListSchema).readonly() });
export type RefusedByListsJson = z.infer<typeof RefusedByListsSchema>;
