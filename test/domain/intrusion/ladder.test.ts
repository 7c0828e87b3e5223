import { NO_FINDINGS, SUPERSEDED, type Ban, type Block } from "../../../src/domain/intrusion/ban.js";
import type { AccountGuilt, Guilt } from "../../../src/domain/intrusion/finding.js";
import { planBan, planBlock } from "../../../src/domain/intrusion/ladder.js";
import { DEFAULT_INTRUSION } from "../../../src/domain/intrusion/settings.js";
import { source, T0 } from "./script.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const guilt: Guilt = {
  source: source("203.0.113.12"),
  trigger: "attempts",
  standing: "stranger",
  proof: "returned",
  atMs: T0,
  evidence: {
    ...NO_FINDINGS,
    attempts: 10,
    accounts: ["100"],
    firstAtMs: T0 - 5_000,
    lastAtMs: T0,
    services: ["pjsip"],
    transports: ["tcp"],
    summary: "10 failed attempts on 1 account in 5 s over TCP",
  },
};

/** A ban that ended `agoMs` before now. */
function past(rung: number, agoMs: number, over: Partial<Ban> = {}): Ban {
  const untilMs = T0 - agoMs;
  const plan = planBan(guilt, [], DEFAULT_INTRUSION, untilMs - HOUR, 0.5);
  return { ...plan, id: 1, untilMs, liftedAtMs: null, liftedBy: null, rung, ...over };
}

function lifted(rung: number, agoMs: number, by: string): Ban {
  return past(rung, agoMs, { liftedAtMs: T0 - agoMs, liftedBy: by });
}

test.each<[string, Ban[], number, number]>([
  ["the first time", [], 1, 15 * MINUTE],
  ["the second", [past(1, MINUTE)], 2, HOUR],
  ["the third", [past(2, MINUTE), past(1, 2 * HOUR)], 3, 6 * HOUR],
  ["the fourth", [past(3, MINUTE)], 4, DAY],
  ["the fifth", [past(4, MINUTE)], 5, 7 * DAY],
  ["from the last rung on", [past(5, MINUTE)], 5, 7 * DAY],
  ["after nearly 30 clean days", [past(3, 30 * DAY - 1)], 4, DAY],
  ["after 30 clean days", [past(3, 30 * DAY)], 1, 15 * MINUTE],
  ["after a clean stretch further back", [past(1, MINUTE), past(4, 31 * DAY + HOUR)], 2, HOUR],
  ["after a ban that was lifted by hand", [lifted(3, MINUTE, "anna")], 1, 15 * MINUTE],
  ["after a lifted ban and one that ran out", [lifted(3, MINUTE, "anna"), past(1, DAY)], 2, HOUR],
  ["after a ban that a newer one replaced", [lifted(2, MINUTE, SUPERSEDED)], 3, 6 * HOUR],
  ["after a ban by hand", [past(0, MINUTE, { cause: "by-hand", trigger: "by-hand" })], 1, 15 * MINUTE],
  ["after weaker evidence in between", [past(2, MINUTE), past(4, DAY)], 5, 7 * DAY],
])("%s", (_, history, rung, banMs) => {
  const ban = planBan(guilt, history, DEFAULT_INTRUSION, T0, 0.5);
  expect(ban.rung).toBe(rung);
  expect(ban.untilMs).toBe(T0 + banMs);
});

test.each([
  [0, 1],
  [1, 2],
  [2, 2],
  [5, 2],
])("without proof, a source that stood on rung %d comes to rung %d", (before, rung) => {
  const history = before === 0 ? [] : [past(before, MINUTE)];
  const ban = planBan({ ...guilt, proof: "unproven" }, history, DEFAULT_INTRUSION, T0, 0.5);
  expect(ban.rung).toBe(rung);
});

test.each([
  [0, 13.5],
  [0.5, 15],
  [0.999999, 16.5],
])("random %d makes it %d minutes", (random, minutes) => {
  const ban = planBan(guilt, [], DEFAULT_INTRUSION, T0, random);
  expect(((ban.untilMs ?? 0) - T0) / MINUTE).toBeCloseTo(minutes, 3);
});

test("without jitter the length is exact, whatever the lot", () => {
  const ban = planBan(guilt, [], { ...DEFAULT_INTRUSION, jitter: 0 }, T0, 0.9);
  expect(ban.untilMs).toBe(T0 + 15 * MINUTE);
});

test("carries what it was decided on", () => {
  expect(planBan(guilt, [], DEFAULT_INTRUSION, T0 + 7, 0.5)).toEqual({
    target: "203.0.113.12",
    cause: "attack",
    trigger: "attempts",
    standing: "stranger",
    proof: "returned",
    scope: "host",
    rung: 1,
    fromMs: T0 + 7,
    untilMs: T0 + 7 + 15 * MINUTE,
    note: null,
    by: "ringfence",
    evidence: guilt.evidence,
  });
});

test("a ladder without rungs is a fault of whoever let the settings through", () => {
  expect(() => planBan(guilt, [], { ...DEFAULT_INTRUSION, ladderMs: [] }, T0, 0.5)).toThrow("no rung 0");
});

describe("a block", () => {
  const failing: AccountGuilt = { ...guilt, account: "101", trigger: "account-failures", standing: "known" };
  const before = (rung: number, agoMs: number): Block => {
    const plan = planBlock(failing, [], DEFAULT_INTRUSION, T0 - agoMs - HOUR, 0.5);
    return { ...plan, id: 1, rung, untilMs: T0 - agoMs, liftedAtMs: null, liftedBy: null };
  };

  test("carries what it was decided on", () => {
    expect(planBlock(failing, [], DEFAULT_INTRUSION, T0, 0.5, "outdated-credentials")).toEqual({
      account: "101",
      source: "203.0.113.12",
      cause: "outdated-credentials",
      trigger: "account-failures",
      standing: "known",
      proof: "returned",
      rung: 1,
      fromMs: T0,
      untilMs: T0 + 15 * MINUTE,
      note: null,
      by: "ringfence",
      evidence: guilt.evidence,
    });
  });

  test.each<[string, Block[], AccountGuilt["proof"], number]>([
    ["the second", [before(1, MINUTE)], "returned", 2],
    ["the third", [before(2, MINUTE)], "returned", 3],
    ["the third without proof", [before(2, MINUTE)], "unproven", 2],
    ["after 30 clean days", [before(4, 30 * DAY)], "returned", 1],
  ])("climbs the ladder of bans: %s", (_, history, proof, rung) => {
    expect(planBlock({ ...failing, proof }, history, DEFAULT_INTRUSION, T0, 0.5).rung).toBe(rung);
  });
});
