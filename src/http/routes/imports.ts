import express, { type Request, Router } from "express";
import { z } from "zod";
import { type ImportedJson, paths } from "../contract.js";
import { durationMs, note } from "../contract/fields.js";
import { RequestRefused } from "../errors.js";
import { callerOf, parsed } from "../parse.js";
import type { Services } from "../services.js";

/** Some 200,000 addresses. */
const LONGEST = "4mb";

export const Query = z.strictObject({
  dryRun: z.enum(["0", "1"], "dryRun is 0 or 1").optional(),
  duration: durationMs.optional(),
  note: note.optional(),
});

/** Lists of addresses as other programs write them, as text/plain. */
export function importRoutes({ imports }: Pick<Services, "imports">): Router {
  const router = Router();
  const text = express.text({ type: "text/plain", limit: LONGEST });
  router.post(paths.importBans, text, async (request: Request, response) => {
    const { duration = null, note: why = null, ...query } = parsed(Query, request.query);
    const dryRun = query.dryRun === "1";
    const how = { durationMs: duration, note: why, by: callerOf(request), dryRun };
    const done = await imports.bans(textOf(request), how);
    response.json({ dryRun, ...done } satisfies ImportedJson);
  });
  router.post(paths.importNeverBan, text, async (request: Request, response) => {
    const { note: why = null, ...query } = parsed(Query.omit({ duration: true }), request.query);
    const dryRun = query.dryRun === "1";
    const done = await imports.neverBan(textOf(request), { note: why, by: callerOf(request), dryRun });
    response.json({ dryRun, ...done } satisfies ImportedJson);
  });
  return router;
}

function textOf(request: Request): string {
  const body: unknown = request.body;
  if (typeof body === "string") return body;
  throw new RequestRefused("wrong-type", "Send the list as text/plain.");
}
