import { z } from "zod";
import { parseUsd } from "../../domain/calling/money.js";
import { parseDuration } from "../../domain/duration.js";

/** ipset and nftables both hold a year; longer than that is `until lifted`. */
const LONGEST_MS = 366 * 86_400_000;

/** `90s`, `15m`, `2h`, `7d`, `4w`: milliseconds. */
export const durationMs = z.string().transform((text, context) => {
  const ms = parseDuration(text);
  if (ms !== null && ms <= LONGEST_MS) return ms;
  context.addIssue("write a duration such as 90s, 15m, 2h or 7d, at most 366d");
  return z.NEVER;
});

/** One line of text for people. */
export const note = z
  .string()
  .max(500, "at most 500 characters")
  .refine((text) => !/[\p{Cc}\u2028\u2029]/u.test(text), "one line, without control characters");

/** An endpoint's name as Asterisk takes them. */
export const extension = z.string().regex(/^[\w.@+-]{1,80}$/, "the name of an endpoint, such as 100");

/** USD a minute as a decimal string: micro-dollars. */
export const usdPerMinute = z.string().transform((text, context) => {
  const price = parseUsd(text);
  if ("micros" in price) return price.micros;
  context.addIssue(price.error);
  return z.NEVER;
});

/** A time in RFC 3339: Unix milliseconds. */
export const sinceMs = z.iso
  .datetime({ offset: true, error: "a time such as 2026-01-31T12:00:00Z" })
  .transform((text) => Date.parse(text));

/** A deck's name, as it stands in addresses of the API. */
export const deckName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,39}$/i, "a deck's name has letters, digits, . _ - only");

/** From where a phone may register, as people write it. */
export const allowEntryText = z.string().max(200);
