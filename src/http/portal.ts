import { createHash } from "node:crypto";
import { type RequestHandler, Router } from "express";
import { sharedFor } from "./health.js";
import type { Services } from "./services.js";
import { RequestRefused } from "./errors.js";
import { visitorOf } from "./visitor.js";

export type PortalServices = Pick<Services, "status" | "clock"> & {
  readonly bans: Pick<Services["bans"], "isShutOut">;
};

const STYLE =
  "body{font:1rem/1.5 sans-serif;max-width:34rem;margin:3rem auto;padding:0 1rem}code{font-size:1.1em}";
const STATUS_MS = 2_000;
const CONTENT_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** What anybody may open who reaches the TCP port: whether this runs, and whether they are shut out. It tells no address but the
 *  visitor's own. */
export function portalRoutes(services: PortalServices): Router {
  const router = Router();
  const status = sharedFor(STATUS_MS, services);
  router.use(refuseForeign);
  router.get("/", async (request, response) => {
    const { source } = visitorOf(request);
    const { bansInForce, last24h } = await status();
    const shutOut = source !== null && services.bans.isShutOut(source);
    response.set("Content-Security-Policy", CONTENT_POLICY);
    response.type("html").send(page({ source, shutOut, bansInForce, callsRefused: last24h.callsRefused }));
  });
  return router;
}
/** Only reading, and no page of another origin reads through its visitor's browser. Following a link to here is fine. */
const refuseForeign: RequestHandler = (request, _response, next) => {
  if (request.method !== "GET" && request.method !== "HEAD") {
    throw new RequestRefused("wrong-method", "Here one can only look: use GET.");
  }
  const site = request.get("sec-fetch-site");
  const elsewhere = site === "cross-site" || site === "same-site";
  const followsLink =
    request.get("sec-fetch-mode") === "navigate" && request.get("sec-fetch-dest") === "document";
  if (request.get("origin") !== undefined || (elsewhere && !followsLink)) {
    throw new RequestRefused("forbidden", "Pages of other origins may not read this.");
  }
  next();
};

interface PageFacts {
  readonly source: string | null;
  readonly shutOut: boolean;
  readonly bansInForce: number;
  readonly callsRefused: number;
}

/** Addresses are canonical text and counts are numbers: nothing here needs escaping. */
function page({ source, shutOut, bansInForce, callsRefused }: PageFacts): string {
  const standing = shutOut
    ? "is <strong>shut out</strong> of this phone system. Ask its administrator to lift that."
    : "is <strong>not shut out</strong>. If your phone can't register, check its user name and password.";
  const yours = source === null ? "" : `<p>Your address <code>${source}</code> ${standing}</p>`;
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Ringfence</title><style>${STYLE}</style></head>
<body>
<h1>Ringfence is running</h1>
${yours}
<p>Sources shut out now: ${bansInForce}. Calls refused in the last 24 hours: ${callsRefused}.</p>
</body>
</html>
`;
}
