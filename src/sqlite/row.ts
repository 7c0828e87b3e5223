import { z } from "zod";
import { parseTarget, sourceOf, type Source, type Target } from "../domain/address.js";
import { RingfenceError } from "../domain/error.js";
import type { NumberType } from "../domain/policy.js";

/** Makes a domain value of a row, or throws RingfenceError `store` naming the table, the row and every field at fault. */
export function parseRow<T>(table: string, id: string | number, schema: z.ZodType<T>, row: unknown): T {
  const parsed = schema.safeParse(row);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `${issue.path.join(".") || "row"}: ${issue.message}`);
  throw new RingfenceError(
    "store",
    `table ${table}, row ${JSON.stringify(id)} cannot be read: ${faults.join("; ")}`,
  );
}

/** The id of a row that may be anything, for the error above. */
export function idOf(row: unknown, column = "id"): string | number {
  const id = typeof row === "object" && row !== null ? (row as Record<string, unknown>)[column] : undefined;
  return typeof id === "number" || typeof id === "string" ? id : "?";
}

/** One of a union of slugs. The record must name them all: a new slug of the domain fails the build here, not the read later. */
export function oneOf<T extends string>(all: Readonly<Record<T, true>>): z.ZodType<T> {
  return z.custom<T>((value) => typeof value === "string" && Object.hasOwn(all, value), {
    error: () => `expected one of ${Object.keys(all).join(", ")}`,
  });
}

/** Every number type that the domain knows. */
export const numberType = oneOf<NumberType>({
  fixed: true,
  mobile: true,
  "fixed-or-mobile": true,
  "toll-free": true,
  premium: true,
  "shared-cost": true,
  personal: true,
  pager: true,
  voip: true,
  uan: true,
  voicemail: true,
  unknown: true,
});

export const targetText: z.ZodType<Target> = z.custom<Target>(
  (value) => {
    if (typeof value !== "string") return false;
    const parsed = parseTarget(value);
    return "target" in parsed && parsed.target === value;
  },
  { error: "not an address or network in its one form" },
);

export const sourceText: z.ZodType<Source> = z.custom<Source>(
  (value) => typeof value === "string" && sourceOf(value.replace(/\/64$/, "")) === value,
  { error: "not a source in its one form" },
);

/** A column of JSON text, parsed by `schema`. */
export function jsonText<T>(schema: z.ZodType<T>): z.ZodType<T> {
  return z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue({ code: "custom", message: "not JSON" });
        return z.NEVER;
      }
    })
    .pipe(schema);
}

/** JSON text that is just as we write it, known by `isSound`, without the careful reader's work; that one reads all the rest, and says
 *  what is wrong with it. */
export function quickly<T>(isSound: (value: unknown) => value is T, careful: z.ZodType<T>): z.ZodType<T> {
  return z.unknown().transform((text, context): T => {
    const value = typeof text === "string" ? jsonOf(text) : undefined;
    if (isSound(value)) return value;
    const read = careful.safeParse(text);
    if (read.success) return read.data;
    for (const { path, message } of read.error.issues) context.addIssue({ code: "custom", path, message });
    return z.NEVER;
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The careful reader says so.
    return undefined;
  }
}
