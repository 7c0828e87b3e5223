import { type Request, Router } from "express";
import { z } from "zod";
import {
  NeverBanEntrySchema,
  SetCapSchema,
  type CapInForceJson,
  type NeverBanJson,
  paths,
} from "../contract.js";
import { extension } from "../contract/fields.js";
import { capJson } from "../json.js";
import { callerOf, done, parsed, targetOf } from "../parse.js";
import type { CapInForce, RuleService, Services } from "../services.js";

export const OfExtension = z.strictObject({ extension: extension.optional() });
export function ruleRoutes({ rules }: Pick<Services, "rules">): Router {
  const router = Router();
  const answerOf = (cap: CapInForce): CapInForceJson => ({
    ...capJson(cap),
    policyVersion: rules.policyVersion(),
  });
  neverBan(router, rules);
  router.get(paths.cap, (request, response) => {
    response.json(answerOf(rules.cap(extensionOf(request))));
  });
  router.put(paths.cap, (request, response) => {
    const wish = parsed(SetCapSchema, request.body);
    const cap = done(rules.setCap(wish.usdPerMinute, wish.extension ?? null, callerOf(request)));
    response.json(answerOf(cap));
  });
  router.delete(`${paths.cap}/:extension`, (request, response) => {
    const of = parsed(extension, request.params.extension);
    response.json(answerOf(done(rules.inheritCap(of, callerOf(request)))));
  });
  return router;
}

function neverBan(router: Router, rules: RuleService): void {
  const answer = (): NeverBanJson => {
    const { targets, notes, policyVersion } = rules.neverBan();
    return { neverBan: targets, notes, policyVersion };
  };
  router.get(paths.neverBan, (_request, response) => {
    response.json(answer());
  });
  router.post(paths.neverBan, (request, response) => {
    const wish = parsed(NeverBanEntrySchema, request.body);
    const refused = rules.addNeverBan(targetOf(wish.target), callerOf(request), wish.note ?? null);
    if (refused !== null) done(refused);
    response.json(answer());
  });
  router.delete("/api/v1/never-ban/:target", (request, response) => {
    const refused = rules.removeNeverBan(targetOf(request.params.target), callerOf(request));
    if (refused !== null) done(refused);
    response.json(answer());
  });
}

function extensionOf(request: Request): string | null {
  return parsed(OfExtension, request.query).extension ?? null;
}
