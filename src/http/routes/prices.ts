import { Router } from "express";
import { z } from "zod";
import { firstMinuteMicros } from "../../domain/calling/cost.js";
import type { PriceHistogram } from "../../domain/calling/deck-prices.js";
import type { RatePage } from "../../domain/calling/deck-search.js";
import { formatUsd } from "../../domain/calling/money.js";
import { formatPrefix } from "../../domain/calling/prefix-rule.js";
import { type DeckHistogramJson, type DeckPageJson } from "../contract.js";
import { usdPerMinute } from "../contract/fields.js";
import { done, parsed } from "../parse.js";
import type { Services } from "../services.js";

const LIMIT = 100;
export const Search = z.strictObject({
  q: z.string().max(100).optional(),
  after: z.coerce.number().int().min(0).optional(),
  limit: z.coerce.number().int().min(1).max(1_000).optional(),
});
export const Histogram = z.strictObject({ cap: z.union([z.literal("none"), usdPerMinute]).optional() });

/** What stands in a deck. */
export function priceRoutes({ prices, rules }: Pick<Services, "prices" | "rules">): Router {
  const router = Router();
  router.get("/api/v1/decks/:name/rates", (request, response) => {
    const { q = "", after = null, limit = LIMIT } = parsed(Search, request.query);
    const page = done<RatePage>(prices.search(request.params.name, q, after, limit));
    const cap = rules.cap(null).microsPerMinute ?? Infinity;
    const { feeInFirstMinute } = rules.rateRules();
    response.json({
      rates: page.rates.map(({ prefix, destination, tariff }) => ({
        prefix: formatPrefix(prefix),
        destination,
        usdPerMinute: tariff === null ? null : formatUsd(tariff.microsPerMinute),
        usdToConnect: formatUsd(tariff?.connectionMicros ?? 0),
        minimumSeconds: tariff?.minimumSeconds ?? 0,
        incrementSeconds: tariff?.incrementSeconds ?? 0,
        overCap: tariff !== null && firstMinuteMicros(tariff, feeInFirstMinute) > cap,
      })),
      next: page.next,
    } satisfies DeckPageJson);
  });
  router.get("/api/v1/decks/:name/histogram", (request, response) => {
    const { cap: asked } = parsed(Histogram, request.query);
    const cap = asked === undefined ? rules.cap(null).microsPerMinute : asked === "none" ? null : asked;
    const found = done<PriceHistogram>(prices.histogram(request.params.name, cap));
    response.json({
      ...found,
      bars: found.bars.map(({ fromMicros, toMicros, prefixes }) => ({
        from: formatUsd(fromMicros),
        to: toMicros === null ? null : formatUsd(toMicros),
        prefixes,
      })),
      cap: cap === null ? null : formatUsd(cap),
    } satisfies DeckHistogramJson);
  });
  return router;
}
