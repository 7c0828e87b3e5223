import express, { type ErrorRequestHandler, type RequestHandler, Router } from "express";
import { RingfenceError } from "../../domain/error.js";
import type { PortalAnswer } from "../../guard/portal.js";
import { RequestRefused } from "../errors.js";
import type { Services } from "../services.js";
import { visitorOf } from "../visitor.js";
import { faultPage, ONLY_TELL, portalPage } from "./page.js";
import { CONTENT_POLICY } from "./style.js";

/** Two short fields. */
const BODY_LIMIT = "1kb";

/** The page for people who are locked out, for mounting at `/portal`: about the visitor's own address alone, without a session, and
 *  without a script. */
export function portalRoutes(services: Pick<Services, "portal" | "clock">): Router {
  const router = Router();
  router.use(pageHeaders);
  router.get("/", async (request, response) => {
    const { source, address } = visitorOf(request);
    const view = source === null ? null : await services.portal.look(source);
    response.type("html").send(portalPage(view, { address, answer: null, nowMs: services.clock.nowMs() }));
  });
  router.post(
    "/",
    refuseForeign,
    express.urlencoded({ extended: false, limit: BODY_LIMIT, parameterLimit: 10 }),
    async (request, response) => {
      const { source, address } = visitorOf(request);
      if (source === null) throw new RequestRefused("refused", "Your address can't be told.");
      const { extension, pin, onlyTell } = fieldsOf(request.body);
      const { portal, clock } = services;
      const answer = await (onlyTell
        ? portal.tell(source, extension, pin)
        : portal.letIn(source, extension, pin));
      const view = await portal.look(source, "hints" in answer);
      if (answer.result === "wait") response.set("Retry-After", String(Math.ceil(answer.waitMs / 1_000)));
      response
        .status(statusOf(answer))
        .type("html")
        .send(portalPage(view, { address, answer, nowMs: clock.nowMs() }));
    },
  );
  router.use(answerFaults);
  return router;
}

const pageHeaders: RequestHandler = (_request, response, next) => {
  response.set({
    "Content-Security-Policy": CONTENT_POLICY,
    // With `no-referrer` a browser would send the form from "Origin: null".
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
  });
  next();
};

/** No page of another origin sends the form through its visitor's browser: it would use up their tries. */
const refuseForeign: RequestHandler = (request, _response, next) => {
  const site = request.get("sec-fetch-site");
  const origin = request.get("origin");
  const isForeign =
    site !== undefined
      ? site !== "same-origin"
      : origin !== undefined && hostOf(origin) !== visitorOf(request).host?.toLowerCase();
  if (isForeign)
    throw new RequestRefused("forbidden", "The form was not sent from this page. Open it and try again.");
  next();
};

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host.toLowerCase() : null;
}

/** A name that no extension can have is answered like one that nobody has. */
function fieldsOf(body: unknown): { extension: string; pin: string; onlyTell: boolean } {
  const fields: Record<string, unknown> = typeof body === "object" && body !== null ? { ...body } : {};
  const { extension, pin } = fields;
  if (typeof extension !== "string" || typeof pin !== "string") {
    throw new RequestRefused("bad-request", "Fill in both the extension and the PIN.");
  }
  return {
    extension: extension.trim().slice(0, 80),
    pin: pin.replace(/[\s-]/g, "").slice(0, 12),
    onlyTell: fields["do"] === ONLY_TELL,
  };
}

function statusOf({ result }: PortalAnswer): number {
  switch (result) {
    case "wrong":
      return 403;
    case "wait":
      return 429;
    case "busy":
      return 503;
    case "open":
    case "told":
    case "administrator":
    case "mend-first":
    case "lifted":
      return 200;
  }
}

/** People get a page, and what is broken goes on to be logged. */
const answerFaults: ErrorRequestHandler = (fault: unknown, _request, response, next) => {
  if (fault instanceof RingfenceError || response.headersSent) {
    next(fault);
    return;
  }
  const known = fault instanceof RequestRefused;
  const status = known
    ? fault.code === "forbidden"
      ? 403
      : fault.code === "refused"
        ? 422
        : 400
    : clientStatus(fault);
  if (status === null) {
    next(fault);
    return;
  }
  const sentence = known ? fault.message : "The form can't be read. Open the page and try again.";
  response.status(status).type("html").send(faultPage(sentence));
};

function clientStatus(fault: unknown): number | null {
  if (typeof fault !== "object" || fault === null || !("status" in fault)) return null;
  return typeof fault.status === "number" && fault.status >= 400 && fault.status < 500 ? fault.status : null;
}
