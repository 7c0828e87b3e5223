import type { RequestHandler } from "express";
import { RequestRefused } from "./errors.js";
import type { Services } from "./services.js";

/** Two people at the same rules: who sends `If-Match` with the version of the policy that they looked at is told when somebody
 *  else has changed it since. What is stored is then as the other one left it. A route that reads a body of its own puts this
 *  behind it once more: while the body comes in, others may change the rules. */
export function refuseStale({ rules, audit }: Pick<Services, "rules" | "audit">): RequestHandler {
  return async (request, _response, next) => {
    const given = request.get("if-match");
    if (given === undefined || given === "*" || request.method === "GET" || request.method === "HEAD") {
      next();
      return;
    }
    const seen = /^(?:W\/)?"?(\d{1,15})"?$/.exec(given)?.[1];
    if (seen === undefined) {
      throw new RequestRefused(
        "bad-request",
        "If-Match holds the policy version that you looked at, such as 12.",
      );
    }
    // From here to the change itself nobody else gets a turn.
    const now = rules.policyVersion();
    if (Number(seen) === now) {
      next();
      return;
    }
    const [last] = await audit.list({ sinceMs: null, subject: "policy", beforeId: null, limit: 1 });
    const who = last === undefined ? "Somebody" : last.by;
    throw new RequestRefused(
      "stale",
      `${who} changed the rules while you looked at them (you saw version ${seen}, now it is ${now}): look again, and repeat what you still want.`,
    );
  };
}
