import { Router } from "express";
import { z } from "zod";
import {
  ChangeDetectionSchema,
  ResetDetectionSchema,
  paths,
  type ShadowJson,
  type ShadowResultsJson,
} from "../contract.js";
import { sinceMs } from "../contract/fields.js";
import { shadowJson, shadowResultsJson } from "../json.js";
import { callerOf, done, parsed } from "../parse.js";
import type { Refused, Services } from "../services.js";

const MOST_RESULTS = 1_000;
export const Since = z.strictObject({ since: sinceMs.optional() });

/** A second policy, tried out on live traffic. */
export function shadowRoutes({ shadow, rules }: Pick<Services, "shadow" | "rules">): Router {
  const router = Router();
  const answer = (refused: Refused | null): ShadowJson => {
    if (refused !== null) done(refused);
    return shadowJson(shadow.state(), rules.detection());
  };
  router.get(paths.shadow, (_request, response) => {
    response.json(answer(null));
  });
  router.patch(paths.shadow, async (request, response) => {
    response.json(answer(await shadow.set(parsed(ChangeDetectionSchema, request.body), callerOf(request))));
  });
  router.post(paths.resetShadow, async (request, response) => {
    response.json(
      answer(await shadow.reset(parsed(ResetDetectionSchema, request.body).names, callerOf(request))),
    );
  });
  router.post(paths.startShadow, async (request, response) => {
    response.json(answer(await shadow.runBy(callerOf(request))));
  });
  router.post(paths.stopShadow, async (request, response) => {
    response.json(answer(await shadow.haltBy(callerOf(request))));
  });
  router.get(paths.shadowResults, async (request, response) => {
    const results = await shadow.results(parsed(Since, request.query).since ?? null);
    const json = shadowResultsJson(results, shadow.state().running, MOST_RESULTS);
    response.json(json satisfies ShadowResultsJson);
  });
  return router;
}
