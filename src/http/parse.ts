import type { Request } from "express";
import { z } from "zod";
import { asSource, parseTarget, type Source, type Target } from "../domain/address.js";
import { whoAsks } from "./access/caller.js";
import { RequestRefused } from "./errors.js";
import type { Refused } from "./services.js";

/** `value` as `schema` wants it; refuses with all faults at once, each with its place. */
export function parsed<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value ?? {});
  if (result.success) return result.data;
  const faults = result.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join(".")}: ${message}`,
  );
  throw new RequestRefused("bad-request", faults.join("; "));
}

export function targetOf(text: string): Target {
  const result = parseTarget(text);
  if ("error" in result) throw new RequestRefused("bad-request", result.error);
  return result.target;
}

/** Turns the value of an expected refusal into the answer that says so. */
export function done<T extends object>(result: T | Refused): Exclude<T, { readonly refused: unknown }> {
  if (isRefused(result)) throw new RequestRefused(result.refused, result.message);
  return result as Exclude<T, { readonly refused: unknown }>;
}

function isRefused(result: object): result is Refused {
  return "refused" in result && "message" in result && typeof result.refused === "string";
}

/** Who asks, for the audit: `cli:root`, `web:alice`, `token:ci`. */
export function callerOf(request: Request): string {
  return whoAsks(request).by;
}

export function requireCsv(request: Request): void {
  if (request.is("text/csv") === false) {
    throw new RequestRefused("wrong-type", "Send the rows as text/csv.");
  }
}

/** One source: an address, which for IPv6 stands for its /64. */
export function sourceIn(text: string): Source {
  const source = asSource(targetOf(text));
  if (source !== null) return source;
  throw new RequestRefused("bad-request", `${text} is a network: name one address, such as 203.0.113.12`);
}

/** One of a union of slugs; the record must name them all, so that a new one fails the build here. */
export function slugOf<T extends string>(all: Readonly<Record<T, true>>): z.ZodType<T> {
  const slugs = Object.keys(all) as T[];
  return z.enum(slugs, `one of ${slugs.join(", ")}`);
}
