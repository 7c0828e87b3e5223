import { Router } from "express";
import { z } from "zod";
import {
  defaultText,
  formatSetting,
  INTRUSION_FIELDS,
  INTRUSION_SETTINGS,
  rangeText,
} from "../../domain/intrusion/settings-explained.js";
import { type DetectionJson, paths } from "../contract.js";
import { callerOf, done, parsed } from "../parse.js";
import type { RuleService, Services } from "../services.js";

const name = z.string().max(40);
/** Settings by name, as people write them. */
export const Changes = z
  .record(name, z.union([z.string().max(400), z.number(), z.array(z.string().max(20)).max(20)]))
  .refine((changes) => Object.keys(changes).length > 0, "name at least one setting");
export const Reset = z.strictObject({ names: z.array(name).max(100) });

/** What detection goes by: every setting with what stands behind it. */
export function detectionRoutes({ rules }: Pick<Services, "rules">): Router {
  const router = Router();
  router.get(paths.detection, (_request, response) => {
    response.json(detectionJson(rules));
  });
  router.patch(paths.detection, async (request, response) => {
    const refused = await rules.setDetection(parsed(Changes, request.body), callerOf(request));
    if (refused !== null) done(refused);
    response.json(detectionJson(rules));
  });
  router.post(paths.resetDetection, async (request, response) => {
    const refused = await rules.resetDetection(parsed(Reset, request.body).names, callerOf(request));
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
