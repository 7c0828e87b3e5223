import type { AttemptKind } from "../../src/domain/intrusion/attempt.js";
import { sourceOf, type Source } from "../../src/domain/address.js";
import { NO_FINDINGS, type Ban, type Block } from "../../src/domain/intrusion/ban.js";
import {
  type AddressFacts,
  explainAddress,
  explainExtension,
  type ExtensionFacts,
} from "../../src/guard/explain.js";
import type { KnownSource } from "../../src/guard/ports.js";
import { ban, call, NOW, target, verdict } from "../http/support/services.js";

const MINUTE = 60_000;
const SHUT = target("203.0.113.12");

function address(of: Partial<AddressFacts> = {}): AddressFacts {
  return {
    target: SHUT,
    standing: "stranger",
    protectedBecause: null,
    inForce: [],
    history: [],
    blocks: [],
    place: null,
    refusedByList: [],
    known: [],
    callsPaused: null,
    pinging: null,
    unknownAccounts: [],
    locks: [],
    devices: [],
    recent: { count: 0, accounts: [], tried: [], firstAtMs: null, lastAtMs: null, left: null },
    ...of,
  };
}

function extension(of: Partial<ExtensionFacts> = {}): ExtensionFacts {
  return {
    extension: "100",
    exists: true,
    known: [],
    shutOut: [],
    blocks: [],
    lock: null,
    failingOn: { sources: 0, windowMs: 3_600_000, isMany: false },
    allowList: { scope: "global", list: { on: false, entries: [] } },
    refusedByList: [],
    areas: [{ area: "US", types: null }],
    areasScope: "global",
    cap: { microsPerMinute: 250_000, scope: "global" },
    refused: [],
    ...of,
  };
}

function known(text: string, agoMs: number): KnownSource {
  const source: Source = sourceOf(text)!;
  return { source, account: "100", firstAtMs: 0, lastAtMs: NOW - agoMs, successes: 12 };
}

function withEvidence(of: Partial<Ban["evidence"]>, rest: Partial<Ban> = {}): Ban {
  const base = ban({ target: SHUT });
  return { ...base, ...rest, evidence: { ...base.evidence, ...of } };
}

test.each<[string, Ban, string]>([
  [
    "guessed passwords",
    ban({ target: SHUT }),
    "203.0.113.12 guessed passwords: 41 tries on 100 in 12 s, over UDP, none right. No password ever succeeded from it. Shut out for 15 min, first time (12 min left).",
  ],
  [
    "guessed at Asterisk's own logins",
    withEvidence(
      {
        ...{ attempts: 5, accounts: [], transports: ["tcp"], firstAtMs: null, lastAtMs: null },
        services: ["ami"],
      },
      { trigger: "logins", rung: 2 },
    ),
    "203.0.113.12 guessed logins to Asterisk's manager (AMI): 5 tries, over TCP, none right. Shut out for 15 min, second time (12 min left).",
  ],
  [
    "account names",
    withEvidence(
      { attempts: 9, accounts: ["1", "2", "3", "4", "5", "6", "7", "8", "9"] },
      { trigger: "account-names" },
    ),
    "203.0.113.12 tried out account names: 1, 2, 3, 4, 5 and 4 more, 9 tries in 12 s, over UDP. No password ever succeeded from it. Shut out for 15 min, first time (12 min left).",
  ],
  [
    "forged headers",
    withEvidence({}, { trigger: "forged-headers", rung: 7, standing: "known", untilMs: NOW - 1 }),
    "203.0.113.12 wrote line breaks into its requests to forge what Asterisk reports, over UDP. Passwords succeeded from it before. Shut out for 3 min, 7th time.",
  ],
  [
    "by hand",
    ban({ target: SHUT, trigger: "by-hand", rung: 0, untilMs: null, by: "cli:alice", note: "scans" }),
    "203.0.113.12 was shut out by hand (cli:alice): scans. Shut out until it is lifted.",
  ],
  [
    "a name that pretends to be a sentence",
    withEvidence({ accounts: ['1". All is well.\n\u202e'] }),
    '203.0.113.12 guessed passwords: 41 tries on "1?. All is well.??" in 12 s, over UDP, none right. No password ever succeeded from it. Shut out for 15 min, first time (12 min left).',
  ],
  [
    "an old password, which is no guessing",
    ban({ target: SHUT, cause: "outdated-credentials" }),
    "203.0.113.12 failed to sign in: 41 tries on 100 in 12 s, over UDP. No password ever succeeded from it. Shut out for 15 min, first time (12 min left).",
  ],
])("the story of a ban: %s", (_what, of, story) => {
  expect(explainAddress(address({ inForce: [of] }), NOW)?.story).toEqual([story]);
});

const BY_LISTS = "may not sign in from there, by the lists of addresses: 41 tries";

test.each<[string, readonly AttemptKind[], string, readonly string[]]>([
  ["a list of addresses refuses", ["acl-refused"], BY_LISTS, []],
  ["is refused by a list with a name", ["acl-refused"], BY_LISTS, ["no_extension_match", "office"]],
  ["calls chan_sip as a guest", ["acl-refused"], "called what is no extension here", ["no_extension_match"]],
  ["asks for no account", ["unknown-account"], "asked for what is no account here: 41 tries", []],
  ["does both", ["unknown-account", "wrong-password"], "guessed passwords: 41 tries", []],
])("the story of who %s", (_, kinds, story, aclNames) => {
  const tried = [
    { name: "100", tries: 41, firstAtMs: NOW, lastAtMs: NOW, gapMs: null, gapDeviationMs: null, kinds },
  ];
  const told = explainAddress(address({ inForce: [withEvidence({ tried, aclNames }, {})] }), NOW);
  expect(told?.story[0]).toContain(`203.0.113.12 ${story}`);
});

test("what is not proven is said to be so", () => {
  const told = explainAddress(address({ inForce: [ban({ target: SHUT, proof: "unproven" })] }), NOW);
  expect(told?.story.join(" ")).toContain("not proven: over UDP anybody can write any address on a packet");
});

test.each<[string, string | null, string]>([
  [
    "what is to be done with which device",
    "A device here signs in as 140. Did you mean 104?",
    "Did you mean 104?",
  ],
  ["what its user is told, where there is no more to say", null, "Enter the new password."],
])("an administrator is told %s", (_, hint, said) => {
  const of = withEvidence({ hint, advice: "Enter the new password." }, { cause: "typo" });
  expect(explainAddress(address({ inForce: [of] }), NOW)?.advice[0]).toContain(said);
});

test.each<[string, Partial<AddressFacts>, string, string[], string[]]>([
  [
    "protected",
    { standing: "protected", protectedBecause: "trunk carrier sends from it" },
    "203.0.113.12 is never shut out: trunk carrier sends from it.",
    [],
    ["Nothing to do."],
  ],
  [
    "protected, and failing",
    {
      standing: "protected",
      protectedBecause: "203.0.113.12 is on the never-ban list",
      recent: {
        count: 12,
        accounts: ["102"],
        tried: [],
        firstAtMs: NOW - MINUTE,
        lastAtMs: NOW - 4000,
        left: null,
      },
    },
    "203.0.113.12 is never shut out: 203.0.113.12 is on the never-ban list.",
    ["It failed to sign in 12 times lately on 102, the last 4 s ago."],
    ["It fails all the same, and is not stopped here: look at the device, or stop it where it comes from."],
  ],
  [
    "let in again by somebody",
    {
      history: [
        ban({ target: SHUT, fromMs: NOW - 9 * MINUTE, liftedAtMs: NOW - 3 * MINUTE, liftedBy: "cli:ann" }),
        ban({ target: SHUT, fromMs: NOW - 72 * 60 * MINUTE }),
      ],
    },
    "203.0.113.12 is not shut out.",
    [
      "It was shut out twice before, the last time 9 min ago, and let in again 3 min ago by cli:ann: 41 wrong passwords for 100 in 12 s.",
    ],
    ["Nothing to do."],
  ],
  [
    "known",
    { standing: "known", known: [known("203.0.113.12", 3 * MINUTE)] },
    "203.0.113.12 is not shut out; passwords succeeded from it before.",
    ["The password of 100 was right from here 12 times, last 3 min ago."],
    ["Nothing to do."],
  ],
  [
    "known, with a device that fails",
    {
      standing: "known",
      known: [known("203.0.113.12", 3 * MINUTE)],
      recent: {
        count: 3,
        accounts: ["104"],
        tried: [],
        firstAtMs: NOW - MINUTE,
        lastAtMs: NOW - 4000,
        left: null,
      },
    },
    "203.0.113.12 is not shut out; passwords succeeded from it before.",
    [
      "The password of 100 was right from here 12 times, last 3 min ago.",
      "It failed to sign in 3 times lately on 104, the last 4 s ago.",
    ],
    [
      "Look at the device that fails. If it goes on, its account is blocked there, and nobody else is touched.",
    ],
  ],
  [
    "trying",
    {
      recent: {
        count: 3,
        accounts: ["104"],
        tried: [],
        firstAtMs: NOW - MINUTE,
        lastAtMs: NOW - 4000,
        left: 7,
      },
    },
    "203.0.113.12 is not shut out, but tries to get in.",
    ["It failed to sign in 3 times lately on 104, the last 4 s ago. 7 more, and it is shut out."],
    ["Nothing to do: if it goes on, it is shut out."],
  ],
  [
    "shut out before",
    {
      history: [
        ban({ target: SHUT, fromMs: NOW - 72 * 60 * MINUTE, untilMs: NOW - 72 * 60 * MINUTE + 15 * MINUTE }),
      ],
    },
    "203.0.113.12 is not shut out.",
    ["It was shut out once before, 3 d ago for 15 min: 41 wrong passwords for 100 in 12 s."],
    ["Nothing to do."],
  ],
  [
    "shut out with its network",
    {
      inForce: [ban({ target: target("203.0.113.0/24") })],
      recent: { count: 1, accounts: [], tried: [], firstAtMs: NOW, lastAtMs: NOW, left: null },
    },
    "203.0.113.12 is shut out for another 12 min.",
    [
      expect.stringContaining("203.0.113.0/24 guessed passwords"),
      "It failed to sign in once lately, the last just now.",
    ],
    [
      "Nothing to do if nobody of yours is there.",
      "If it is one of yours: ringfence bans lift 203.0.113.0/24",
      "It still tries: correct the password in the device first, or it will be out again.",
      "To never shut it out again: ringfence never-ban add 203.0.113.12",
    ],
  ],
])("an address that is %s", (_what, facts, headline, story, advice) => {
  expect(explainAddress(address(facts), NOW)).toMatchObject({ kind: "address", headline, story, advice });
});

test("an address of which nothing is known", () => {
  expect(explainAddress(address(), NOW)).toBeNull();
});

test.each<[string, Partial<ExtensionFacts>, string, string[], string[]]>([
  [
    "never signed in",
    {},
    "Extension 100 was not seen to sign in in the last 30 days.",
    ["It may call US (global rule), up to $0.2500 a minute (global rule)."],
    ["If its phone can't register: ringfence why ADDRESS, with the phone's address, says more."],
  ],
  [
    "signs in from two places, one of them shut out",
    {
      known: [known("198.51.100.7", 60 * MINUTE), known("203.0.113.12", 3 * MINUTE)],
      shutOut: [ban({ target: SHUT })],
    },
    "Extension 100 last signed in from 203.0.113.12, 3 min ago.",
    [
      expect.stringMatching(/^A place it was known at is shut out: 203\.0\.113\.12 guessed/),
      "It signed in from 2 places: 198.51.100.7 (60 min ago), 203.0.113.12 (3 min ago).",
      "It may call US (global rule), up to $0.2500 a minute (global rule).",
    ],
    ["If that place is yours: ringfence bans lift 203.0.113.12"],
  ],
  [
    "has rules of its own and refused calls",
    {
      known: [known("203.0.113.12", 3 * MINUTE)],
      areas: [{ area: "GB", types: ["mobile", "fixed"] }],
      areasScope: { extension: "100" },
      cap: { microsPerMinute: null, scope: { extension: "100" } },
      refused: [call({ verdict: verdict({ reason: "area-closed", detail: "Jamaica is closed." }) }), call()],
    },
    "Extension 100 last signed in from 203.0.113.12, 3 min ago.",
    [
      "It may call GB (mobile, fixed) (its own rule), at any price.",
      "A call of it was refused 60 s ago: Jamaica is closed.",
      "A call of it was refused 60 s ago: Jamaica mobile costs $0.2100 a minute, over the global cap of $0.1000.",
    ],
    [
      "If it should call there: ringfence areas allow JM --extension 100",
      "If such prices are meant: ringfence cap set USD --extension 100",
    ],
  ],
  [
    "fails at a few places",
    {
      failingOn: { sources: 3, windowMs: 60 * MINUTE, isMany: false },
      known: [known("203.0.113.12", MINUTE)],
    },
    "Extension 100 last signed in from 203.0.113.12, 60 s ago.",
    [
      "3 addresses tried it and failed within the last 60 min.",
      "It may call US (global rule), up to $0.2500 a minute (global rule).",
    ],
    ["Nothing to do."],
  ],
  [
    "many places go for",
    {
      failingOn: { sources: 20, windowMs: 60 * MINUTE, isMany: true },
      known: [known("203.0.113.12", MINUTE)],
    },
    "Extension 100 last signed in from 203.0.113.12, 60 s ago.",
    [
      "20 addresses or more tried it and failed within the last 60 min: somebody goes for its password from many places.",
      "It may call US (global rule), up to $0.2500 a minute (global rule).",
    ],
    [
      "Give it a long password that is used nowhere else, or say from where it may register: ringfence allow-list set 100 ADDRESS…",
    ],
  ],
  [
    "is gone from Asterisk",
    { exists: false, areas: [], areasScope: { extension: "100" } },
    "Asterisk has no endpoint 100.",
    ["It may call nowhere (its own rule), up to $0.2500 a minute (global rule)."],
    ["Nothing to do."],
  ],
])("an extension that %s", (_what, facts, headline, story, advice) => {
  expect(explainExtension(extension(facts), NOW)).toMatchObject({
    kind: "extension",
    headline,
    story,
    advice,
  });
});

test.each([[null], [false]])("an extension nobody has heard of (exists: %s)", (exists) => {
  expect(explainExtension(extension({ exists, extension: "203" }), NOW)).toBeNull();
});

describe("what a reader would look for in the log", () => {
  const evidence = {
    ...NO_FINDINGS,
    attempts: 41,
    accounts: ["104"],
    firstAtMs: NOW - 400_000,
    lastAtMs: NOW - 40_000,
    services: ["pjsip"],
    transports: ["udp"],
    summary: "x",
    tried: [
      {
        name: "104",
        tries: 41,
        firstAtMs: NOW - 400_000,
        lastAtMs: NOW - 40_000,
        gapMs: 9_000,
        gapDeviationMs: 10,
        kinds: ["wrong-password" as const],
      },
    ],
    ports: 2,
    aclNames: ["ringfence_104"],
    lastSuccessAtMs: NOW - 3_600_000,
    userAgents: ["Yealink SIP-T46S 66.86"],
    methods: ["REGISTER"],
    confidence: 0.8,
    advice: "Enter the new password in the phone.",
  };
  const block: Block = {
    id: 1,
    account: "104",
    source: "203.0.113.12" as Source,
    cause: "outdated-credentials",
    trigger: "account-failures",
    standing: "known",
    proof: "returned",
    rung: 1,
    fromMs: NOW - 60_000,
    untilMs: NOW + 840_000,
    liftedAtMs: null,
    liftedBy: null,
    note: null,
    by: "ringfence",
    evidence,
  };
  const STORY = [
    "104 is shut to 203.0.113.12, and nobody else there, for another 14 min, after 41 failed tries in 6 min.",
    "It is probably a device with an old password.",
    "104: 41 tries, every 9 s, first 7 min ago, last 40 s ago.",
    "It sent from 2 ports.",
    'It calls itself "Yealink SIP-T46S 66.86".',
    "The failed requests were REGISTER.",
    "Asterisk refused it by the list ringfence_104.",
    "A password was last right from there 60 min ago.",
  ];

  test("a block is told at its address, with its evidence and what to do", () => {
    const place = { country: "DE", network: "Example\nTelecom (AS64500)" };
    const told = explainAddress(address({ standing: "known", blocks: [block], place }), NOW);
    expect(told?.headline).toBe("203.0.113.12 is not shut out, but 104 may not sign in from there.");
    expect(told?.story).toEqual([...STORY, 'The address belongs to "Example?Telecom (AS64500)", DE.']);
    expect(told?.advice).toEqual([
      "Enter the new password in the phone.",
      "To let it in again: ringfence blocks lift 104 203.0.113.12",
    ]);
  });

  test("and at its extension, with the lock", () => {
    const lock = { id: 1, account: "104", fromMs: NOW, untilMs: NOW + 3_600_000, sources: 22 };
    const told = explainExtension(
      extension({ blocks: [block], lock: { ...lock, by: "ringfence", liftedAtMs: null, liftedBy: null } }),
      NOW,
    );
    expect(told?.story.slice(0, 9)).toEqual([
      ...STORY,
      "It is shut to all but its known addresses for another 60 min, since 22 sources tried it.",
    ]);
    expect(told?.advice).toContain("To let it in again: ringfence blocks lift 104 203.0.113.12");
  });

  test("a source that goes on failing after its ban was lifted is said to", () => {
    const lifted = ban({ target: SHUT, liftedAtMs: NOW - 60_000, liftedBy: "cli:ann" });
    const times = { firstAtMs: NOW - 50_000, lastAtMs: NOW - 40_000 };
    const recent = { count: 4, accounts: ["104"], tried: [], ...times, left: 6 };
    expect(explainAddress(address({ history: [lifted], recent }), NOW)?.story[0]).toBe(
      "It tried again 40 s ago, after its ban was lifted, and will be shut out again in 6 tries.",
    );
  });
});

test.each<[string, Ban["trigger"], Partial<Ban["evidence"]>, string]>([
  [
    "unanswered challenges are counted",
    "unanswered-challenges",
    { attempts: 0, summary: "50 challenges left without an answer in 5 s over UDP" },
    "asked to be let in and never showed a password: 50 challenges left without an answer in 5 s over UDP.",
  ],
  [
    "so are packets",
    "flood",
    { attempts: 0, summary: "A flood: 912 packets beyond what one source may send" },
    "flooded the SIP ports with 912 packets beyond what one source may send.",
  ],
  [
    "and calls",
    "call-attempts",
    { attempts: 0, summary: "31 call attempts in 20 s" },
    "placed too many calls: 31 call attempts in 20 s.",
  ],
  [
    "the slow attack is told as one",
    "slow-attack",
    {},
    "guessed passwords, too slowly for the short window: 41 tries",
  ],
  [
    "whoever goes from address to address",
    "neighbours",
    {
      attempts: 1,
      summary: "50 failed attempts by 13 sources of 203.0.113.0/24 in 2 h, of which this is one",
    },
    "failed to sign in: 1 try on 100, over UDP. That was enough, since somebody goes from address to address around it: 50 failed attempts by 13 sources of 203.0.113.0/24 in 2 h, of which this is one.",
  ],
])("the numbers behind a ban: %s", (_, trigger, evidence, story) => {
  const told = explainAddress(address({ inForce: [withEvidence(evidence, { trigger })] }), NOW);
  expect(told?.story[0]).toContain(`203.0.113.12 ${story}`);
});

test("a network that was shut out says how many of it were, and both are to be lifted", () => {
  const NET = target("203.0.113.0/24");
  const summary = "5 sources in it were shut out one by one";
  const whole = withEvidence({ summary, attempts: 54 }, { trigger: "network", target: NET });
  const told = explainAddress(address({ inForce: [ban({ target: SHUT }), whole] }), NOW);
  expect(told?.story.join("\n")).toContain(
    "203.0.113.0/24: 5 sources in it were shut out one by one in 12 s, after 54 tries in all. So many are no accident: the network is shut out whole.",
  );
  expect(told?.advice).toContain(
    "If it is one of yours: ringfence bans lift 203.0.113.12 and ringfence bans lift 203.0.113.0/24",
  );
});

test("of a list of names, each tried once, the names are told once", () => {
  const kinds = ["unknown-account"] as const;
  const tried = Array.from({ length: 9 }, (_, n) => ({
    ...{
      name: `guest${n}`,
      tries: 1,
      firstAtMs: NOW,
      lastAtMs: NOW,
      gapMs: null,
      gapDeviationMs: null,
      kinds,
    },
  }));
  const of = withEvidence({ tried, accounts: tried.map(({ name }) => name) }, { trigger: "account-names" });
  const told = explainAddress(address({ inForce: [of] }), NOW)?.story.join("\n") ?? "";
  expect(told.match(/guest0/g)).toHaveLength(1);
  expect(told).toContain("guest4 and 4 more");
});

describe("refused by an allow-list, and not for its password", () => {
  const refused = {
    ...{ account: "104", address: "198.51.100.12", atMs: NOW - 60_000, count: 3 },
    ...{ userAgent: null, like: "untold" as const },
  };
  const says = "Extension 104 may only register from listed addresses, and 198.51.100.12 is not listed.";
  const advice = "If that is its phone: ringfence allow-list add 104 198.51.100.12";

  test("an address is told so, with the one step that adds it", () => {
    const told = explainAddress(address({ target: target("198.51.100.12"), refusedByList: [refused] }), NOW);
    expect(told?.headline).toBe(says);
    expect(told?.story[0]).toBe(`${says} It tried 3 times, last 60 s ago.`);
    expect(told?.advice).toEqual([advice]);
  });

  test("the phone of the extension at a new address is told as exactly that", () => {
    const phone = { ...refused, userAgent: "Yealink T46", like: "its-phone" as const };
    const told = explainAddress(address({ target: target("198.51.100.12"), refusedByList: [phone] }), NOW);
    expect(told?.story[0]).toBe(
      `${says} It tried 3 times, last 60 s ago. It calls itself "Yealink T46", as the phone of this extension does: it looks like that phone at a new address. Whether its password is right can't be seen, since the list is asked first.`,
    );
    const other = { ...phone, userAgent: "friendly-scanner", like: "another-device" as const };
    const strange = explainAddress(address({ target: target("198.51.100.12"), refusedByList: [other] }), NOW);
    expect(strange?.story[0]).toContain(
      "It calls itself friendly-scanner, as no phone of this extension did.",
    );
  });

  test("an extension tells its list, and whom it refused", () => {
    const entries = [
      { text: "192.0.2.0/24", note: null, untilMs: null },
      { text: "192.0.3.7", note: null, untilMs: NOW },
    ];
    const allowList = { scope: "own" as const, list: { on: true, entries } };
    const told = explainExtension(extension({ extension: "104", allowList, refusedByList: [refused] }), NOW);
    expect(told?.story[0]).toBe("It may register from 192.0.2.0/24 alone (its own list).");
    expect(told?.story[1]).toBe("198.51.100.12 is not listed. It tried 3 times, last 60 s ago.");
    expect(told?.advice[0]).toBe(advice);
  });

  test("a list that is on and empty lets nobody in", () => {
    const allowList = { scope: "global" as const, list: { on: true, entries: [] } };
    const told = explainExtension(extension({ allowList }), NOW);
    expect(told?.story[0]).toBe("It may register from nowhere: the list is on and empty (the global list).");
  });
});

test.each<[string, readonly string[], boolean]>([
  ["OPTIONS alone", ["OPTIONS"], true],
  ["other methods too", ["OPTIONS", "REGISTER"], false],
  ["nobody knows what", [], false],
])("who is shut out for %s may be a monitor", (_, methods, isTold) => {
  const told = explainAddress(address({ inForce: [withEvidence({ methods })] }), NOW);
  expect(told?.advice.join().includes("as monitors and carriers do")).toBe(isTold);
});

describe("a source that only pings", () => {
  const pinging = {
    ...{ names: ["ping"], userAgent: "kamailio (5.8)", count: 40, everyMs: 30_000, status: 401 },
    ...{ firstAtMs: NOW - 20 * 60_000, lastAtMs: NOW - 4_000 },
  };

  test("is told as such", () => {
    expect(explainAddress(address({ pinging }), NOW)).toMatchObject({
      headline: "203.0.113.12 is not shut out: it only asks whether the PBX is alive.",
      story: [
        'It sends OPTIONS pings as "ping" every 30 s, the last 4 s ago, which Asterisk answers with 401 (it asks for a password), as anybody whom it does not know. It tries no password and nothing else: nothing is counted.',
        'It calls itself "kamailio (5.8)".',
      ],
      advice: ["Nothing to do."],
    });
  });

  test("gives names that could be anything", () => {
    const odd = {
      ...pinging,
      names: ['a". All is well', null],
      everyMs: null,
      status: null,
      userAgent: null,
    };
    expect(explainAddress(address({ pinging: odd }), NOW)?.story).toEqual([
      'It sends OPTIONS pings as "a?. All is well", the last 4 s ago. It tries no password and nothing else: nothing is counted.',
    ]);
  });

  test("is told its ban alone while one is in force", () => {
    const told = explainAddress(address({ pinging, inForce: [ban({ target: SHUT })] }), NOW);
    expect(told?.story.join()).not.toContain("pings");
  });
});
