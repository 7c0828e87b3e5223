import { type Request, Router } from "express";
import { z } from "zod";
import { type AreasJson, type CapJson, type DialPlanJson, type NeverBanJson, paths } from "../contract.js";
import { areasJson, capJson } from "../json.js";

import { callerOf, done, extension, note, parsed, targetOf, usdPerMinute } from "../parse.js";
import type { RuleService, Services } from "../services.js";

const ChangeAreas = z.strictObject({
  areas: z.array(z.string().trim().min(1).max(100)).min(1, "name at least one area").max(500),
  extension: extension.optional(),
});
const NeverBanEntry = z.strictObject({ target: z.string().max(100), note: note.optional() });
const SetCap = z.strictObject({ usdPerMinute: usdPerMinute.nullable(), extension: extension.optional() });
const OfExtension = z.strictObject({ extension: extension.optional() });
const Digits = z.string().regex(/^[0-9*#]{1,8}$/, "at most eight of 0-9 * #");
const NewDialPlan = z.strictObject({
  country: z.string().regex(/^[A-Z]{2}$/, "an ISO 3166 code of two capitals, such as US"),
  outsidePrefix: Digits.nullable(),
  internationalPrefixes: z.array(Digits).max(8),
});

export function ruleRoutes({ rules }: Pick<Services, "rules">): Router {
  const router = Router();
  areas(router, rules);
  neverBan(router, rules);
  router.get(paths.cap, (request, response) => {
    response.json(capJson(rules.cap(extensionOf(request))) satisfies CapJson);
  });
  router.put(paths.cap, async (request, response) => {
    const wish = parsed(SetCap, request.body);
    const cap = done(await rules.setCap(wish.usdPerMinute, wish.extension ?? null, callerOf(request)));
    response.json(capJson(cap) satisfies CapJson);
  });
  router.get(paths.dialPlan, (_request, response) => {
    response.json(rules.dialPlan() satisfies DialPlanJson);
  });
  router.put(paths.dialPlan, async (request, response) => {
    const refused = await rules.setDialPlan(parsed(NewDialPlan, request.body), callerOf(request));
    if (refused !== null) done(refused);
    response.json(rules.dialPlan() satisfies DialPlanJson);
  });
  return router;
}

function areas(router: Router, rules: RuleService): void {
  router.get(paths.areas, (request, response) => {
    response.json(areasJson(rules.areas(extensionOf(request))) satisfies AreasJson);
  });
  router.post(paths.openAreas, async (request, response) => {
    const wish = parsed(ChangeAreas, request.body);
    const result = await rules.openAreas(wish.areas, wish.extension ?? null, callerOf(request));
    response.json(areasJson(done(result)) satisfies AreasJson);
  });
  router.post(paths.closeAreas, async (request, response) => {
    const wish = parsed(ChangeAreas, request.body);
    const result = await rules.closeAreas(wish.areas, wish.extension ?? null, callerOf(request));
    response.json(areasJson(done(result)) satisfies AreasJson);
  });
}

function neverBan(router: Router, rules: RuleService): void {
  const answer = (): NeverBanJson => {
    const { targets, notes, policyVersion } = rules.neverBan();
    return { neverBan: targets, notes, policyVersion };
  };
  router.get(paths.neverBan, (_request, response) => {
    response.json(answer());
  });
  router.post(paths.neverBan, async (request, response) => {
    const wish = parsed(NeverBanEntry, request.body);
    const refused = await rules.addNeverBan(targetOf(wish.target), callerOf(request), wish.note ?? null);
    if (refused !== null) done(refused);
    response.json(answer());
  });
  router.delete("/api/v1/never-ban/:target", async (request, response) => {
    const refused = await rules.removeNeverBan(targetOf(request.params.target), callerOf(request));
    if (refused !== null) done(refused);
    response.json(answer());
  });
}

function extensionOf(request: Request): string | null {
  return parsed(OfExtension, request.query).extension ?? null;
}
