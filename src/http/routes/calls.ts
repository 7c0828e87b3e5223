import { type Request, Router } from "express";
import { z } from "zod";
import { verdictJson } from "../../guard/calling-json.js";
import type { CallFilter } from "../../guard/ports.js";
import { CALLS_CSV_TITLES } from "../calls-csv.js";
import { CheckCallSchema, type CallsJson, paths, type VerdictJson } from "../contract.js";
import { sinceMs } from "../contract/fields.js";
import { callJson } from "../json.js";
import { parsed } from "../parse.js";
import type { Services } from "../services.js";
import { written } from "../written.js";

const LIMIT = 100;
const LONGEST = 10_000;
const ROWS_A_PAGE = 500;

const text = (longest: number) => z.string().min(1).max(longest).optional();

export const CallQuery = z.strictObject({
  refused: z.enum(["0", "1"], "refused is 0 or 1").optional(),
  decision: z.enum(["allow", "refuse"], "allow or refuse").optional(),
  since: sinceMs.optional(),
  until: sinceMs.optional(),
  extension: text(80),
  number: z
    .string()
    .regex(/^\+?[0-9*#]{1,64}$/, "the beginning of a number, such as +44 or 0044")
    .optional(),
  area: text(40),
  reason: text(40),
  trunk: text(80),
  before: z.coerce.number().int().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(LONGEST).optional(),
});

export function callRoutes(services: Pick<Services, "calls" | "callsCsv" | "judge">): Router {
  const router = Router();
  router.get(paths.calls, async (request, response) => {
    const { filter, limit } = askedOf(request);
    // One more than asked tells whether there is another page.
    const calls = await services.calls({ ...filter, limit: (limit ?? LIMIT) + 1 });
    const page = calls.slice(0, limit ?? LIMIT);
    const next = calls.length > page.length ? (page.at(-1)?.id ?? null) : null;
    response.json({ calls: page.map(callJson), next } satisfies CallsJson);
  });
  router.get(paths.callsCsv, async (request, response) => {
    const { filter, limit } = askedOf(request);
    response.type("text/csv").attachment("calls.csv");
    if (!(await written(response, CALLS_CSV_TITLES))) return;
    let left = limit ?? Infinity;
    let beforeId = filter.beforeId ?? null;
    while (left > 0) {
      const asked = Math.min(left, ROWS_A_PAGE);
      const page = await services.callsCsv({ ...filter, beforeId, limit: asked });
      if (!(await written(response, page.text))) return;
      left -= page.rows;
      beforeId = page.lastId;
      if (page.rows < asked) break;
    }
    response.end();
  });
  router.post(paths.checkCall, (request, response) => {
    const { from, number, trunk } = parsed(CheckCallSchema, request.body);
    const verdict = services.judge({ from, digits: number, trunk: trunk ?? null });
    response.json(verdictJson(verdict) satisfies VerdictJson);
  });
  return router;
}

function askedOf(request: Request): {
  readonly filter: Omit<CallFilter, "limit">;
  readonly limit: number | undefined;
} {
  const query = parsed(CallQuery, request.query);
  const { decision, until, extension, number, area, reason, trunk, before } = query;
  const filter = {
    refusedOnly: query.refused === "1",
    sinceMs: query.since ?? null,
    ...(decision !== undefined && { decision }),
    ...(until !== undefined && { untilMs: until }),
    ...(extension !== undefined && { extension }),
    ...(number !== undefined && { numberPrefix: number }),
    ...(area !== undefined && { area }),
    ...(reason !== undefined && { reason }),
    ...(trunk !== undefined && { trunk }),
    ...(before !== undefined && { beforeId: before }),
  };
  return { filter, limit: query.limit };
}
