import { Router } from "express";
import { areaName } from "../../domain/calling/area-rule.js";
import { parseDialPlan } from "../../domain/calling/dial-plan.js";
import { type DialPreview, previewDialled } from "../../domain/calling/dial-preview.js";
import type { DialPlan } from "../../domain/policy.js";
import {
  DialPlanPreviewWishSchema,
  SetDialPlanSchema,
  type DialPlanInForceJson,
  type DialPlanPreviewJson,
  type DialPlanPreviewWishJson,
  paths,
} from "../contract.js";
import { RequestRefused } from "../errors.js";
import { dialPlanJson } from "../json.js";
import { callerOf, done, parsed } from "../parse.js";
import type { Services } from "../services.js";

export function dialPlanRoutes({ rules }: Pick<Services, "rules">): Router {
  const router = Router();
  const answer = (): DialPlanInForceJson => ({
    ...dialPlanJson(rules.dialPlan()),
    policyVersion: rules.policyVersion(),
  });
  router.get(paths.dialPlan, (_request, response) => {
    response.json(answer());
  });
  router.put(paths.dialPlan, (request, response) => {
    const refused = rules.setDialPlan(parsed(SetDialPlanSchema, request.body), callerOf(request));
    if (refused !== null) done(refused);
    response.json(answer());
  });
  router.post(paths.dialPlanPreview, (request, response) => {
    const { digits, ...changes } = parsed(DialPlanPreviewWishSchema, request.body);
    const read = parseDialPlan(tried(rules.dialPlan(), changes));
    if ("error" in read) throw new RequestRefused("refused", read.error);
    response.json(previewJson(digits, read.dialPlan) satisfies DialPlanPreviewJson);
  });
  return router;
}

type Changes = Omit<DialPlanPreviewWishJson, "digits">;

/** In another country, nothing holds of what was set for this one but the outside prefix. */
function tried(now: DialPlan, changes: Changes): DialPlan {
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
  const stays =
    changes.country === undefined || changes.country === now.country
      ? now
      : { country: now.country, outsidePrefix: now.outsidePrefix, internationalPrefixes: [] };
  return { ...stays, ...given };
}

function previewJson(digits: string, dialPlan: DialPlan): DialPlanPreviewJson {
  return { ...readingJson(previewDialled(digits, dialPlan)), dialPlan: dialPlanJson(dialPlan) };
}

export function readingJson(preview: DialPreview): Omit<DialPlanPreviewJson, "dialPlan"> {
  const number = preview.is === "number" ? preview.number : null;
  return {
    is: preview.is,
    steps: preview.is === "refused" ? [] : [...preview.steps],
    number: number?.number ?? null,
    area: number?.area ?? null,
    areaName: number === null || number.area === null ? null : areaName(number.area),
    numberType: number?.numberType ?? null,
    detail: preview.is === "refused" ? preview.detail : null,
  };
}
