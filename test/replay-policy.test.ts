import { DEFAULT_INTRUSION } from "../src/domain/intrusion/settings.js";
import {
  formatSetting,
  INTRUSION_FIELDS,
  INTRUSION_SETTINGS,
} from "../src/domain/intrusion/settings-explained.js";
import { DEFAULT_REPLAY_POLICY, parseReplayPolicy } from "../src/replay-policy.js";

test.each([[""], ["# nothing\n"], ["intrusion: {}\n"]])("%j is the default", (text) => {
  expect(parseReplayPolicy(text)).toEqual(DEFAULT_REPLAY_POLICY);
});

test("a part takes the default's place", () => {
  const text =
    "intrusion:\n  attempts: 5\n  window: 1h\n  ladder: [30s, 7d]\nnever-ban: [198.51.100.0/24, '2001:db8::1']\n";
  expect(parseReplayPolicy(text)).toEqual({
    intrusion: { ...DEFAULT_INTRUSION, attempts: 5, windowMs: 3_600_000, ladderMs: [30_000, 604_800_000] },
    neverBan: ["198.51.100.0/24", "2001:db8::/64"],
  });
});

test("every setting of detection can be named", () => {
  const lines = INTRUSION_FIELDS.map(
    (field) => `  ${INTRUSION_SETTINGS[field].name}: ${formatSetting(field, DEFAULT_INTRUSION)}`,
  );
  expect(parseReplayPolicy(`intrusion:\n${lines.join("\n")}\n`)).toEqual(DEFAULT_REPLAY_POLICY);
});

test.each([
  ["intrusion: [", [expect.stringMatching(/^line 1: /)]],
  ["attempts: 5", [expect.stringMatching(/^line 1: attempts: there is no such setting: write dial-plan/)]],
  [
    "intrusion:\n  atempts: 5\n  windows: 1h\n",
    [
      "line 2: intrusion.atempts: there is no such setting",
      "line 3: intrusion.windows: there is no such setting",
    ],
  ],
  [
    "intrusion:\n  attempts: 0\n  window: 10\nnever-ban: [010.0.0.1]\n",
    [
      "line 2: intrusion.attempts: write a whole number from 1 to 1000",
      "line 3: intrusion.window: write a duration such as 10m, from 10s to 6h",
      expect.stringMatching(/^line 4: never-ban\.0: "010\.0\.0\.1" is not an address/),
    ],
  ],
  ["intrusion: 5", ["line 1: intrusion: write settings by their names, such as attempts: 10"]],
  ["- a", [expect.stringContaining("line 1: write dial-plan, calling")]],
])("%j has its faults told with their lines", (text, faults) => {
  expect(parseReplayPolicy(text)).toEqual({ faults });
});
