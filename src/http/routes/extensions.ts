import { Router } from "express";
import { z } from "zod";
import { CALL_LIMITS } from "../../domain/calling/limits-explained.js";
import type { ExtensionSummary, ExtensionWhole } from "../../guard/extensions.js";
import { type ExtensionJson, type ExtensionsJson, type ExtensionWholeJson, paths } from "../contract.js";
import { extension } from "../contract/fields.js";
import { RequestRefused } from "../errors.js";
import { areasJson, blockJson, capJson, knownJson, lockJson, registrationJson } from "../json.js";
import { parsed } from "../parse.js";
import type { Services } from "../services.js";
import { listJson, refusedJson } from "./allow-lists.js";
import { limitsJson, spendJson } from "./limits.js";

const LIMIT = 100;
export const ListQuery = z.strictObject({
  q: z.string().max(100).optional(),
  kind: z.enum(["extension", "trunk"], "extension or trunk").optional(),
  registered: z.enum(["0", "1"], "0 or 1").optional(),
  after: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(1_000).optional(),
});

/** The endpoints that Asterisk has, and what is known of each. */
export function extensionRoutes({
  extensions,
  blocks,
  clock,
}: Pick<Services, "extensions" | "blocks" | "clock">): Router {
  const router = Router();
  const faultOf = (account: string): string | null => blocks.faultOf(account);
  router.get(paths.extensions, async (request, response) => {
    const { q, kind, registered, after, limit } = parsed(ListQuery, request.query);
    const filter = {
      text: q === undefined || q === "" ? null : q,
      kind: kind ?? null,
      registered: registered === undefined ? null : registered === "1",
    };
    const page = await extensions.list(filter, after ?? null, limit ?? LIMIT);
    response.json({
      ...page,
      extensions: page.extensions.map((each) => summaryJson(each, faultOf(each.name))),
    } satisfies ExtensionsJson);
  });
  router.get("/api/v1/extensions/:name", async (request, response) => {
    const name = parsed(extension, request.params.name);
    const whole = await extensions.show(name);
    if (whole === null) throw new RequestRefused("not-found", `Nothing is known of an extension ${name}.`);
    response.json(wholeJson(whole, clock.nowMs()) satisfies ExtensionWholeJson);
  });
  return router;
}

function summaryJson(
  { name, kind, registrations, own, blocks, lock, spend }: ExtensionSummary,
  fault: string | null,
): ExtensionJson {
  return {
    name,
    kind,
    registrations: registrations?.map(registrationJson) ?? null,
    own: { ...own, limits: own.limits.map((field) => CALL_LIMITS[field].name) },
    blocks: blocks.map((block) => blockJson(block, fault)),
    lock: lock === null ? null : lockJson(lock, fault),
    spend: spendJson(spend),
  };
}

function wholeJson(whole: ExtensionWhole, nowMs: number): ExtensionWholeJson {
  const { areas, cap, limits, allowList, known, knownInAll, refusedLately, inAsterisk, fault, name } = whole;
  return {
    ...summaryJson(whole, fault),
    inAsterisk,
    known: known.map(knownJson),
    knownInAll,
    refusedLately: refusedLately.map(refusedJson),
    areas: { inForce: areasJson(areas.inForce), global: areasJson(areas.global) },
    cap: { inForce: capJson(cap.inForce), global: capJson(cap.global) },
    limits: {
      inForce: limitsJson(limits.inForce, name),
      global: limitsJson(limits.global, null),
    },
    allowList: { inForce: listJson(allowList.inForce, nowMs), global: listJson(allowList.global, nowMs) },
    fault,
  };
}
