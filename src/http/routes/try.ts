import { Router } from "express";
import { verdictJson } from "../../guard/calling-json.js";
import type { Trial } from "../../guard/try-number.js";
import { paths, type TriedJson, TrySchema } from "../contract.js";
import { rateJson } from "../json.js";
import { parsed } from "../parse.js";
import type { Services } from "../services.js";
import { readingJson } from "./dial-plan.js";
import { limitsJson, spendJson } from "./limits.js";

/** A verdict with its derivation, for somebody who types. */
export function tryRoutes({ tryNumber, rules }: Pick<Services, "tryNumber" | "rules">): Router {
  const router = Router();
  router.post(paths.tryNumber, (request, response) => {
    const { from, number, trunk } = parsed(TrySchema, request.body);
    const tried = tryNumber({ from, digits: number, trunk: trunk ?? null });
    response.json(triedJson(tried, limitsJson(rules.limits(from), from)));
  });
  return router;
}

function triedJson(tried: Trial, limits: TriedJson["limits"]): TriedJson {
  const { verdict, reading, place, rates, spends } = tried;
  return {
    verdict: verdictJson(verdict),
    reading: readingJson(reading),
    place:
      place === null
        ? null
        : { open: place.open, rule: place.rule, detail: place.open ? null : place.detail },
    rates: rates.map(rateJson),
    limits,
    spends: spends.map(spendJson),
  };
}
