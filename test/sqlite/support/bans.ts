import { NO_FINDINGS, type NewBan } from "../../../src/domain/intrusion/ban.js";
import { target } from "../../target.js";

export { target };

export function newBan(over: Partial<NewBan> = {}): NewBan {
  return {
    target: target("203.0.113.12"),
    cause: "attack",
    trigger: "attempts",
    standing: "stranger",
    proof: "unproven",
    scope: "host",
    rung: 1,
    fromMs: 1_000,
    untilMs: 2_000,
    note: null,
    by: "ringfence",
    evidence: {
      ...NO_FINDINGS,
      attempts: 10,
      accounts: ["100"],
      firstAtMs: 500,
      lastAtMs: 1_000,
      services: ["pjsip"],
      transports: ["udp"],
      summary: "10 failed attempts in 10 minutes",
    },
    ...over,
  };
}
