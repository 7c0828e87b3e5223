import type { IncomingMessage } from "node:http";
import express, { type Express, type RequestHandler, Router } from "express";
import type { Log } from "../guard/ports.js";
import { socketCaller } from "./access/caller.js";
import { SignInLimits } from "./access/limits.js";
import { answerErrors, RequestRefused, unknownRoute } from "./errors.js";
import { operationsOf } from "./operations/need.js";
import { isMediaType } from "./operations/operation.js";
import { accountRoutes } from "./routes/account.js";
import { allowListRoutes } from "./routes/allow-lists.js";
import { banRoutes } from "./routes/bans.js";
import { auditRoutes } from "./routes/audit.js";
import { blockRoutes } from "./routes/blocks.js";
import { importRoutes } from "./routes/imports.js";
import { backupRoutes } from "./routes/backup.js";
import { batchRoutes } from "./routes/batch.js";
import { areaRoutes } from "./routes/areas.js";
import { areaTreeRoutes } from "./routes/area-tree.js";
import { extensionRoutes } from "./routes/extensions.js";
import { priceRoutes } from "./routes/prices.js";
import { tryRoutes } from "./routes/try.js";
import { callRoutes } from "./routes/calls.js";
import { docsRoutes } from "./routes/docs.js";
import { dialPlanRoutes } from "./routes/dial-plan.js";
import { detectionRoutes } from "./routes/detection.js";
import { doctorRoutes } from "./routes/doctor.js";
import { feedRoutes } from "./routes/feed.js";
import { refusalRoutes } from "./routes/refusals.js";
import { limitRoutes } from "./routes/limits.js";
import { overviewRoutes } from "./routes/overview.js";
import { policyRoutes } from "./routes/policy.js";
import { notificationRoutes } from "./routes/notifications.js";
import { pinRoutes } from "./routes/pins.js";
import { rateRoutes } from "./routes/rates.js";
import { ruleRoutes } from "./routes/rules.js";
import { signInRoutes } from "./routes/session.js";
import { shadowRoutes } from "./routes/shadow.js";
import { statusRoutes } from "./routes/status.js";
import { userRoutes } from "./routes/users.js";
import { refuseStale } from "./stale.js";
import type { Services } from "./services.js";

/** JSON bodies are a rule or a question; decks and batches are streams of their own. */
const BODY_LIMIT = "256kb";

/** The whole API; who asks is to be known before (`setCaller`). `close` ends the live feeds. */
export function apiRoutes(services: Services): { readonly router: Router; close(): void } {
  const router = Router();
  router.use((_request, response, next) => {
    response.set("Cache-Control", "no-store");
    next();
  });
  // Before JSON is read: whoever has not signed in sends little of it, and soon.
  const limits = new SignInLimits();
  router.use(signInRoutes(services, limits));
  router.use(express.json({ limit: BODY_LIMIT, type: isJson }), refuseOtherBodies);
  router.use(refuseStale(services));
  const feed = feedRoutes(services);
  router.use(
    accountRoutes(services, limits),
    userRoutes(services),
    backupRoutes(services),
    docsRoutes(),
    statusRoutes(services),
    overviewRoutes(services),
    doctorRoutes(services),
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
    areaTreeRoutes(services),
    extensionRoutes(services),
    priceRoutes(services),
    tryRoutes(services),
    dialPlanRoutes(services),
    refusalRoutes(services),
    allowListRoutes(services),
    detectionRoutes(services),
    policyRoutes(services),
    shadowRoutes(services),
    pinRoutes(services),
    notificationRoutes(services),
    feed.router,
  );
  return { router, close: () => feed.close() };
}

/** What says of itself that it is JSON, or nothing. */
function isJson({ headers }: IncomingMessage): boolean {
  const type = headers["content-type"];
  return type === undefined || /^application\/json\s*(;|$)/i.test(type);
}

/** A body that is not read would be taken for an empty one: of an undo, "only try" would be lost. */
const refuseOtherBodies: RequestHandler = (request, _response, next) => {
  const hasBody = request.is("*/*") !== null && request.get("content-length") !== "0";
  const takesOther = operationsOf(request.method, request.path).some(
    ({ body }) => body !== undefined && isMediaType(body),
  );
  if (hasBody && !isJson(request) && !takesOther) {
    throw new RequestRefused("wrong-type", "Send the body as application/json.");
  }
  next();
};

/** The API for the Unix socket. */
export function socketApp(api: Router, log: Log): Express {
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.use(socketCaller, api);
  app.use(unknownRoute);
  app.use(answerErrors(log));
  return app;
}
