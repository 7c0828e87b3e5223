import { randomBytes } from "node:crypto";
import type { RequestHandler, Response } from "express";
import { visitorOf } from "./visitor.js";

/** Nothing runs, nothing is framed, nothing is sent anywhere: what holds for all that is no page of ours. */
const NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const YEAR_SECONDS = 31_536_000;

/** On every answer. Pages loosen the content policy by `allowPage`. */
export const securityHeaders: RequestHandler = (request, response, next) => {
  response.set({
    "Content-Security-Policy": NOTHING,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "no-store",
  });
  if (visitorOf(request).secure) {
    response.set({
      "Strict-Transport-Security": `max-age=${YEAR_SECONDS}`,
      // Over plain HTTP browsers pass it over, with an error in their console.
      "Cross-Origin-Opener-Policy": "same-origin",
    });
  }
  next();
};

/** Lets a page of ours load its own files and talk to us. Scripts come from files alone, inline styles need the nonce that this returns. */
export function allowPage(response: Response): string {
  const nonce = randomBytes(16).toString("base64");
  response.set(
    "Content-Security-Policy",
    [
      "default-src 'none'",
      "script-src 'self'",
      `style-src 'self' 'nonce-${nonce}'`,
      "img-src 'self' data:",
      "font-src 'self'",
      "connect-src 'self'",
      "manifest-src 'self'",
      "base-uri 'none'",
      "form-action 'self'",
      "frame-ancestors 'none'",
    ].join("; "),
  );
  return nonce;
}
