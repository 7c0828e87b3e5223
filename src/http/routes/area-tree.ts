import { Router } from "express";
import { z } from "zod";
import { formatUsd } from "../../domain/calling/money.js";
import { formatPrefix } from "../../domain/calling/prefix-rule.js";
import type { AreaNode } from "../../domain/calling/area-tree.js";
import type { AreaEffect, EffectSide } from "../../guard/area-effect.js";
import type { PricedTree, PriceSpread } from "../../guard/prices.js";
import {
  AreaChangesSchema,
  type AreaChangesJson,
  type AreaEffectJson,
  type AreaNodeJson,
  type AreasJson,
  type AreaTreeJson,
  type EffectSideJson,
  paths,
  type PriceSpreadJson,
} from "../contract.js";
import { extension } from "../contract/fields.js";
import { areasJson, timeJson } from "../json.js";
import { callerOf, done, parsed } from "../parse.js";
import type { Services } from "../services.js";

export const TreeQuery = z.strictObject({
  extension: extension.optional(),
  deck: z.string().min(1).max(40).optional(),
});

/** The areas as a page shows them, what a change of them would do, and that change as one. */
export function areaTreeRoutes({
  rules,
  prices,
  areaEffect,
}: Pick<Services, "rules" | "prices" | "areaEffect">): Router {
  const router = Router();
  router.get(paths.areaTree, (request, response) => {
    const { extension: of = null, deck = null } = parsed(TreeQuery, request.query);
    const { scope, prefixScope, highRisk, policyVersion } = areasJson(rules.areas(of));
    const tree = treeJson(done<PricedTree>(prices.tree(of, deck)));
    const answer = { extension: of, scope, prefixScope, highRisk, ...tree, policyVersion };
    response.json(answer satisfies AreaTreeJson);
  });
  router.post(paths.areaEffect, async (request, response) => {
    const { extension: of = null, ...changes } = parsed(AreaChangesSchema, request.body);
    response.json(effectJson(done(await areaEffect(given(changes), of))));
  });
  router.put(paths.areas, (request, response) => {
    const { extension: of = null, ...changes } = parsed(AreaChangesSchema, request.body);
    const result = rules.changeAreas(given(changes), of, callerOf(request));
    response.json(areasJson(done(result)) satisfies AreasJson);
  });
  return router;
}

function given({ inherit, allow, deny, forget, highRisk }: Omit<AreaChangesJson, "extension">) {
  return {
    ...(inherit !== undefined && { inherit }),
    ...(allow !== undefined && { allow }),
    ...(deny !== undefined && { deny }),
    ...(forget !== undefined && { forget }),
    ...(highRisk !== undefined && { highRisk }),
  };
}

function treeJson({ continents, special, deck, prices }: PricedTree) {
  const nodeJson = (node: AreaNode): AreaNodeJson => {
    const price = prices?.get(node.code) ?? null;
    return {
      code: node.code,
      name: node.name,
      codes: node.codes.map((digits) => `+${digits}`),
      openness: node.openness,
      types: node.types.map(({ type, open }) => ({ type, open, price: spreadJson(price?.types.get(type)) })),
      price: spreadJson(price),
      prefixes: node.prefixes.map(({ prefix, action }) => ({ prefix: formatPrefix(prefix), action })),
      risks: node.risks.map(({ prefix, opensWith, why }) => ({
        prefix: formatPrefix(prefix),
        opensWith,
        why,
      })),
    };
  };
  return {
    deck,
    pricesReady: deck === null || prices !== null,
    continents: continents.map(({ slug, name, countries }) => ({
      slug,
      name,
      countries: countries.map(nodeJson),
    })),
    special: special.map(nodeJson),
  };
}

function spreadJson(spread: PriceSpread | null | undefined): PriceSpreadJson | null {
  if (spread == null) return null;
  return {
    cheapest: formatUsd(spread.cheapestMicros),
    typical: formatUsd(spread.typicalMicros),
    dearest: formatUsd(spread.dearestMicros),
    prefixes: spread.prefixes,
  };
}

function effectJson({ sinceMs, looked, cut, wouldRefuse, wouldAllow }: AreaEffect): AreaEffectJson {
  const times = { since: timeJson(sinceMs), looked, cut };
  return { ...times, wouldRefuse: sideJson(wouldRefuse), wouldAllow: sideJson(wouldAllow) };
}

function sideJson({ calls, extensions, first }: EffectSide): EffectSideJson {
  const shown = first.map(({ lastAtMs, ...each }) => ({ ...each, lastAt: timeJson(lastAtMs) }));
  return { calls, extensions, first: shown };
}
