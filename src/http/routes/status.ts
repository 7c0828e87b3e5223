import { Router } from "express";
import { paths, type StatusJson, type WhyJson } from "../contract.js";
import { RequestRefused } from "../errors.js";
import { deckJson, explanationJson, timeJson } from "../json.js";
import type { Services, Status } from "../services.js";

export function statusRoutes(services: Pick<Services, "clock" | "status" | "why">): Router {
  const router = Router();
  router.get(paths.status, async (_request, response) => {
    response.json(statusJson(await services.status(), services.clock.nowMs()));
  });
  router.get("/api/v1/why/:target", async (request, response) => {
    const target = request.params.target.trim();
    const explanation = await services.why(target);
    if (explanation === null) {
      throw new RequestRefused(
        "not-found",
        `Nothing is known of ${JSON.stringify(target.slice(0, 80))}: it is no address that was seen here, and no extension. If a phone there can't sign in, nothing of it arrives: look at its network, its firewall, and the server's address in it.`,
      );
    }
    response.json(explanationJson(explanation) satisfies WhyJson);
  });
  return router;
}

function statusJson(status: Status, nowMs: number): StatusJson {
  const { startedAtMs, decks, ...rest } = status;
  return { ...rest, startedAt: timeJson(startedAtMs), decks: decks.map((deck) => deckJson(deck, nowMs)) };
}
