import { Router } from "express";
import {
  defaultText,
  formatSetting,
  INTRUSION_FIELDS,
  INTRUSION_SETTINGS,
  rangeText,
} from "../../domain/intrusion/settings-explained.js";
import { ChangeDetectionSchema, ResetDetectionSchema, type DetectionJson, paths } from "../contract.js";
import { callerOf, done, parsed } from "../parse.js";
import type { RuleService, Services } from "../services.js";

/** What detection goes by: every setting with what stands behind it. */
export function detectionRoutes({ rules }: Pick<Services, "rules">): Router {
  const router = Router();
  router.get(paths.detection, (_request, response) => {
    response.json(detectionJson(rules));
  });
  router.patch(paths.detection, (request, response) => {
    const refused = rules.setDetection(parsed(ChangeDetectionSchema, request.body), callerOf(request));
    if (refused !== null) done(refused);
    response.json(detectionJson(rules));
  });
  router.post(paths.resetDetection, (request, response) => {
    const refused = rules.resetDetection(parsed(ResetDetectionSchema, request.body).names, callerOf(request));
    if (refused !== null) done(refused);
    response.json(detectionJson(rules));
  });
  return router;
}

function detectionJson(rules: RuleService): DetectionJson {
  const current = rules.detection();
  const settings = INTRUSION_FIELDS.map((field) => {
    const explained = INTRUSION_SETTINGS[field];
    return {
      name: explained.name,
      title: explained.title,
      value: formatSetting(field, current),
      default: defaultText(field),
      form: explained.form,
      range: rangeText(explained),
      choices: explained.form === "choice" ? explained.choices : null,
      why: explained.why,
    };
  });
  return { settings, policyVersion: rules.policyVersion() };
}
