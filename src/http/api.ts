import express, { type Express } from "express";
import type { Log } from "../guard/ports.js";
import { answerErrors, unknownRoute } from "./errors.js";
import { allowListRoutes } from "./routes/allow-lists.js";
import { banRoutes } from "./routes/bans.js";
import { auditRoutes } from "./routes/audit.js";
import { blockRoutes } from "./routes/blocks.js";
import { importRoutes } from "./routes/imports.js";
import { batchRoutes } from "./routes/batch.js";
import { areaRoutes } from "./routes/areas.js";
import { callRoutes } from "./routes/calls.js";
import { dialPlanRoutes } from "./routes/dial-plan.js";
import { detectionRoutes } from "./routes/detection.js";
import { feedRoutes } from "./routes/feed.js";
import { limitRoutes } from "./routes/limits.js";
import { overviewRoutes } from "./routes/overview.js";
import { policyRoutes } from "./routes/policy.js";
import { pinRoutes } from "./routes/pins.js";
import { rateRoutes } from "./routes/rates.js";
import { ruleRoutes } from "./routes/rules.js";
import { shadowRoutes } from "./routes/shadow.js";
import { statusRoutes } from "./routes/status.js";
import type { Services } from "./services.js";

/** JSON bodies are a rule or a question; decks and batches are streams of their own. */
const BODY_LIMIT = "256kb";

/** The whole API, for the Unix socket. `close` ends the live feeds. */
export function apiApp(services: Services, log: Log): { readonly app: Express; close(): void } {
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.use((_request, response, next) => {
    response.set("Cache-Control", "no-store");
    next();
  });
  app.use(express.json({ limit: BODY_LIMIT }));
  const feed = feedRoutes(services);
  app.use(
    statusRoutes(services),
    overviewRoutes(services),
    banRoutes(services),
    blockRoutes(services),
    importRoutes(services),
    auditRoutes(services),
    callRoutes(services),
    batchRoutes(services),
    rateRoutes(services),
    ruleRoutes(services),
    limitRoutes(services),
    areaRoutes(services),
    dialPlanRoutes(services),
    allowListRoutes(services),
    detectionRoutes(services),
    policyRoutes(services),
    shadowRoutes(services),
    pinRoutes(services),
    feed.router,
  );
  app.use(unknownRoute);
  app.use(answerErrors(log));
  return { app, close: () => feed.close() };
}
