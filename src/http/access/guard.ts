import { timingSafeEqual } from "node:crypto";
import type { Request, RequestHandler } from "express";
import { isEnough, rightOf, roleWith } from "../../domain/access.js";
import { CSRF_HEADER } from "../contract/paths.js";
import { RequestRefused } from "../errors.js";
import { needOf } from "../operations/need.js";
import type { AccessServices } from "../services.js";
import { visitorOf } from "../visitor.js";
import { sessionCookie } from "./cookie.js";
import { type Caller, setCaller, whoAsks } from "./caller.js";

/** What stands before the whole API on TCP: who is it, may they do that, and does it come from our own page. Bodies are read
 *  behind it. */
export function accessGuard(access: AccessServices): RequestHandler[] {
  return [refuseForeign, authenticate(access), authorize, requireCsrf(access)];
}

function authenticate({ sessions, tokens }: AccessServices): RequestHandler {
  return (request, _response, next) => {
    if (needOf(request.method, request.path) === "nobody") {
      next();
      return;
    }
    const authorization = request.get("authorization");
    const caller =
      authorization === undefined ? bySession(request, sessions) : byToken(authorization, tokens);
    if (caller === null) {
      throw new RequestRefused(
        "sign-in",
        authorization === undefined
          ? "Sign in first."
          : "This token is not valid, or not any more: send `Authorization: Bearer rf_…`.",
      );
    }
    setCaller(request, caller);
    next();
  };
}

function bySession(request: Request, sessions: AccessServices["sessions"]): Caller | null {
  const secret = sessionCookie(request);
  if (secret === null) return null;
  const { source } = visitorOf(request);
  const found = sessions.find(secret, source);
  if (found === null) return null;
  const { name, role } = found.user;
  return {
    by: `web:${name}`,
    name,
    right: rightOf(role),
    via: "session",
    session: { ...found, secret },
    stillMay: () => sessions.find(secret, null)?.user.role === role,
  };
}

function byToken(authorization: string, tokens: AccessServices["tokens"]): Caller | null {
  const secret = /^Bearer +(\S{1,200})$/i.exec(authorization)?.[1];
  const token = secret === undefined ? null : tokens.find(secret);
  if (secret === undefined || token === null) return null;
  return {
    by: `token:${token.name}`,
    name: token.name,
    right: token.scope,
    via: "token",
    session: null,
    stillMay: () => tokens.find(secret) !== null,
  };
}

const authorize: RequestHandler = (request, _response, next) => {
  const needed = needOf(request.method, request.path);
  if (needed === "nobody") {
    next();
    return;
  }
  const { right, via } = whoAsks(request);
  if (!isEnough(right, needed)) {
    const role = roleWith(needed);
    throw new RequestRefused(
      "role",
      via === "token"
        ? `This takes a token with the scope ${needed}.`
        : `This takes the role ${role}: ask an admin, or sign in as somebody who has it.`,
    );
  }
  next();
};

function requireCsrf({ sessions }: AccessServices): RequestHandler {
  return (request, _response, next) => {
    const safe = request.method === "GET" || request.method === "HEAD";
    if (safe || needOf(request.method, request.path) === "nobody") {
      next();
      return;
    }
    const { session } = whoAsks(request);
    if (session !== null && !same(request.get(CSRF_HEADER) ?? "", sessions.csrfOf(session.secret))) {
      throw new RequestRefused(
        "csrf",
        "The request does not come from this session's page: send the `csrf` of GET /api/v1/session as the header Ringfence-CSRF, or reload the page.",
      );
    }
    next();
  };
}

function same(given: string, right: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** No page of another origin asks through its visitor's browser. Browsers tell by `Sec-Fetch-Site` where they trust the address
 *  (https, localhost), and by `Origin` everywhere; programs send neither. */
const refuseForeign: RequestHandler = (request, _response, next) => {
  const site = request.get("sec-fetch-site");
  const origin = request.get("origin");
  const foreign =
    site !== undefined
      ? site !== "same-origin" && site !== "none"
      : origin !== undefined && hostOf(origin) !== visitorOf(request).host?.toLowerCase();
  if (foreign) throw new RequestRefused("forbidden", "Pages of other origins may not ask this.");
  next();
};

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host.toLowerCase() : null;
}
