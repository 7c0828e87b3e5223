import { Router } from "express";
import { z } from "zod";
import { verdictJson } from "../../guard/calling-json.js";
import { type CallsJson, paths, type VerdictJson } from "../contract.js";
import { callJson } from "../json.js";
import { parsed } from "../parse.js";
import type { Services } from "../services.js";

const LIMIT = 100;
const LONGEST = 10_000;

const CallQuery = z.strictObject({
  refused: z.enum(["0", "1"], "refused is 0 or 1").optional(),
  since: z.iso.datetime({ offset: true, error: "a time such as 2026-01-31T12:00:00Z" }).optional(),
  limit: z.coerce.number().int().min(1).max(LONGEST).optional(),
});

const CheckCall = z.strictObject({
  from: z.string().max(80).nullable(),
  number: z.string().max(200),
  trunk: z.string().max(80).nullish(),
});

export function callRoutes(services: Pick<Services, "calls" | "judge">): Router {
  const router = Router();
  router.get(paths.calls, async (request, response) => {
    const query = parsed(CallQuery, request.query);
    const calls = await services.calls({
      refusedOnly: query.refused === "1",
      sinceMs: query.since === undefined ? null : Date.parse(query.since),
      limit: query.limit ?? LIMIT,
    });
    response.json({ calls: calls.map(callJson) } satisfies CallsJson);
  });
  router.post(paths.checkCall, (request, response) => {
    const { from, number, trunk } = parsed(CheckCall, request.body);
    const verdict = services.judge({ from, digits: number, trunk: trunk ?? null });
    response.json(verdictJson(verdict) satisfies VerdictJson);
  });
  return router;
}
