import { createHash } from "node:crypto";
import express, { type Express, type RequestHandler } from "express";
import { sourceOf } from "../domain/address.js";
import type { Log } from "../guard/ports.js";
import { answerErrors, RequestRefused, unknownRoute } from "./errors.js";
import type { Services, Status } from "./services.js";

export type PublicServices = Pick<Services, "status" | "clock"> & {
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
 *  visitor's own, and changes nothing; rules are changed on the Unix socket. */
export function publicApp(services: PublicServices, log: Log): Express {
  const app = express();
  app.disable("x-powered-by");
  // The visitor's address comes from the socket: X-Forwarded-For is whatever its sender likes.
  app.set("trust proxy", false);
  app.use(securityHeaders, refuseForeign);
  const status = sharedFor(STATUS_MS, services);
  app.get("/healthz", async (_request, response) => {
    const { guards } = await status();
    const ok = guards.every((guard) => guard.up || !guard.vital);
    response
      .status(ok ? 200 : 503)
      .json({ ok, guards: Object.fromEntries(guards.map(({ name, up }) => [name, up])) });
  });
  app.get("/", async (request, response) => {
    const source = sourceOf(request.socket.remoteAddress ?? "");
    const { bansInForce, last24h } = await status();
    const shutOut = source !== null && services.bans.isShutOut(source);
    response.type("html").send(page({ source, shutOut, bansInForce, callsRefused: last24h.callsRefused }));
  });
  app.use(unknownRoute);
  app.use(answerErrors(log));
  return app;
}

/** The status of at most `ms` ago: to find out takes a process and a few queries, and strangers may ask as often as they like. */
function sharedFor(ms: number, services: PublicServices): () => Promise<Status> {
  let asked: { readonly atMs: number; readonly answer: Promise<Status> } | null = null;
  return () => {
    const nowMs = services.clock.nowMs();
    if (asked === null || nowMs - asked.atMs >= ms) {
      asked = { atMs: nowMs, answer: Promise.resolve().then(() => services.status()) };
    }
    return asked.answer;
  };
}

const securityHeaders: RequestHandler = (_request, response, next) => {
  response.set({
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
  });
  next();
};

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
