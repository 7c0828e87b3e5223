import { Router } from "express";
import { z } from "zod";
import { type AuditJson, paths } from "../contract.js";
import { sinceMs } from "../contract/fields.js";
import { auditJson } from "../json.js";
import { parsed } from "../parse.js";
import type { Services } from "../services.js";

const PAGE = 200;
const LONGEST_PAGE = 1_000;

export const Query = z.strictObject({
  since: sinceMs.optional(),
  subject: z.string().min(1).max(100).optional(),
  before: z.coerce.number().int().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(LONGEST_PAGE).optional(),
});

/** Who changed what, when, from what to what. */
export function auditRoutes({ audit }: Pick<Services, "audit">): Router {
  const router = Router();
  router.get(paths.audit, async (request, response) => {
    const { since = null, subject = null, before = null, limit = PAGE } = parsed(Query, request.query);
    const filter = { sinceMs: since, subject, beforeId: before, limit: limit + 1 };
    const found = await audit.list(filter);
    const entries = found.slice(0, limit);
    const next = found.length > limit ? (entries.at(-1)?.id ?? null) : null;
    response.json({ entries: entries.map(auditJson), next } satisfies AuditJson);
  });
  return router;
}
