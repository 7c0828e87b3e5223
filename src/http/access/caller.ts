import type { IncomingMessage } from "node:http";
import type { RequestHandler } from "express";
import type { Right } from "../../domain/access.js";
import type { SignedIn } from "../../guard/access/sessions.js";
import { USER_HEADER } from "../contract/paths.js";

/** Who sent a request, and what they may do. */
export interface Caller {
  /** For the audit: `web:alice`, `token:ci`, `cli:root`. */
  readonly by: string;
  readonly name: string;
  readonly right: Right;
  readonly via: "session" | "token" | "socket";
  /** Of a browser. */
  readonly session: (SignedIn & { readonly secret: string }) | null;
  /** Whether they still may, a while later: for answers that don't end. */
  stillMay(): boolean;
}

/** Beside the request and not on it: no header and no body can put anything there. */
const CALLERS = new WeakMap<IncomingMessage, Caller>();

export function setCaller(request: IncomingMessage, caller: Caller): void {
  CALLERS.set(request, caller);
}

/** Throws where nobody has asked who it is: a route outside the guard. */
export function whoAsks(request: IncomingMessage): Caller {
  const caller = CALLERS.get(request);
  if (caller === undefined) throw new TypeError("a route was reached without a caller");
  return caller;
}

/** Everybody who reaches the socket may do everything, so the name that they give is believed. */
export const socketCaller: RequestHandler = (request, _response, next) => {
  const name = request.get(USER_HEADER) ?? "";
  const given = /^[a-z_][a-z0-9_.-]{0,31}$/i.test(name);
  setCaller(request, {
    by: given ? `cli:${name}` : "cli",
    name: given ? name : "cli",
    right: "admin",
    via: "socket",
    session: null,
    stillMay: () => true,
  });
  next();
};
