import { Router } from "express";
import { z } from "zod";
import { parseTarget } from "../../domain/address.js";
import { formatUsd } from "../../domain/calling/money.js";
import { type HappenedJson, type OverviewJson, paths, type PlacesJson } from "../contract.js";
import { timeJson } from "../json.js";
import { parsed } from "../parse.js";
import type { Happened, Overview, Services } from "../services.js";

const MOST_PLACES = 200;

export const Span = z.strictObject({
  hours: z
    .enum(["24", "168", "720"], "hours is 24, 168 (a week) or 720 (30 days)")
    .transform((text) => Number(text) as 24 | 168 | 720)
    .default(24),
});
export const Of = z.strictObject({
  of: z
    .string()
    .max(20_000)
    .transform((text) => text.split(",").filter((part) => part !== ""))
    .refine((all) => all.length <= MOST_PLACES, `of names at most ${MOST_PLACES} addresses`),
});

/** What the first page shows, and where addresses are. */
export function overviewRoutes(services: Pick<Services, "overview" | "placeOf">): Router {
  const router = Router();
  router.get(paths.overview, async (request, response) => {
    response.json(overviewJson(await services.overview(parsed(Span, request.query).hours)));
  });
  router.get(paths.places, (request, response) => {
    const places: PlacesJson["places"] = Object.fromEntries(
      parsed(Of, request.query).of.map((text) => {
        const read = parseTarget(text);
        return [text, "error" in read ? null : services.placeOf(read.target)];
      }),
    );
    response.json({ places } satisfies PlacesJson);
  });
  return router;
}

function overviewJson({
  fromMs,
  toMs,
  stepMs,
  series,
  totals,
  before,
  forYou,
  ...rest
}: Overview): OverviewJson {
  return {
    ...rest,
    from: timeJson(fromMs),
    to: timeJson(toMs),
    stepSeconds: stepMs / 1000,
    series: series.map(({ atMs, ...counted }) => ({ at: timeJson(atMs), ...happenedJson(counted) })),
    totals: happenedJson(totals),
    before: before === null ? null : happenedJson(before),
    forYou: forYou.map(({ atMs, ...item }) => ({ ...item, at: atMs === null ? null : timeJson(atMs) })),
  };
}

function happenedJson({ refusedMicros, ...counts }: Happened): HappenedJson {
  return { ...counts, usdRefused: formatUsd(refusedMicros) };
}
