import type { Request, Response } from "express";
import { SESSION_COOKIE } from "../contract/paths.js";

/** Of two cookies of the name, as another path or a subdomain may set, none is believed. */
export function sessionCookie(request: Request): string | null {
  const values = (request.get("cookie") ?? "")
    .split(";")
    .map((part) => part.trim())
    .filter((part) => part.startsWith(`${SESSION_COOKIE}=`))
    .map((part) => part.slice(SESSION_COOKIE.length + 1));
  const [value] = values;
  return values.length === 1 && value !== undefined && /^[\w-]{20,100}$/.test(value) ? value : null;
}

/** Null takes it away. It ends with the browser; the daemon ends it sooner. */
export function setSessionCookie(response: Response, value: string | null, secure: boolean): void {
  response.cookie(SESSION_COOKIE, value ?? "", {
    httpOnly: true,
    sameSite: "strict",
    secure,
    path: "/",
    ...(value === null && { expires: new Date(0) }),
  });
}
