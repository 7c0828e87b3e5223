import { causeOf } from "../../../src/domain/intrusion/cause.js";
import { factsOf, type Situation } from "./cause-stories.js";

const yealink = { userAgent: "Yealink SIP-T46S 66.84.0.15", registerEveryMs: 60_000 };

test.each<[string, Situation, string]>([
  [
    "a stale device",
    { tried: [{ name: "198", state: "existed", gap: 60, device: yealink }] },
    "A Yealink SIP-T46S tries extension 198, which no longer exists, every 60 s",
  ],
  [
    "an old password",
    { standing: "known", tried: [{ gap: 15, workedDaysAgo: 6 }] },
    "A device tries extension 104 with a password that does not fit, every 15 s; it last worked from here on 14 November 2026",
  ],
  [
    "what may be either",
    { tried: [{ gap: 60 }] },
    "A device tries extension 104 with a password that does not fit, every 60 s; or somebody guesses slowly",
  ],
  [
    "a typo",
    { tried: [{ name: "140", state: "never", nearest: "104", gap: 14, deviation: 9 }] },
    "A device signs in as 140, which does not exist; perhaps 104 is meant",
  ],
  [
    "a guesser",
    { tried: [{ name: "100", tries: 41, gap: 0.05 }] },
    "Somebody guesses the password of extension 100: 41 tries, 20 times a second",
  ],
  [
    "a scanner",
    { tried: [{ gap: 60, device: { userAgent: "friendly-scanner" } }] },
    "A scanner, by its own name, makes 10 failed attempts",
  ],
  [
    "an office",
    {
      standing: "known",
      trigger: "account-names",
      tried: ["100", "101", "102", "103"].map((name) => ({ name, tries: 3, gap: 30, workedDaysAgo: 6 })),
    },
    "A device tries extension 100 with a password that does not fit, every 30 s; it last worked from here on 14 November 2026; so with 3 other accounts",
  ],
  [
    "a login",
    { trigger: "logins", tried: [{ name: "admin", kinds: ["login"] }] },
    "Somebody guesses a login to Asterisk's own services",
  ],
])("the summary of %s", (_, situation, summary) => {
  expect(causeOf(factsOf(situation)).summary).toBe(summary);
});

test.each<[string, Situation, string]>([
  [
    "an old password",
    { tried: [{ gap: 15, workedDaysAgo: 6 }] },
    "A device here keeps signing in with a password that no longer fits. It last worked on 14 November 2026. Enter the new password in it, or switch off the one that still has the old.",
  ],
  [
    "a stale device that once worked here",
    { tried: [{ name: "198", state: "existed", gap: 60, workedDaysAgo: 20 }] },
    "A device here still signs in every 60 seconds to an account that is no longer there. Look for phones or apps that were set up long ago or for a test.",
  ],
  [
    "a dialler",
    { trigger: "call-attempts", attempts: 60 },
    "60 calls in a short time came from here. If that is a dialler, slow it down.",
  ],
  [
    "a stranger with a typo",
    { tried: [{ name: "140", state: "never", nearest: "104", gap: 20, deviation: 9 }] },
    "A device here keeps signing in with a user name or password that does not fit. Check both in the phones and apps that you set up last, and switch off those no longer needed. If both are right, ask your administrator whether they may be used from this address.",
  ],
])("the advice for %s", (_, situation, advice) => {
  expect(causeOf(factsOf(situation)).advice).toBe(advice);
});

test.each<[string, Situation, string | null]>([
  [
    "a typo",
    { tried: [{ name: "140", state: "never", nearest: "104", gap: 20, deviation: 9 }] },
    "A device here signs in as 140. Did you mean 104?",
  ],
  [
    "a stale device",
    { tried: [{ name: "198", state: "existed", gap: 60 }] },
    "A device here still tries extension 198 every 60 seconds, which no longer exists. Look for phones or apps set up for a test.",
  ],
  [
    "an old password",
    { tried: [{ gap: 15, workedDaysAgo: 6 }] },
    "Extension 104 keeps trying with a password that no longer fits. It last worked here on 14 November 2026. Enter the new password, or switch off the device that still has the old.",
  ],
  ["an attack", { tried: [{ gap: 0.05 }] }, null],
])("the hint for %s", (_, situation, hint) => {
  expect(causeOf(factsOf(situation)).hint).toBe(hint);
});

test.each(["<script>alert(1)</script>", "call +19005550100", "evil.example", "a\r\nb", "=1+1", "‮104", ""])(
  "the name %j, which a stranger chose, is shown nowhere",
  (name) => {
    for (const nearest of ["104", null]) {
      for (const gap of [60, 0.05]) {
        const tried = [{ name, state: "never", nearest, gap } as const];
        const found = causeOf(factsOf({ tried, userAgents: [`${name}Yealink`] }));
        for (const text of [found.advice, found.hint ?? "", found.summary]) {
          if (name !== "") expect(text).not.toContain(name);
          expect(text).toMatch(/^[\x20-\x7e]*$/);
        }
      }
    }
  },
);
