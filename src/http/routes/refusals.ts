import { Router } from "express";
import {
  refusalFor,
  REFUSAL_REASON_NAMES,
  type Refusals,
  STANDARD_SOUNDS,
} from "../../domain/calling/refusals.js";
import { SetRefusalsSchema, paths, type RefusalsJson } from "../contract.js";
import { callerOf, done, parsed } from "../parse.js";
import type { RuleService, Services } from "../services.js";

/** How refused calls end. */
export function refusalRoutes({ rules, fileRefusals }: Pick<Services, "rules" | "fileRefusals">): Router {
  const router = Router();
  router.get(paths.refusals, (_request, response) => {
    response.json(refusalsJson(rules, fileRefusals));
  });
  router.patch(paths.refusals, (request, response) => {
    const refused = rules.setRefusals(parsed(SetRefusalsSchema, request.body), callerOf(request));
    if (refused !== null) done(refused);
    response.json(refusalsJson(rules, fileRefusals));
  });
  return router;
}

function refusalsJson(rules: RuleService, inFile: Refusals): RefusalsJson {
  const { refusals, tellCaller } = rules.refusals();
  return {
    refusals: REFUSAL_REASON_NAMES.map((name) => ({
      reason: name,
      ...refusalFor({ ...inFile, ...refusals }, name),
      standard: STANDARD_SOUNDS[name],
      setBy: refusals[name] !== undefined ? "rule" : inFile[name] !== undefined ? "file" : "default",
    })),
    tellCaller,
    policyVersion: rules.policyVersion(),
  };
}
