import type { RequestHandler } from "express";
import { RequestRefused } from "./errors.js";
import type { Services } from "./services.js";

/** Two people at the same rules: who sends `If-Match` with the version of the policy that they looked at is told when somebody
 *  else has changed it since. What is stored is then as the other one left it. */
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
    const last = await audit.list({ sinceMs: null, subject: "policy", beforeId: null, limit: 1 });
    // Read last: from here to the change itself nobody else gets a turn.
    const { policyVersion } = rules.neverBan();
    if (Number(seen) !== policyVersion) {
      const who = last[0] === undefined ? "Somebody" : last[0].by;
      throw new RequestRefused(
        "stale",
        `${who} changed the rules while you looked at them (you saw version ${seen}, now it is ${policyVersion}): look again, and repeat what you still want.`,
      );
    }
    next();
  };
}
