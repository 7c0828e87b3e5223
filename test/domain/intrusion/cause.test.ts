import type { Cause } from "../../../src/domain/intrusion/ban.js";
import { causeOf } from "../../../src/domain/intrusion/cause.js";
import { factsOf, type Situation, type Tried } from "./cause-stories.js";

const yealink = {
  userAgent: "Yealink SIP-T46S 66.84.0.15",
  methods: { REGISTER: 20 },
  registerEveryMs: 60_000,
};
const acl = { kinds: ["acl-refused"] } as const;
const list = ["not_match_endpoint_acl"];
const off = (name: string, more: Tried = {}): Tried => ({ name, state: "existed", ...more });
const nobody = (name: string, more: Tried = {}): Tried => ({ name, state: "never", ...more });
const many = (from: number, count: number, more: (at: number) => Tried): Tried[] =>
  Array.from({ length: count }, (_, at) => ({ name: String(from + at), ...more(at) }));

/** [the story, what is known, the cause, at least so sure] */
const stories: readonly [string, Situation, Cause, number][] = [
  // Scanners and guessers.
  [
    "a guesser on one real account, 20 a second",
    { tried: [{ name: "100", gap: 0.05, deviation: 0.01 }] },
    "attack",
    0.8,
  ],
  ["a guesser at 5 a second", { tried: [{ name: "100", gap: 0.2, deviation: 0.02 }] }, "attack", 0.8],
  ["a guesser who waits a second, to the millisecond", { tried: [{ name: "100", gap: 0.9 }] }, "attack", 0.7],
  ["a guesser on an account that never was", { tried: [nobody("9000", { gap: 0.1 })] }, "attack", 0.8],
  [
    "a guesser one slip from a real account",
    { tried: [nobody("1001", { gap: 0.1, nearest: "101" })] },
    "attack",
    0.8,
  ],
  [
    "a guesser on the favourite of all, slowly",
    { tried: [nobody("1000", { gap: 20, deviation: 8, nearest: "100" })] },
    "attack",
    0.6,
  ],
  [
    "svwar walks 100 to 108, all real",
    { trigger: "account-names", tried: many(100, 9, () => ({ tries: 1 })) },
    "attack",
    0.8,
  ],
  [
    "svwar where hardly any exist",
    {
      trigger: "account-names",
      tried: many(700, 9, (at) => ({ tries: 1, state: at === 4 ? "exists" : "never" })),
    },
    "attack",
    0.8,
  ],
  [
    "a walk that names 40, of which 20 are kept",
    {
      trigger: "account-names",
      standing: "stranger",
      tried: many(100, 20, () => ({ tries: 3, gap: 30 })),
      moreNames: ["x1", "x2"],
    },
    "attack",
    0.3,
  ],
  [
    "a patient walk over real accounts, one in a while",
    { tried: many(100, 6, () => ({ tries: 2 })) },
    "attack",
    0.8,
  ],
  [
    "names without an account, unreadable to Asterisk",
    { tried: [{ name: "a�b", state: "never", kinds: ["unidentified"], gap: 3 }] },
    "attack",
    0.5,
  ],
  ["attempts of which no name is known", { tried: [] }, "attack", 0.4],
  [
    "a patient guesser: one try each 10 min, by a timer, for a day",
    { trigger: "slow-attack", tried: [{ name: "100", tries: 100, gap: 600 }] },
    "attack",
    0.4,
  ],
  [
    "the same with pauses drawn by lot",
    { trigger: "slow-attack", tried: [{ name: "100", tries: 100, gap: 700, deviation: 300 }] },
    "attack",
    0.6,
  ],
  [
    "the same who says that he is a Yealink",
    {
      trigger: "slow-attack",
      tried: [{ name: "100", tries: 100, gap: 600, device: { ...yealink, registerEveryMs: 600_000 } }],
    },
    "attack",
    0.4,
  ],
  [
    "a patient guesser on a name that never was",
    { trigger: "slow-attack", tried: [nobody("5551", { tries: 100, gap: 600 })] },
    "attack",
    0.5,
  ],
  [
    "a scanner that says so, at a phone's pace",
    { tried: [{ name: "104", gap: 60, device: { userAgent: "friendly-scanner" } }] },
    "attack",
    0.9,
  ],
  [
    "pplsip at a known office",
    {
      standing: "known",
      trigger: "account-failures",
      userAgents: ["pplsip"],
      tried: [{ gap: 10, workedDaysAgo: 1 }],
    },
    "attack",
    0.9,
  ],
  [
    "calls of a fraudster who never registered",
    { methods: ["INVITE"], tried: [nobody("442079460000", { gap: 0.3 })] },
    "attack",
    0.8,
  ],
  [
    "somebody in a café tries names behind a known phone",
    {
      standing: "known",
      trigger: "failing-accounts",
      tried: many(200, 10, () => ({ tries: 4, gap: 1, state: "never" })),
    },
    "attack",
    0.7,
  ],
  [
    "malware in the office walks the real accounts",
    { standing: "known", trigger: "failing-accounts", tried: many(100, 12, () => ({ tries: 2 })) },
    "attack",
    0.7,
  ],
  [
    "forged lines in a header",
    { trigger: "forged-headers", tried: [{ gap: 60, workedDaysAgo: 1 }] },
    "attack",
    0.9,
  ],
  [
    "failed logins to AMI",
    { trigger: "logins", tried: [{ name: "admin", state: "unknown", kinds: ["login"] }] },
    "attack",
    0.8,
  ],
  ["a flood", { trigger: "flood", standing: "known" }, "attack", 0.8],
  ["challenges left unanswered", { trigger: "unanswered-challenges" }, "attack", 0.7],
  ["a network of attackers", { trigger: "network" }, "attack", 0.7],
  [
    "an answer to a nonce that was never sent there",
    { proof: "forged", tried: [{ gap: 30, workedDaysAgo: 1 }] },
    "attack",
    0.7,
  ],

  // The password was changed.
  [
    "a Yealink after a password change",
    {
      standing: "known",
      trigger: "account-failures",
      tried: [
        {
          tries: 40,
          gap: 15,
          deviation: 0.2,
          workedDaysAgo: 6,
          device: { ...yealink, registerEveryMs: 15_000 },
        },
      ],
    },
    "outdated-credentials",
    0.95,
  ],
  [
    "a Snom without HEP, 10 % around 5 min, that worked here",
    { trigger: "slow-attack", tried: [{ tries: 100, gap: 300, deviation: 16, workedDaysAgo: 40 }] },
    "outdated-credentials",
    0.9,
  ],
  [
    "a phone whose pauses double, that worked here",
    { standing: "known", trigger: "account-failures", tried: [{ gap: 31, deviation: 23, workedDaysAgo: 1 }] },
    "outdated-credentials",
    0.8,
  ],
  [
    "a phone gone wild on each refusal, that worked here",
    {
      standing: "known",
      trigger: "account-failures",
      tried: [{ tries: 40, gap: 0.3, deviation: 0.1, workedDaysAgo: 1 }],
    },
    "outdated-credentials",
    0.6,
  ],
  [
    "a phone at a new address: never seen here, every 30 s",
    { tried: [{ gap: 30, deviation: 0.3 }] },
    "outdated-credentials",
    0.55,
  ],
  [
    "a Grandstream at a new address, every 20 s",
    {
      tried: [{ gap: 20, device: { userAgent: "Grandstream GXP2160 1.0.9.135", methods: { REGISTER: 9 } } }],
    },
    "outdated-credentials",
    0.6,
  ],
  [
    "a person who mistypes the password of a new softphone at home",
    { tried: [{ gap: 25, deviation: 14 }] },
    "outdated-credentials",
    0.4,
  ],
  [
    "the same in a known office",
    { standing: "known", trigger: "account-failures", tried: [{ tries: 40, gap: 9, deviation: 5 }] },
    "outdated-credentials",
    0.55,
  ],
  [
    "a phone with two lines, both passwords old",
    {
      tried: [
        { name: "104", tries: 5, gap: 60 },
        { name: "105", tries: 5, gap: 60 },
      ],
    },
    "outdated-credentials",
    0.55,
  ],
  [
    "an office after all passwords changed",
    {
      standing: "known",
      trigger: "account-names",
      tried: many(100, 20, () => ({ tries: 3, gap: 30, workedDaysAgo: 2 })),
      moreNames: ["130", "131"],
    },
    "outdated-credentials",
    0.85,
  ],
  [
    "somebody beside an office's working phones who goes through their accounts",
    {
      standing: "known",
      trigger: "failing-accounts",
      tried: many(100, 12, () => ({ tries: 8, gap: 30, workedDaysAgo: 0 })),
    },
    "attack",
    0.8,
  ],
  [
    "a gateway that sends each call in the name of its caller",
    {
      standing: "known",
      trigger: "account-names",
      successHoursAgo: 0.1,
      methods: ["INVITE"],
      tried: many(493012345600, 9, () => ({ tries: 1, state: "never", kinds: ["unknown-account"] })),
    },
    "wrong-signalling",
    0.8,
  ],
  [
    "the same seen as a stranger: it moved last month",
    { trigger: "account-names", tried: many(100, 9, () => ({ tries: 1, workedDaysAgo: 33 })) },
    "outdated-credentials",
    0.4,
  ],
  [
    "a colleague's new phone right, the old one wrong",
    {
      standing: "known",
      trigger: "account-failures",
      tried: [{ tries: 40, gap: 14, workedDaysAgo: 0 }],
      methods: ["REGISTER"],
    },
    "outdated-credentials",
    0.9,
  ],
  [
    "a PBX as a trunk's client with an old password",
    {
      tried: [
        { name: "trunk-berlin", gap: 60, workedDaysAgo: 10, device: { userAgent: "FPBX-16.0.40(18.9)" } },
      ],
    },
    "outdated-credentials",
    0.9,
  ],
  [
    "a phone of chan_sip over UDP, unproven",
    { proof: "unproven", tried: [{ gap: 20, workedDaysAgo: 3 }] },
    "outdated-credentials",
    0.8,
  ],
  [
    "registering and calling with an old password",
    {
      standing: "known",
      trigger: "account-failures",
      methods: ["REGISTER", "INVITE"],
      tried: [{ gap: 15, workedDaysAgo: 0.5 }],
    },
    "outdated-credentials",
    0.9,
  ],

  // The account is gone.
  [
    "a provisioned phone of a deleted account",
    { tried: [off("198", { gap: 60, device: yealink })] },
    "stale-device",
    0.8,
  ],
  [
    "the same without HEP, in a known office",
    { standing: "known", trigger: "account-failures", tried: [off("198", { gap: 15, workedDaysAgo: 20 })] },
    "stale-device",
    0.9,
  ],
  ["the same whose pauses double", { tried: [off("198", { gap: 31, deviation: 23 })] }, "stale-device", 0.55],
  [
    "an account made while its phone was already asking",
    { tried: [{ name: "198", state: "exists", kinds: ["wrong-password", "unknown-account"], gap: 60 }] },
    "outdated-credentials",
    0.5,
  ],
  [
    "an account that Asterisk no longer knows, though listed",
    { tried: [{ name: "198", state: "exists", kinds: ["unknown-account"], gap: 60, workedDaysAgo: 2 }] },
    "stale-device",
    0.85,
  ],
  [
    "one slip from a real account, but it once existed",
    { tried: [off("105", { gap: 60, nearest: "104" })] },
    "stale-device",
    0.75,
  ],
  [
    "a phone of an account deleted before Ringfence came",
    { tried: [nobody("3178", { gap: 60, deviation: 0.2 })] },
    "stale-device",
    0.4,
  ],
  [
    "the same, a patient one, in a known office",
    {
      standing: "known",
      trigger: "slow-attack",
      tried: [nobody("3178", { tries: 100, gap: 300, deviation: 12 })],
    },
    "stale-device",
    0.6,
  ],
  [
    "replayed without any list of accounts",
    { tried: [{ name: "3178", state: "unknown", kinds: ["unknown-account"], gap: 60 }] },
    "stale-device",
    0.4,
  ],
  [
    "two test accounts of one phone",
    { tried: [off("test1", { tries: 5, gap: 30 }), off("test2", { tries: 5, gap: 30 })] },
    "stale-device",
    0.75,
  ],
  [
    "a wall of test phones brought back",
    { trigger: "account-names", tried: many(190, 9, () => ({ tries: 3, gap: 30, state: "existed" })) },
    "stale-device",
    0.45,
  ],

  // A slip of the finger.
  [
    "140 for 104, by hand",
    { tried: [nobody("140", { gap: 14, deviation: 9, nearest: "104" })] },
    "typo",
    0.7,
  ],
  [
    "1004 for 104, in a known office",
    {
      standing: "known",
      trigger: "account-failures",
      tried: [nobody("1004", { gap: 14, deviation: 9, nearest: "104" })],
    },
    "typo",
    0.8,
  ],
  [
    "a softphone that asks by itself with a mistyped name",
    { tried: [nobody("140", { gap: 30, nearest: "104" })] },
    "typo",
    0.5,
  ],
  [
    "two typos in a row",
    {
      tried: [
        nobody("140", { tries: 6, gap: 20, deviation: 9, nearest: "104" }),
        nobody("14", { tries: 4, gap: 9, deviation: 6, nearest: "104" }),
      ],
    },
    "typo",
    0.6,
  ],
  [
    "ali1ce for alice, three tries",
    { tried: [nobody("ali1ce", { tries: 3, gap: 40, deviation: 20, nearest: "alice" })] },
    "typo",
    0.7,
  ],
  [
    "a typo corrected into a wrong password",
    {
      tried: [
        nobody("140", { tries: 7, gap: 20, deviation: 11, nearest: "104" }),
        { name: "104", tries: 3, gap: 20, deviation: 9 },
      ],
    },
    "typo",
    0.5,
  ],

  // Registered, but calls fail.
  [
    "a PBX registers as trunk1 and calls as its customer's number",
    {
      standing: "known",
      trigger: "account-failures",
      successHoursAgo: 0.2,
      methods: ["INVITE"],
      tried: [nobody("4930901820", { gap: 40, deviation: 30 })],
    },
    "wrong-signalling",
    0.85,
  ],
  [
    "the same without HEP",
    {
      standing: "known",
      trigger: "account-failures",
      successHoursAgo: 0.2,
      tried: [nobody("+4930901820", { gap: 40, deviation: 30 })],
    },
    "wrong-signalling",
    0.5,
  ],
  [
    "its calls carry a wrong password",
    {
      standing: "known",
      trigger: "account-failures",
      methods: ["INVITE"],
      tried: [{ gap: 40, deviation: 30, workedDaysAgo: 0.01 }],
    },
    "wrong-signalling",
    0.85,
  ],
  [
    "the mirror saw both, registrations go on to succeed",
    {
      standing: "known",
      trigger: "account-failures",
      tried: [
        {
          tries: 40,
          gap: 14,
          deviation: 9,
          workedDaysAgo: 0,
          device: { methods: { REGISTER: 4, INVITE: 40 } },
        },
      ],
    },
    "wrong-signalling",
    0.6,
  ],

  // chan_sip, which calls every unknown account's password wrong.
  [
    "chan_sip: an old password",
    { services: ["sip"], tried: [{ gap: 30, workedDaysAgo: 2 }] },
    "outdated-credentials",
    0.9,
  ],
  [
    "chan_sip: a deleted account",
    {
      services: ["sip"],
      tried: [{ ...off("198", { gap: 30, workedDaysAgo: 9 }), kinds: ["wrong-password"] }],
    },
    "stale-device",
    0.85,
  ],
  [
    "chan_sip: a slip",
    {
      services: ["sip"],
      tried: [{ ...nobody("140", { gap: 20, deviation: 9, nearest: "104" }), kinds: ["wrong-password"] }],
    },
    "typo",
    0.7,
  ],
  [
    "chan_sip: a walk over names that never were, slowly",
    {
      services: ["sip"],
      tried: many(700, 5, () => ({ tries: 2, state: "never", kinds: ["wrong-password"] })),
    },
    "attack",
    0.8,
  ],
  [
    "chan_sip: nobody knows which accounts there are",
    { services: ["sip"], tried: [{ state: "unknown", kinds: ["wrong-password"], gap: 30 }] },
    "outdated-credentials",
    0.55,
  ],
  [
    "a device that signs in with the password's user name",
    { tried: [nobody("u120", { gap: 60, nearest: "120" })] },
    "typo",
    0.5,
  ],

  // Calls by a program, lists of addresses, people.
  ["a dialler", { trigger: "call-attempts", standing: "known", attempts: 60 }, "call-script", 0.7],
  [
    "a home worker whose address is not on the list",
    { aclNames: list, tried: [{ ...acl, gap: 30 }] },
    "allow-list",
    0.8,
  ],
  [
    "an office that got a list yesterday",
    {
      standing: "known",
      trigger: "account-failures",
      aclNames: list,
      tried: [{ ...acl, gap: 12, workedDaysAgo: 1 }],
    },
    "allow-list",
    0.9,
  ],
  [
    "three phones off the list",
    { aclNames: list, tried: many(104, 3, () => ({ ...acl, tries: 4, gap: 30 })) },
    "allow-list",
    0.7,
  ],
  [
    "a phone with an old password, seen again by the block that it got",
    {
      standing: "known",
      trigger: "account-failures",
      tried: [{ kinds: ["wrong-password", "acl-refused"], gap: 12, workedDaysAgo: 1 }],
    },
    "outdated-credentials",
    0.9,
  ],
  [
    "a guesser meets the list of a real account",
    { aclNames: list, tried: [{ ...acl, gap: 0.05 }] },
    "attack",
    0.8,
  ],
  ["an admin shuts somebody out", { trigger: "by-hand" }, "by-hand", 1],
];

test.each(stories)("%s", (_, situation, cause, atLeast) => {
  const found = causeOf(factsOf(situation));
  expect({ ...found, isSure: found.confidence >= atLeast }).toMatchObject({ cause, isSure: true });
  expect(found.confidence).toBeLessThanOrEqual(1);
});

test("a story counts for less where its sender is not proven", () => {
  const [proven, unproven] = (["returned", "unproven"] as const).map((proof) =>
    causeOf(factsOf({ proof, tried: [{ gap: 30, workedDaysAgo: 1 }] })),
  );
  expect(unproven?.cause).toBe(proven?.cause);
  expect(unproven?.confidence).toBeLessThan(proven?.confidence ?? 0);
});
