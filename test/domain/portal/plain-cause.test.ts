import type { Cause, Trigger } from "../../../src/domain/intrusion/ban.js";
import { comesBackInMs } from "../../../src/domain/portal/comes-back.js";
import { mayLift, plainCause } from "../../../src/domain/portal/plain-cause.js";
import { DEFAULT_INTRUSION } from "../../../src/domain/intrusion/settings.js";

const shut = (trigger: Trigger, cause: Cause, names: readonly string[]) => ({
  trigger,
  cause,
  evidence: { accounts: names, tried: [] },
});
const nowhere = () => false;

test.each<[Cause]>([
  ["outdated-credentials"],
  ["typo"],
  ["stale-device"],
  ["attack"],
  ["wrong-signalling"],
  ["allow-list"],
])("to a stranger %s looks like any other wrong credentials", (cause) => {
  expect(plainCause(shut("attempts", cause, ["104"]), nowhere)).toBe("credentials");
});

test("where every account that was tried has worked, it says what it is", () => {
  const worked = (name: string) => name === "104";
  expect(plainCause(shut("account-failures", "outdated-credentials", ["104"]), worked)).toBe(
    "outdated-credentials",
  );
  // 104 works here, and says nothing of whether there is a 105.
  expect(plainCause(shut("attempts", "outdated-credentials", ["104", "105"]), worked)).toBe("credentials");
});

test.each<[Trigger, readonly string[], string]>([
  ["attempts", ["1", "2", "3", "4"], "attack"],
  ["account-names", ["1"], "attack"],
  ["flood", [], "attack"],
  ["network", [], "network"],
  ["call-attempts", [], "call-script"],
  ["by-hand", [], "by-hand"],
])("what %s of %p did says it all: %s", (trigger, names, plain) => {
  expect(plainCause(shut(trigger, "attack", names), nowhere)).toBe(plain);
});

test("a phone system whose calls carry the callers' names is told so, not taken for somebody with a list of names", () => {
  const callers = ["+493012345601", "+493012345602", "+493012345603", "+493012345604"];
  const seen = { accounts: callers, tried: [], lastSuccessAtMs: 1_000, lastAtMs: 2_000 };
  const of = (evidence: object) =>
    plainCause({ trigger: "account-names", cause: "attack", evidence: { ...seen, ...evidence } }, nowhere);
  expect(of({ methods: ["INVITE"] })).toBe("wrong-signalling");
  // Without the mirror nobody tells a call from a registration, but by the look of the names.
  expect(of({ methods: [] })).toBe("wrong-signalling");
  expect(of({ methods: [], accounts: [...callers, "admin"] })).toBe("attack");
  expect(of({ methods: ["INVITE", "REGISTER"] })).toBe("attack");
  expect(of({ methods: ["INVITE"], lastSuccessAtMs: null })).toBe("attack");
});

test("who tries faster than a phone makes it is not offered to lift it", () => {
  const tried = { name: "104", tries: 20, firstAtMs: 0, lastAtMs: 1, gapDeviationMs: 0, kinds: [] };
  const of = (gapMs: number) =>
    plainCause(
      {
        trigger: "attempts",
        cause: "attack",
        evidence: { accounts: ["104"], tried: [{ ...tried, gapMs }] },
      },
      nowhere,
    );
  expect(of(50)).toBe("attack");
  expect(of(1_300)).toBe("credentials");
});

test.each<[Trigger, Cause, boolean]>([
  ["attempts", "outdated-credentials", true],
  ["attempts", "typo", true],
  ["slow-attack", "stale-device", true],
  ["attempts", "wrong-signalling", true],
  ["call-attempts", "call-script", true],
  ["account-failures", "allow-list", true],
  ["attempts", "attack", false],
  ["by-hand", "by-hand", false],
  ["network", "attack", false],
])("%s for %s may be lifted by oneself: %p", (trigger, cause, may) => {
  expect(mayLift({ trigger, cause })).toBe(may);
});

test.each<[readonly (number | null)[], "ban" | "block", number | null]>([
  [[40_000], "ban", 400_000],
  // Two devices are back in half the time.
  [[80_000, 80_000], "ban", 400_000],
  // Too seldom for ten in ten minutes, often enough for a hundred in a day.
  [[600_000], "ban", 60_000_000],
  [[3_600_000], "ban", null],
  [[10_000], "block", 400_000],
  [[60_000], "block", null],
  [[null], "ban", null],
  [[], "ban", null],
])("tries every %p ms bring a %s in %p ms", (gaps, what, ms) => {
  const tried = gaps.map((gapMs) => ({ gapMs }));
  const found = comesBackInMs(tried, what, DEFAULT_INTRUSION);
  if (ms === null) expect(found).toBeNull();
  else expect(found).toBeCloseTo(ms, 3);
});
