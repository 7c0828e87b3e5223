import { type Request, Router } from "express";
import { z } from "zod";
import { HIGH_RISK_RANGES } from "../../domain/calling/high-risk.js";
import { formatPrefix } from "../../domain/calling/prefix-rule.js";
import type { AreasInForce } from "../../guard/area-edits.js";
import {
  ChangeAreasSchema,
  InheritAreasSchema,
  SetHighRiskSchema,
  type AreasJson,
  type HighRiskJson,
  paths,
} from "../contract.js";
import { extension } from "../contract/fields.js";
import { areasJson } from "../json.js";
import { callerOf, done, parsed } from "../parse.js";
import type { Services } from "../services.js";

export const OfExtension = z.strictObject({ extension: extension.optional() });

export function areaRoutes({ rules }: Pick<Services, "rules">): Router {
  const router = Router();
  router.get(paths.areas, (request, response) => {
    const { extension: of } = parsed(OfExtension, request.query);
    response.json(areasJson(rules.areas(of ?? null)) satisfies AreasJson);
  });
  const edits = {
    [paths.openAreas]: (...wish: Wish) => rules.openAreas(...wish),
    [paths.closeAreas]: (...wish: Wish) => rules.closeAreas(...wish),
    [paths.forgetPrefixes]: (...wish: Wish) => rules.forgetPrefixes(...wish),
  };
  for (const [path, edit] of Object.entries(edits)) {
    router.post(path, (request, response) => {
      response.json(areasJson(done(edit(...wishOf(request)))) satisfies AreasJson);
    });
  }
  router.post(paths.inheritAreas, (request, response) => {
    const wish = parsed(InheritAreasSchema, request.body);
    const result = rules.inheritAreas(wish.extension, callerOf(request));
    response.json(areasJson(done(result)) satisfies AreasJson);
  });
  router.get(paths.highRisk, (_request, response) => {
    response.json(highRiskJson(rules.areas(null)));
  });
  router.put(paths.highRisk, (request, response) => {
    const { highRisk } = parsed(SetHighRiskSchema, request.body);
    response.json(highRiskJson(rules.setHighRisk(highRisk, callerOf(request))));
  });
  return router;
}

type Wish = [areas: readonly string[], extension: string | null, by: string];

function wishOf(request: Request): Wish {
  const wish = parsed(ChangeAreasSchema, request.body);
  return [wish.areas, wish.extension ?? null, callerOf(request)];
}

function highRiskJson({ highRisk, policyVersion }: AreasInForce): HighRiskJson {
  return {
    highRisk,
    policyVersion,
    ranges: HIGH_RISK_RANGES.map((range) => ({ ...range, prefix: formatPrefix(range.prefix) })),
  };
}
