import express, { type Express, type RequestHandler, type Router } from "express";
import type { Target } from "../domain/address.js";
import type { Log } from "../guard/ports.js";
import { sessionCookie } from "./access/cookie.js";
import { accessGuard } from "./access/guard.js";
import { answerErrors, unknownRoute } from "./errors.js";
import { securityHeaders } from "./headers.js";
import { healthz } from "./health.js";
import { type IsOurName, refuseOtherNames } from "./host.js";
import { portalRoutes } from "./portal/routes.js";
import type { Services } from "./services.js";
import { uiRoutes } from "./ui.js";
import { visitorOf, visitors } from "./visitor.js";

export interface TcpOptions {
  /** The folder of the built web UI. */
  readonly ui: string;
  readonly trustedProxies: readonly Target[];
  readonly isOurName: IsOurName;
}

/** What browsers and programs reach over TCP: the page for people who are locked out, the web UI's files, and the API behind its
 *  guard. */
export function tcpApp(services: Services, api: Router, options: TcpOptions, log: Log): Express {
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  // Who visits is worked out in one place, ours.
  app.set("trust proxy", false);
  app.use(visitors(options.trustedProxies), securityHeaders);
  app.get("/healthz", healthz(services));
  app.use("/portal", portalRoutes(services));
  app.get("/", sendShutOutToPortal(services));
  // The page for people who are locked out goes by their address alone, and answers whatever name led them here.
  app.use(refuseOtherNames(options.isOurName));
  app.use(uiRoutes(options.ui));
  // Whatever comes this far is the API's, however its path is written.
  app.use(accessGuard(services.access), api);
  app.use(unknownRoute);
  app.use(answerErrors(log));
  return app;
}

/** Who is shut out has come to learn why; who is signed in, to work. */
function sendShutOutToPortal({ bans, access }: Pick<Services, "bans" | "access">): RequestHandler {
  return (request, response, next) => {
    const { source } = visitorOf(request);
    const secret = sessionCookie(request);
    const signedIn = secret !== null && access.sessions.find(secret, source) !== null;
    if (source !== null && !signedIn && bans.isShutOut(source)) response.redirect(302, "/portal");
    else next();
  };
}
