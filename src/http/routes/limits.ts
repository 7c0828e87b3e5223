import { type Request, Router } from "express";
import { z } from "zod";
import { DEFAULT_LIMITS } from "../../domain/calling/limits.js";
import {
  CALL_LIMITS,
  choicesOf,
  formatLimit,
  LIMIT_NAMES,
  rangeText,
} from "../../domain/calling/limits-explained.js";
import { formatUsd } from "../../domain/calling/money.js";
import type { Spend } from "../../guard/limits.js";
import type { LimitsInForce } from "../../guard/rules.js";
import { SetLimitsSchema, type LimitsJson, paths, type SpendJson, type SpendsJson } from "../contract.js";
import { extension } from "../contract/fields.js";
import { callerOf, done, parsed } from "../parse.js";
import type { Services } from "../services.js";

export const OfExtension = z.strictObject({ extension: extension.optional() });

/** Limits on calls and money, and what was spent. */
export function limitRoutes({ rules, spend }: Pick<Services, "rules" | "spend">): Router {
  const router = Router();
  const answer = (limits: LimitsInForce, of: string | null): LimitsJson => ({
    limits: limitsJson(limits, of),
    policyVersion: rules.policyVersion(),
  });
  router.get(paths.limits, (request, response) => {
    const of = extensionOf(request);
    response.json(answer(rules.limits(of), of));
  });
  router.patch(paths.limits, (request, response) => {
    const wish = parsed(SetLimitsSchema, request.body);
    const of = wish.extension ?? null;
    response.json(answer(done(rules.setLimits(wish.limits, of, callerOf(request))), of));
  });
  router.delete(`${paths.limits}/:extension`, (request, response) => {
    const of = parsed(extension, request.params.extension);
    response.json(answer(done(rules.inheritLimits(of, callerOf(request))), of));
  });
  router.get(paths.spend, (request, response) => {
    const of = extensionOf(request);
    const extensions = of === null ? spend.spends() : [];
    response.json({
      total: spendJson(spend.spend(of)),
      extensions: extensions.map(spendJson),
    } satisfies SpendsJson);
  });
  return router;
}

export function limitsJson(
  { limits, own }: LimitsInForce,
  extensionName: string | null,
): LimitsJson["limits"] {
  const fields = LIMIT_NAMES.filter((field) => extensionName === null || CALL_LIMITS[field].ofExtension);
  return fields.map((field) => ({
    name: CALL_LIMITS[field].name,
    value: formatLimit(field, limits),
    default: formatLimit(field, DEFAULT_LIMITS),
    scope: extensionName !== null && own.includes(field) ? extensionName : "global",
    range: rangeText(field),
    choices: choicesOf(field),
    why: CALL_LIMITS[field].why,
  }));
}

export function spendJson({
  extension: of,
  spentMicros,
  committedMicros,
  limitMicros,
  running,
}: Spend): SpendJson {
  return {
    extension: of,
    spentUsd: formatUsd(spentMicros),
    reservedUsd: formatUsd(committedMicros - spentMicros),
    limitUsd: limitMicros === null ? null : formatUsd(limitMicros),
    runningCalls: running,
  };
}

function extensionOf(request: Request): string | null {
  return parsed(OfExtension, request.query).extension ?? null;
}
