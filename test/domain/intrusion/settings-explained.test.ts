import fc from "fast-check";
import { formatDuration, parseDuration } from "../../../src/domain/duration.js";
import { DEFAULT_INTRUSION } from "../../../src/domain/intrusion/settings.js";
import {
  formatSetting,
  INTRUSION_FIELDS,
  INTRUSION_SETTINGS,
  rangeText,
  settingNamed,
  withSettings,
} from "../../../src/domain/intrusion/settings-explained.js";

test("every setting has a name of its own and a sentence, and its default may be written", () => {
  expect([...INTRUSION_FIELDS].sort()).toEqual(Object.keys(DEFAULT_INTRUSION).sort());
  const names = INTRUSION_FIELDS.map((field) => INTRUSION_SETTINGS[field].name);
  expect(new Set(names).size).toBe(names.length);
  for (const field of INTRUSION_FIELDS) {
    const { name, why, title } = INTRUSION_SETTINGS[field];
    expect(name).toMatch(/^[a-z][a-z-]*$/);
    expect(settingNamed(name)).toBe(field);
    expect(why).toMatch(/^[^\n]{20,250}\.$/);
    expect(title).not.toMatch(/\.$/);
    const written = { [name]: formatSetting(field, DEFAULT_INTRUSION) };
    expect(withSettings(DEFAULT_INTRUSION, written)).toEqual({ settings: DEFAULT_INTRUSION });
  }
});

test.each<[string, unknown, string, unknown]>([
  ["attempts", "12", "attempts", 12],
  ["attempts", 12, "attempts", 12],
  ["window", "90s", "windowMs", 90_000],
  ["ladder", "15m,1h", "ladderMs", [900_000, 3_600_000]],
  ["ladder", ["15m", "1h"], "ladderMs", [900_000, 3_600_000]],
  ["ladder", "1d", "ladderMs", [86_400_000]],
  ["jitter", "0", "jitter", 0],
  ["group-action", "ban", "groupAction", "ban"],
  ["scope", "voip", "scope", "voip"],
])("%s %j sets %s to %j", (name, written, field, value) => {
  expect(withSettings(DEFAULT_INTRUSION, { [name]: written })).toEqual({
    settings: { ...DEFAULT_INTRUSION, [field]: value },
  });
});

test.each<[string, unknown, string]>([
  ["attempts", "0", "write a whole number from 1 to 1000"],
  ["attempts", "10.5", "write a whole number from 1 to 1000"],
  ["attempts", "ten", "write a whole number from 1 to 1000"],
  ["attempts", NaN, "write a whole number from 1 to 1000"],
  ["attempts", null, "write a whole number from 1 to 1000"],
  ["window", "10", "write a duration such as 10m, from 10s to 6h"],
  ["window", 600, "write a duration such as 10m, from 10s to 6h"],
  ["window", "7d", "write a duration such as 10m, from 10s to 6h"],
  ["ladder", "", "write one to 20 durations such as 15m 1h 6h, each from 10s to 366d"],
  ["ladder", ["15m", 3], "write one to 20 durations such as 15m 1h 6h, each from 10s to 366d"],
  ["jitter", "1", "write a share such as 0.1, from 0 to 0.9"],
  ["group-action", "constructor", "write propose (list the network for a person to decide) or ban ("],
  ["atempts", "10", "there is no such setting"],
  ["__proto__x", "10", "there is no such setting"],
])("%s %j is refused: %s", (name, written, fault) => {
  const read = withSettings(DEFAULT_INTRUSION, { [name]: written });
  if ("settings" in read) throw new Error("it was taken");
  expect([...read.faults]).toEqual([[name, expect.stringContaining(fault)]]);
});

test("one fault and nothing is changed; all faults are told", () => {
  const read = withSettings(DEFAULT_INTRUSION, { attempts: 5, window: "x", jitter: 2 });
  expect("faults" in read && [...read.faults.keys()]).toEqual(["window", "jitter"]);
});

test("a duration is read as it was written", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40_000_000 }), (seconds) => {
      expect(parseDuration(formatDuration(seconds * 1000))).toBe(seconds * 1000);
    }),
  );
  expect([900_000, 129_600_000, 604_800_000, 61_000].map(formatDuration)).toEqual([
    "15m",
    "36h",
    "7d",
    "61s",
  ]);
  expect(["", "0s", "10", "1.5h", "-1m", "1y", "10m "].map(parseDuration)).toEqual([
    ...Array<null>(6).fill(null),
    600_000,
  ]);
});

test("what may be written is told in words", () => {
  expect(rangeText(INTRUSION_SETTINGS.windowMs)).toBe("a duration such as 10m, from 10s to 6h");
});
