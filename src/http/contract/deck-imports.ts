import { z } from "zod";
import { time } from "./common.js";

export type { DeckColumn } from "../../domain/calling/deck-heading.js";

export const DeckFaultSchema = z.strictObject({ line: z.number(), message: z.string() });
export type DeckFaultJson = z.infer<typeof DeckFaultSchema>;

export const DeckDuplicateSchema = z
  .strictObject({
    prefix: z.string(),
    line: z.number(),
    usdPerMinute: z.string().nullable(),
    usdPerMinuteDropped: z.string().nullable(),
  })
  .describe("Null: the carrier takes no calls there.");
export type DeckDuplicateJson = z.infer<typeof DeckDuplicateSchema>;

export const DeckFormatSchema = z.strictObject({
  columns: z
    .record(z.string(), z.array(z.string()).readonly())
    .readonly()
    .describe(
      "`prefix`, `rate`, `destination`, … and the headings they were found under, or numbers of columns.",
    ),
  unused: z
    .array(z.string())
    .readonly()
    .describe("Headings that meant nothing: their columns were passed over."),
  delimiter: z.string(),
  encoding: z.string(),
  decimalMark: z.string(),
  dates: z.string().nullable().describe("`dmy`, `mdy`, or null where no date needs it."),
  currency: z.string(),
  inCents: z.boolean(),
  before: z.string().describe("Put in front of every prefix."),
});
export type DeckFormatJson = z.infer<typeof DeckFormatSchema>;

export const DeckRiseSchema = z
  .strictObject({
    prefix: z.string(),
    destination: z.string(),
    usdPerMinuteBefore: z.string().nullable(),
    usdPerMinute: z.string().nullable(),
  })
  .describe("Prices of the first minute, a connection fee included where the cap counts it; null: no price.");
export type DeckRiseJson = z.infer<typeof DeckRiseSchema>;

export const DeckImportSchema = z
  .strictObject({
    deck: z.string(),
    dryRun: z.boolean(),
    rows: z.number().describe("Prices that are kept, also those that begin on a day to come."),
    read: z.number().describe("Rows of the file below its headings."),
    refusedRows: z.number(),
    faults: z.array(DeckFaultSchema).readonly().describe("The first of the refused rows."),
    duplicates: z.number().describe("Prefixes that were there already; the dearer price counts."),
    firstDuplicates: z.array(DeckDuplicateSchema).readonly(),
    passedOver: z
      .strictObject({ remarks: z.number(), deleted: z.number(), ended: z.number() })
      .describe("Lines without a price, rows taken out by their status, and rows whose time is over."),
    scheduled: z
      .strictObject({ count: z.number(), nextAt: time.nullable() })
      .describe("Prices that begin on a day to come; `nextAt`: when the deck next changes by itself."),
    withoutIncrements: z
      .number()
      .describe("Prices without a word on how they are billed: reckoned in whole minutes."),
    unknownStatus: z
      .array(z.string())
      .readonly()
      .describe("Words of the status column that are not known: their rows were taken as they stand."),
    format: DeckFormatSchema,
    added: z.number(),
    changed: z.number(),
    removed: z.number(),
    dearerThanCap: z.number(),
    blocked: z.number().describe("Prefixes that the carrier takes no calls for."),
    newlyBlocked: z
      .strictObject({ count: z.number(), first: z.array(DeckRiseSchema).readonly() })
      .describe("Prefixes that could be called before by the global cap, and can't be from now on."),
    rises: z.strictObject({ count: z.number(), biggest: z.array(DeckRiseSchema).readonly() }),
    presentFault: z
      .string()
      .nullable()
      .describe("Why the deck of that name could not be compared with; everything then counts as added."),
  })
  .describe(
    "What an import did, or would do. The settings that `format` tells can be given with the import.",
  );
export type DeckImportJson = z.infer<typeof DeckImportSchema>;
