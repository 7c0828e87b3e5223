import { STATUS_CODES } from "node:http";
import type { ErrorRequestHandler, Request, RequestHandler, Response } from "express";
import { type ErrorCode, RingfenceError } from "../domain/error.js";
import type { Log } from "../guard/ports.js";
import type { ErrorJson, FileFaultJson } from "./contract.js";

/** What a route may refuse with. `bad-request`: malformed. `protected`, `refused`: understood, and not done. */
export type RefusalCode =
  | "bad-request"
  | "sign-in"
  | "wrong-login"
  | "totp-needed"
  | "csrf"
  | "role"
  | "stale"
  | "too-many"
  | "forbidden"
  | "not-found"
  | "wrong-method"
  | "wrong-host"
  | "protected"
  | "too-large"
  | "wrong-type"
  | "refused";

/** The one place where an error becomes a status. */
const STATUS: Readonly<Record<RefusalCode | ErrorCode, number>> = {
  "bad-request": 400,
  "sign-in": 401,
  "wrong-login": 401,
  "totp-needed": 401,
  csrf: 403,
  role: 403,
  stale: 409,
  "too-many": 429,
  forbidden: 403,
  "not-found": 404,
  "wrong-method": 405,
  "wrong-host": 421,
  protected: 409,
  "too-large": 413,
  "wrong-type": 415,
  refused: 422,
  config: 500,
  internal: 500,
  "asterisk-refused": 502,
  "asterisk-unreachable": 503,
  firewall: 503,
  store: 503,
  busy: 503,
};

/** Ends a request with a refusal; `message` is for people and says what to write or do instead. */
export class RequestRefused extends Error {
  constructor(
    readonly code: RefusalCode,
    message: string,
    /** What is wrong in a file that was sent, one by one. */
    readonly faults: readonly FileFaultJson[] = [],
  ) {
    super(message);
    this.name = "RequestRefused";
  }
}

/** Asked too often; `seconds` from now it may be asked again. */
export class TooMany extends RequestRefused {
  constructor(
    message: string,
    readonly seconds: number,
  ) {
    super("too-many", message);
  }
}

export const unknownRoute: RequestHandler = (request) => {
  throw new RequestRefused("not-found", `There is no ${request.method} ${request.path} here.`);
};

/** Must stay the last middleware. What breaks is logged here, once. */
export function answerErrors(log: Log): ErrorRequestHandler {
  return (fault: unknown, request: Request, response: Response, next) => {
    const { status, code, message, faults = [] } = answerTo(fault);
    if (status >= 500) {
      log.error("request failed", { method: request.method, path: request.path, code, fault: textOf(fault) });
    }
    if (response.headersSent) {
      // A stream that breaks off must not look like one that is complete: express cuts the connection.
      next(fault);
      return;
    }
    if (fault instanceof TooMany) response.set("Retry-After", String(fault.seconds));
    const problem: ErrorJson = {
      type: "about:blank",
      title: STATUS_CODES[status] ?? "Error",
      status,
      detail: message,
      code,
      ...(faults.length > 0 && { faults }),
    };
    response.status(status).type("application/problem+json").send(JSON.stringify(problem));
  };
}

interface Answer {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly faults?: readonly FileFaultJson[];
}

function answerTo(fault: unknown): Answer {
  if (fault instanceof RequestRefused && fault.faults.length > 0) {
    return { status: STATUS[fault.code], code: fault.code, message: fault.message, faults: fault.faults };
  }
  if (fault instanceof RequestRefused || fault instanceof RingfenceError) {
    return { status: STATUS[fault.code], code: fault.code, message: fault.message };
  }
  if (isRequestFault(fault)) {
    const code = codeOfStatus(fault.status);
    return { status: STATUS[code], code, message: `The request can't be read: ${fault.message}.` };
  }
  return { status: 500, code: "internal", message: "Something broke in the daemon; its log says what." };
}

/** What express, its router and its body parser throw about a request: an error with a 4xx status, by convention. */
function isRequestFault(fault: unknown): fault is Error & { status: number } {
  if (typeof fault !== "object" || fault === null || !("status" in fault)) return false;
  return typeof fault.status === "number" && fault.status >= 400 && fault.status < 500;
}

function codeOfStatus(status: number): RefusalCode {
  if (status === 413) return "too-large";
  return status === 415 ? "wrong-type" : "bad-request";
}

function textOf(fault: unknown): string {
  if (!(fault instanceof Error)) return String(fault);
  const cause = fault.cause === undefined ? "" : ` (${textOf(fault.cause)})`;
  return `${fault.stack ?? fault.message}${cause}`;
}
