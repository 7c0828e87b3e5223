import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { explainAddress } from "../../src/guard/explain.js";
import { decisionOf } from "../../src/domain/intrusion/decision.js";
import { compareWithLive } from "../../src/guard/shadow-results.js";
import { startApi, type TestApi } from "../http/support/api.js";
import { ban, call, NOW, target, verdict } from "../http/support/services.js";
import { ringfence as run, type Ran } from "./support/run.js";

let api: TestApi;
beforeEach(async () => {
  api = await startApi();
});
afterEach(() => api.stop());

const ringfence = (...argv: string[]): Promise<Ran> => run(argv, { socket: api.socket });
const SHUT = target("203.0.113.12");

describe("exit statuses", () => {
  test.each([
    [0, "", ["status"]],
    [0, "", ["--help"]],
    [0, "", ["bans", "add", "--help"]],
    [0, "", ["bans", "add", "203.0.113.9", "--for", "2h"]],
    [0, "", ["never-ban", "add", "203.0.113.9"]],
    [1, "192.0.2.1 is the PBX itself.", ["bans", "add", "192.0.2.1"]],
    [1, "203.0.113.9 is not shut out.", ["bans", "lift", "203.0.113.9"]],
    [1, "203.0.113.9 is not shut out, and never was.", ["bans", "show", "203.0.113.9"]],
    [1, "Nothing is known of", ["why", "203.0.113.9"]],
    [1, "No deck has a rate", ["rates", "lookup", "15550100"]],
    [1, "", ["check-call", "--from", "100", "--number", "0018765550123"]],
    [1, "XX is no area.", ["areas", "allow", "XX"]],
    [2, "unknown command", ["bnas"]],
    [2, "Usage: ringfence", []],
    [2, "Usage: ringfence bans", ["bans"]],
    [2, "missing required argument 'target'", ["bans", "add"]],
    [2, "unknown option '--often'", ["status", "--often"]],
    [2, "too many arguments", ["status", "now"]],
    [2, "is not an address", ["bans", "add", "010.0.0.1"]],
    [2, "write a duration such as", ["bans", "add", "203.0.113.9", "--for", "soon"]],
    [2, "write --from EXTENSION --number DIGITS", ["check-call", "--from", "100"]],
    [1, "/nowhere/calls.csv is not there.", ["check-call", "--batch", "/nowhere/calls.csv"]],
    [1, "/nowhere/rates.csv is not there.", ["rates", "import", "/nowhere/rates.csv"]],
    [1, "is a folder: name a file.", ["rates", "import", "/tmp"]],
    [2, "--batch has its own", ["check-call", "--batch", "-", "--from", "100"]],
    [2, "--since yesterday: write", ["calls", "--since", "yesterday"]],
    [2, "Write a number", ["calls", "--limit", "0"]],
    [2, "required option '--format", ["replay", "x.log"]],
    [2, "Allowed choices are ami, security-log", ["replay", "--format", "pcap", "x"]],
    [2, "name at least one setting", ["dial-plan", "set"]],
    [
      3,
      "The daemon can't be reached on /nowhere/ringfence.sock: is it running?",
      ["--socket", "/nowhere/ringfence.sock", "status"],
    ],
  ])("%i %s: %j", async (status, message, argv) => {
    const ran = await ringfence(...argv);
    expect(ran.err).toContain(message);
    expect({ status: ran.status, err: ran.err }).toEqual({ status, err: ran.err });
    if (status > 1) expect(ran.out).toBe("");
  });
});

test("the version is printed alone", async () => {
  expect(await ringfence("--version")).toMatchObject({ status: 0, out: "1.2.3\n", err: "" });
});

test("every command has help with an example, and every one that answers has --json", async () => {
  const commands = (await ringfence("--help")).out;
  const names = [...commands.matchAll(/^ {2}([a-z][a-z-]*) /gm)]
    .map((match) => match[1]!)
    .filter((name) => name !== "help");
  expect(names).toEqual(
    expect.arrayContaining([
      "run",
      "check-config",
      "status",
      "bans",
      "why",
      "calls",
      "check-call",
      "rates",
      "areas",
      "replay",
    ]),
  );
  for (const name of names) {
    const help = (await ringfence(name, "--help")).out;
    const below = [...help.matchAll(/^ {2}([a-z][a-z-]*) .*\[options\]/gm)].map((match) => match[1]!);
    for (const path of below.length === 0 ? [[name]] : below.map((each) => [name, each])) {
      const { out } = await ringfence(...path, "--help");
      expect(out).toContain(`$ ringfence ${path.join(" ")}`);
      expect(out.includes("--json") || name === "run").toBe(true);
    }
  }
});

test("status for people", async () => {
  api.services.banned = [ban({ target: SHUT })];
  api.services.guards = [
    { name: "events", up: true, vital: true, detail: "Events: 2 s ago." },
    { name: "kernel", up: false, vital: true, detail: "nft can't be run." },
  ];
  const { out } = await ringfence("status");
  expect(out).toBe(`Ringfence 0.1.0, started 60 min ago, Asterisk 22.10.1
  events  up    Events: 2 s ago.
  kernel  DOWN  nft can't be run.
Shut out now: 1 source.
Last 24 hours: 3 bans, 40 calls allowed, 2 calls refused.
Dropped by the kernel: 1,234 packets.
Deck default: 3 prices, imported 60 min ago.
`);
});

test("colour is for terminals, and tells nothing by itself", async () => {
  api.services.guards = [{ name: "kernel", up: false, vital: true, detail: "gone" }];
  const { out } = await run(["status"], { socket: api.socket, colours: true });
  expect(out).toContain("\x1b[31m  kernel  DOWN  gone\x1b[0m\n");
});

test("bans: add, list, show, lift", async () => {
  const added = await ringfence("bans", "add", "203.0.113.0/24", "--for", "2h", "--note", "scans");
  expect(added.out).toBe("203.0.113.0/24 is shut out until 2026-01-31T14:00:00.000Z (in 2 h).\n");
  expect(api.services.asked).toEqual([
    { ban: "203.0.113.0/24", durationMs: 7_200_000, note: "scans", by: "cli:alice" },
  ]);
  api.services.banned.push(ban({ target: SHUT }));
  expect((await ringfence("bans", "list")).out)
    .toBe(`TARGET          ENDS       SINCE      CAUSE    TRIES  WHY
203.0.113.0/24  in 2 h     now        by-hand     41  scans
203.0.113.12    in 12 min  3 min ago  attack      41  41 wrong passwords for 100 in 12 s
`);
  const shown = (await ringfence("bans", "show", "203.0.113.12")).out;
  expect(shown).toContain("203.0.113.12 is shut out.\n");
  expect(shown).toContain("  until     2026-01-31T12:12:00.000Z (in 12 min)\n");
  expect((await ringfence("bans", "lift", "203.0.113.12")).out).toBe("203.0.113.12 is let in again.\n");
  const { out } = await ringfence("bans", "list", "--json");
  expect(JSON.parse(out)).toMatchObject({ bans: [{ target: "203.0.113.0/24", by: "cli:alice" }] });
});

test("thousands of bans come page by page, as one table or one document", async () => {
  api.services.banned = Array.from({ length: 2_500 }, (_, index) =>
    ban({ target: target(`10.0.${index >> 8}.${index & 255}`), cause: index === 7 ? "typo" : "attack" }),
  );
  const lines = (await ringfence("bans", "list")).out.trimEnd().split("\n");
  expect(lines).toHaveLength(2_501);
  expect(lines.filter((line) => line.startsWith("TARGET"))).toHaveLength(1);
  const { out } = await ringfence("bans", "list", "--json");
  expect(out.trimEnd()).not.toContain("\n");
  expect((JSON.parse(out) as { bans: unknown[] }).bans).toHaveLength(2_500);
  expect((await ringfence("bans", "list", "--cause", "typo")).out).toContain("10.0.0.7 ");
  expect((await ringfence("bans", "list", "--search", "nowhere")).out).toBe("No such ban.\n");
  expect(JSON.parse((await ringfence("bans", "list", "--search", "nowhere", "--json")).out)).toEqual({
    bans: [],
  });
  expect(await ringfence("bans", "list", "--cause", "whim")).toMatchObject({
    status: 2,
    err: expect.stringContaining("cause: one of attack, outdated-credentials"),
  });
});

test("why tells the story and what to do", async () => {
  const recent = { count: 0, accounts: [], tried: [], firstAtMs: null, lastAtMs: null, left: null };
  const facts = {
    target: SHUT,
    standing: "stranger" as const,
    protectedBecause: null,
    history: [],
    blocks: [],
    place: null,
    refusedByList: [],
    callsPaused: null,
    pinging: null,
    unknownAccounts: [],
    locks: [],
    devices: [],
    known: [],
    recent,
  };
  api.services.explanation = explainAddress({ ...facts, inForce: [ban({ target: SHUT })] }, NOW);
  expect((await ringfence("why", "203.0.113.12")).out).toBe(`203.0.113.12 is shut out for another 12 min.
  203.0.113.12 guessed passwords: 41 tries on 100 in 12 s, over UDP, none right. No password ever succeeded from it. Shut out for 15 min, first time (12 min left).
What to do:
  Nothing to do if nobody of yours is there.
  If it is one of yours: ringfence bans lift 203.0.113.12
  To never shut it out again: ringfence never-ban add 203.0.113.12
`);
  expect(JSON.parse((await ringfence("why", "203.0.113.12", "--json")).out)).toMatchObject({
    kind: "address",
  });
});

test("what attackers wrote reaches no terminal as a command", async () => {
  const evil = "\x1b]0;pwned\x07\x9b31m\u202e\nFAKE LINE\r";
  api.services.banned = [
    ban({ target: SHUT, evidence: { ...ban({ target: SHUT }).evidence, accounts: [evil], summary: evil } }),
  ];
  api.services.logged = [call({ verdict: verdict({ number: null, digits: evil, detail: evil }) })];
  for (const argv of [
    ["bans", "list"],
    ["bans", "show", "203.0.113.12"],
    ["calls"],
    ["bans", "list", "--json"],
    ["calls", "--json"],
  ]) {
    const { out, status } = await ringfence(...argv);
    expect(status).toBe(0);
    expect(out.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(out).not.toMatch(/^FAKE/m);
    expect(out).toContain("FAKE LINE");
  }
  const { out } = await ringfence("calls", "--json");
  expect(JSON.parse(out)).toMatchObject({ calls: [{ dialled: evil }] });
  expect((await ringfence("bans", "add", evil)).err).not.toContain("\x1b");
  expect((await ringfence("--colour\x1b[31m")).err).not.toContain("\x1b");
});

test("calls", async () => {
  const { out } = await ringfence("calls", "--refused", "--since", "2h", "--limit", "5");
  expect(out).toBe(
    `WHEN   FROM  BY  NUMBER        AREA   $/MIN  DECISION  WHY
60 s ago  100       +18765550123  JM    0.2100  refuse    Jamaica mobile costs $0.2100 a minute, over the global cap of $0.1000.
`
      .replace("WHEN   ", "WHEN      ")
      .replace("AREA   $/MIN", "AREA   $/MIN"),
  );
  expect(api.services.asked).toEqual([{ refusedOnly: true, sinceMs: NOW - 7_200_000, limit: 6 }]);
  api.services.logged = [];
  expect((await ringfence("calls")).out).toBe("No calls.\n");
});

describe("check-call", () => {
  test("one, for people", async () => {
    expect(await ringfence("check-call", "--from", "100", "--number", "5", "--trunk", "carrier")).toEqual({
      status: 1,
      out: "carrier (rate-over-cap)\n",
      err: "",
    });
  });

  test("one", async () => {
    const { out } = await ringfence("check-call", "--from", "100", "--number", "0018765550123", "--json");
    expect(JSON.parse(out)).toEqual({
      decision: "refuse",
      rule: null,
      reason: "rate-over-cap",
      from: "100",
      number: null,
      area: "JM",
      numberType: "mobile",
      rate: { deck: "default", prefix: "1876", usdPerMinute: "0.2100" },
      cap: { usdPerMinute: "0.1000", scope: "global" },
      detail: "no trunk",
      policyVersion: 12,
    });
  });

  test("a batch from stdin, 10,000 rows", async () => {
    const rows = Array.from({ length: 10_000 }, (_, index) => `${index},5550100`);
    const ran = await run(["check-call", "--batch", "-"], {
      socket: api.socket,
      input: `from,number\n${rows.join("\n")}\n`,
    });
    const lines = ran.out.trimEnd().split("\n");
    expect(ran).toMatchObject({ status: 0, err: "" });
    expect(lines.map((line) => (JSON.parse(line) as { from: string }).from)).toEqual(
      rows.map((_, index) => String(index)),
    );
  });

  test.each([1, 20_000])("a batch of %i rows without its columns is told what is wrong", async (rows) => {
    const input = "100,5550100\n".repeat(rows);
    const ran = await run(["check-call", "--batch", "-"], { socket: api.socket, input });
    expect(ran).toMatchObject({ status: 1, out: "" });
    expect(ran.err).toContain("The first line must name the columns");
  });

  test("a batch with a row that can't be read ends with 1 and answers all", async () => {
    const folder = mkdtempSync(join(tmpdir(), "ringfence-batch-"));
    try {
      writeFileSync(join(folder, "b.csv"), "from,number\n100\n101,5\n");
      const ran = await ringfence("check-call", "--batch", join(folder, "b.csv"));
      expect(ran.status).toBe(1);
      expect(
        ran.out
          .trimEnd()
          .split("\n")
          .map((line) => JSON.parse(line) as unknown),
      ).toMatchObject([{ error: { line: 2 } }, { from: "101" }]);
      expect(await ringfence("check-call", "--batch", join(folder, "none.csv"))).toMatchObject({
        status: 1,
        err: expect.stringContaining("is not there"),
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("a batch without header is refused", async () => {
    const ran = await run(["check-call", "--batch", "-"], { socket: api.socket, input: "100,5\n" });
    expect(ran).toMatchObject({
      status: 1,
      out: "",
      err: expect.stringContaining("The first line must name"),
    });
  });
});

test("rates: import, lookup, list", async () => {
  const input = "prefix,destination,usd_per_minute\n1876,Jamaica,0.21\n";
  const ran = await run(["rates", "import", "-", "--deck", "carrier", "--dry-run"], {
    socket: api.socket,
    input,
  });
  expect(ran).toMatchObject({
    status: 0,
    out: `Deck carrier would hold 2 prices.
  Read as prefix=Code, rate=Rate (utf-8, delimiter ;, decimal mark ., USD).
  3 rows read, 1 refused; passed over 1 without prefix and price.
  1 added, 1 changed, 0 removed; 1 above the cap, 1 blocked.
  Columns passed over: Note.
  1 row named a prefix again: the dearer price counts (1876 $0.2100 and not $0.0900).
  1 price begin later; the deck next changes by itself at 2026-02-01T12:00:00.000Z.
  2 prices without billing increments: whole minutes are reckoned (--increments says otherwise).
Refused from now on, and not before: 1 prefix
PREFIX  BEFORE   $/MIN  DESTINATION
1876    0.0900  0.2100  Jamaica
Dearer than before: 1 prefix; the biggest rises:
PREFIX  BEFORE   $/MIN  DESTINATION
1876    0.0900  0.2100  Jamaica
1 row can't be read, and nothing is imported while they are there (--skip-bad leaves them out):
  line 3: no price
`,
  });
  expect(api.services.importedText).toBe(input);
  expect((await ringfence("rates", "lookup", "0018765550123")).out).toBe(`+18765550123
DECK     PREFIX   $/MIN  $/CALL  BILLED  DESTINATION
default  1876    0.2100  0.0000  60/60   Jamaica mobile
`);
  expect((await ringfence("rates", "list")).out).toContain(
    "default       3  2026-01-31T11:00:00.000Z (60 min ago)",
  );
});

test("rates: bind, list, undo, remove and rules", async () => {
  expect((await ringfence("rates", "bind", "default", "carrier-a", "carrier-b")).out).toBe(
    "TRUNK      DECK\ncarrier-a  default\ncarrier-b  default\n",
  );
  expect((await ringfence("rates", "unbind", "carrier-b")).out).toBe("TRUNK      DECK\ncarrier-a  default\n");
  api.services.decks = [{ ...api.services.decks[0]!, importedAtMs: NOW - 40 * 86_400_000 }];
  const { out } = await ringfence("rates", "list");
  expect(out).toContain("carrier-a");
  expect(out).toContain("Deck default is more than 30 days old: its prices may be wrong.");
  expect((await ringfence("rates", "undo")).out).toBe(
    "Deck default is the one imported 40 d ago: 2 prices.\n",
  );
  expect((await ringfence("rates", "remove", "default")).out).toBe(
    "There is no deck default any more; rates undo brings it back.\n",
  );
  expect(
    (await ringfence("rates", "rules", "--without-rate", "allow", "--fee-in-first-minute", "no")).out,
  ).toBe("Calls without a known price pass.\nAgainst the cap a connection fee does not count.\n");
  expect(JSON.parse((await ringfence("rates", "rules", "--json")).out)).toEqual({
    withoutRate: "allow",
    feeInFirstMinute: false,
    policyVersion: 12,
  });
  expect((await ringfence("rates", "rules", "--without-rate", "perhaps")).status).toBe(2);
});

test("detection: show, set, reset", async () => {
  const shown = (await ringfence("detection", "show")).out;
  expect(shown).toContain("attempts               10                        Failed attempts of a stranger\n");
  const one = (await ringfence("detection", "show", "attempts")).out;
  expect(one).toContain("attempts: 10\n  Failed attempts of a stranger. So many failed tries");
  expect(one).toContain("The default is 10. Write a whole number from 1 to 1000.\n");
  expect((await ringfence("detection", "set", "attempts", "12", "ladder", "15m,1h")).out)
    .toBe(`NAME      VALUE   DEFAULT          WHAT
attempts  12      10               Failed attempts of a stranger
ladder    15m 1h  15m 1h 6h 1d 7d  Length of bans and blocks, one after the other
`);
  expect(await ringfence("detection", "set", "attempts", "0")).toMatchObject({
    status: 1,
    err: "ringfence: attempts: write a whole number from 1 to 1000\n",
  });
  expect(await ringfence("detection", "set", "attempts")).toMatchObject({ status: 2 });
  expect(await ringfence("detection", "show", "atempts")).toMatchObject({ status: 1 });
  await ringfence("detection", "reset");
  const answer = JSON.parse((await ringfence("detection", "show", "attempts", "--json")).out) as unknown;
  expect(answer).toMatchObject({
    settings: [{ name: "attempts", value: "10", form: "count" }],
    policyVersion: 12,
  });
});

test("blocks and locks: list, add, lift", async () => {
  expect((await ringfence("blocks", "list")).out).toBe("No account is blocked anywhere.\n");
  expect((await ringfence("blocks", "add", "104", "198.51.100.7", "--for", "2h")).out).toBe(
    "104 is shut to 198.51.100.7, in 2 h.\n",
  );
  api.services.notInForce = { "105": "Asterisk has no such endpoint" };
  expect((await ringfence("blocks", "add", "105", "2001:db8::1")).out).toBe(
    "105 is shut to 2001:db8::/64, until lifted.\nNot in force: Asterisk has no such endpoint.\n",
  );
  const { out } = await ringfence("blocks", "list");
  expect(out).toContain("104      198.51.100.7   in 2 h");
  expect(out).toContain("not in force: Asterisk has no such endpoint");
  expect((await ringfence("blocks", "lift", "104", "198.51.100.7")).out).toBe(
    "104 may sign in from 198.51.100.7 again.\n",
  );
  expect(await ringfence("blocks", "lift", "104", "198.51.100.7")).toMatchObject({ status: 1 });
  expect(await ringfence("blocks", "add", "carrier", "198.51.100.7")).toMatchObject({ status: 1 });
  expect(await ringfence("blocks", "add", "104", "198.51.100.0/24")).toMatchObject({
    status: 2,
    err: expect.stringContaining("is a network: name one address"),
  });
  expect((await ringfence("locks", "list")).out).toBe("No account is locked.\n");
  const times = { fromMs: NOW, untilMs: NOW + 3_600_000, liftedAtMs: null, liftedBy: null };
  api.services.locked = [{ id: 1, account: "104", by: "ringfence", sources: 22, ...times }];
  expect((await ringfence("locks", "list")).out).toContain("104      in 60 min  now            22");
  expect((await ringfence("locks", "lift", "104")).out).toBe("104 is open again.\n");
});

test("blocks note, locks add", async () => {
  await ringfence("blocks", "add", "104", "198.51.100.7");
  const note = (...text: string[]) => ringfence("blocks", "note", "104", "198.51.100.7", ...text);
  expect((await note("called them")).out).toBe("104 at 198.51.100.7: called them\n");
  expect((await note()).out).toBe("No note on 104 at 198.51.100.7.\n");
  expect(await ringfence("blocks", "note", "999", "198.51.100.7", "x")).toMatchObject({ status: 1 });
  expect((await ringfence("locks", "add", "104", "--for", "2h")).out).toBe(
    "104 is shut to all but its known addresses; that ends in 2 h.\n",
  );
  expect(JSON.parse((await ringfence("locks", "add", "105", "--json")).out)).toMatchObject({
    account: "105",
    until: new Date(NOW + 3_600_000).toISOString(),
    sources: 0,
    by: expect.stringMatching(/^cli/),
  });
  expect(await ringfence("locks", "add", "carrier")).toMatchObject({ status: 1 });
  expect(await ringfence("locks", "add", "a b")).toMatchObject({ status: 2 });
});

test("bans show tells the whole evidence, and of a relapse", async () => {
  const shut = ban({ target: SHUT });
  const evidence = {
    ...shut.evidence,
    ...{ confidence: 0.72, advice: "Enter the new password.", hint: "Enter the new password of 100." },
    ...{ userAgents: ["Yealink SIP-T46S"], methods: ["REGISTER"], ports: 32, aclNames: ["office"] },
    story: "A phone goes on with an old password of 100.",
    lastSuccessAtMs: NOW - 86_400_000,
    tried: [
      {
        ...{ name: "100", tries: 41, firstAtMs: NOW - 60_000, lastAtMs: NOW, gapMs: 60_000 },
        ...{ gapDeviationMs: 5, kinds: ["wrong-password" as const] },
      },
    ],
  };
  api.services.banned = [{ ...shut, cause: "outdated-credentials", evidence }];
  const { out } = await ringfence("bans", "show", SHUT);
  for (const line of [
    "what      A phone goes on with an old password of 100.",
    "cause     outdated-credentials (72 % sure), stranger, proof returned",
    "interval  100: 41 tries, every 60 s",
    "ports     32 or more",
    "devices   Yealink SIP-T46S",
    "methods   REGISTER",
    "lists     office",
    "worked    2026-01-30T12:00:00.000Z (24 h ago)",
    "advice    Enter the new password of 100.",
  ]) {
    expect(out).toContain(`  ${line}\n`);
  }
  const lifted = { ...shut, liftedAtMs: NOW - 60_000, liftedBy: "cli" };
  api.services.explanation = explainAddress(
    {
      target: SHUT,
      standing: "stranger",
      protectedBecause: null,
      inForce: [],
      history: [lifted],
      blocks: [],
      refusedByList: [],
      place: null,
      known: [],
      callsPaused: null,
      pinging: null,
      unknownAccounts: [],
      locks: [],
      devices: [],
      recent: {
        count: 4,
        accounts: ["100"],
        tried: [],
        firstAtMs: NOW - 50_000,
        lastAtMs: NOW - 40_000,
        left: 6,
      },
    },
    NOW,
  );
  expect((await ringfence("bans", "show", SHUT)).out).toContain(
    "It tried again 40 s ago, after its ban was lifted, and will be shut out again in 6 tries.\n",
  );
});

test("detection shadow: show, set, start, results, stop", async () => {
  const shadow = (...argv: string[]) => ringfence("detection", "shadow", ...argv);
  expect((await shadow("show")).out).toBe(
    "The shadow policy does not run.\nIt changes nothing: ringfence detection shadow set attempts 5\n",
  );
  expect((await shadow("set", "attempts", "5")).out).toContain("attempts  10        5       Failed attempts");
  expect(await shadow("set", "attempts", "0")).toMatchObject({ status: 1 });
  expect(await shadow("set", "attempts")).toMatchObject({ status: 2 });
  expect((await shadow("start")).out).toContain("The shadow policy runs since 60 s ago.\n");
  expect(await shadow("start")).toMatchObject({ status: 1, err: expect.stringContaining("runs already") });
  const decision = decisionOf(ban({ target: SHUT }));
  const other = decisionOf(ban({ target: target("198.51.100.9"), standing: "known", fromMs: NOW }));
  api.services.found = compareWithLive([decision], [other], { fromMs: NOW - 60_000, toMs: NOW });
  const { out } = await shadow("results", "--since", "1h");
  expect(api.services.asked.at(-1)).toEqual({ sinceMs: NOW - 3_600_000 });
  expect(out).toContain(
    "The shadow policy, since 60 s ago: would have banned 1 more (1 of them known sources), 1 fewer.\n",
  );
  expect(out).toMatch(/^198\.51\.100\.9 +- +banned after 41 at 12:00:00 +known +attack/m);
  expect(out).toMatch(/^203\.0\.113\.12 +banned after 41 at 11:57:00 +- +stranger +attack/m);
  expect(JSON.parse((await shadow("results", "--json")).out)).toMatchObject({
    running: true,
    bans: { more: 1, moreKnown: 1, fewer: 1, both: 0 },
    results: [{ target: "198.51.100.9", live: null, shadow: { action: "ban", attempts: 41 } }, {}],
    left: 0,
  });
  expect((await shadow("stop")).out).toContain("The shadow policy does not run; its last run ended now.\n");
  await shadow("reset");
  expect(api.services.asked.at(-1)).toEqual({ resetShadow: [] });
});

test("proposals: list, accept, dismiss", async () => {
  expect((await ringfence("bans", "proposals")).out).toBe("No network is proposed.\n");
  const network = target("203.0.113.0/24");
  const undecided = { decision: null, decidedAtMs: null, decidedBy: null };
  api.services.proposed = [{ id: 1, network, atMs: NOW, sources: [SHUT], attempts: 50, ...undecided }];
  expect((await ringfence("status")).out).toContain(
    "1 network proposed to be shut out: ringfence bans proposals\n",
  );
  expect((await ringfence("bans", "proposals")).out).toContain("203.0.113.0/24        1     50  now");
  expect((await ringfence("bans", "dismiss", "203.0.113.0/24")).out).toBe("203.0.113.0/24 stays open.\n");
  expect((await ringfence("bans", "accept", "203.0.113.0/24", "--for", "2d")).out).toContain("is shut out");
  expect(api.services.asked.at(-1)).toEqual({ accept: network, durationMs: 172_800_000, by: "cli:alice" });
  expect(await ringfence("bans", "accept", "203.0.113.0/24")).toMatchObject({ status: 1 });
});

test("import: what was taken in, and what was not with its line", async () => {
  const input = "203.0.113.1\nexample.com\n";
  const bans = await run(["bans", "import", "-", "--note", "x"], { socket: api.socket, input });
  expect(bans).toMatchObject({
    status: 1,
    out: expect.stringMatching(
      /^1 target added, 0 there already\.\n1 refused:\n {2}line 2: example\.com: names/,
    ),
  });
  const dry = await run(["never-ban", "import", "-", "--dry-run", "--json"], { socket: api.socket, input });
  expect(JSON.parse(dry.out)).toMatchObject({ dryRun: true, added: ["203.0.113.1"], refused: [{ line: 2 }] });
  expect(api.services.neverBanned).toEqual([]);
  expect(await ringfence("bans", "import", "/nowhere/list")).toMatchObject({ status: 1 });
});

test("notes, and never banning what was banned", async () => {
  api.services.banned = [ban({ target: SHUT })];
  expect((await ringfence("bans", "note", "203.0.113.12", "the lift")).out).toBe("203.0.113.12: the lift\n");
  expect((await ringfence("bans", "note", "203.0.113.12")).out).toBe("No note on 203.0.113.12.\n");
  expect((await ringfence("bans", "never-ban", "203.0.113.12", "--note", "the branch")).out).toBe(
    "203.0.113.12 is let in again.\n203.0.113.12 is never shut out again.\n",
  );
  expect((await ringfence("never-ban", "list")).out).toBe("203.0.113.12  the branch\n");
  expect((await ringfence("never-ban", "add", "198.51.100.1", "--note", "office")).out).toContain(
    "198.51.100.1  office\n",
  );
});

test("audit, page by page", async () => {
  expect((await ringfence("audit")).out).toBe("Nothing was changed.\n");
  api.services.audited = Array.from({ length: 450 }, (_, index) => ({
    id: 450 - index,
    atMs: NOW,
    by: "cli:ann",
    subject: "ban 203.0.113.12",
    change: "lifted",
    before: { untilMs: 1 },
    after: null,
  }));
  const { out } = await ringfence("audit", "--since", "2h", "--subject", "203.0.113.12");
  expect(out.trimEnd().split("\n")).toHaveLength(451);
  expect(out).toContain("now   cli:ann  ban 203.0.113.12  lifted\n");
  expect(api.services.asked.at(-1)).toEqual({ sinceMs: NOW - 7_200_000, subject: "203.0.113.12" });
  const all = JSON.parse((await ringfence("audit", "--json")).out) as { entries: unknown[] };
  expect(all.entries).toHaveLength(450);
  expect(all.entries[0]).toMatchObject({ at: "2026-01-31T12:00:00.000Z", before: { untilMs: 1 } });
});

test("a dial plan is tried on digits without being stored", async () => {
  const { out, status } = await ringfence(
    ...["dial-plan", "preview", "9 011 44 20", "7946 0000", "--outside-prefix", "9"],
  );
  expect([status, out]).toEqual([
    0,
    "9 outside line · 011 international · 44 United Kingdom · 2079460000 number · +442079460000\n" +
      "United Kingdom, fixed\n",
  ]);
  const local = await ringfence("dial-plan", "preview", "79460000", "--country", "GB", "--area-code", "20");
  expect(local.out).toContain("20 own area code, added · 2079460000 number · +442079460000");
  const refused = await ringfence("dial-plan", "preview", "000972599123456");
  expect([refused.status, refused.out]).toEqual([1, expect.stringContaining("Refused: 000972599123456")]);
  expect((await ringfence("dial-plan", "preview", "1", "--area-code", "900")).status).toBe(1);
  expect(api.services.plan.outsidePrefix).toBeNull();
});

test("prefixes, the way back to the global lists, and ranges known for fraud", async () => {
  api.services.prefixes = [{ prefix: "4470", action: "deny" }];
  expect((await ringfence("areas", "show")).out).toBe(
    "Open by global rule:\n  US\nPrefixes by global rule, which go ahead of areas:\n  +4470 denied\n",
  );
  expect((await ringfence("areas", "allow", "SO")).out).toContain("SO is known for toll fraud: ");
  expect((await ringfence("areas", "forget", "+4470")).out).not.toContain("4470");
  expect((await ringfence("areas", "inherit", "100")).status).toBe(0);
  expect(api.services.asked.at(-1)).toEqual({ inherit: "100", by: "cli:alice" });
  expect((await ringfence("areas", "inherit", "999")).status).toBe(1);
  expect((await ringfence("areas", "high-risk", "allow")).out).toContain("are allowed.\nPREFIX");
  expect((await ringfence("areas", "high-risk", "maybe")).status).toBe(2);
});

test("the call log as CSV runs no formula and no terminal command", async () => {
  api.services.logged = [
    call({ trunk: "=cmd|' /C calc'!A0", verdict: verdict({ digits: '+44"\n\x1b[2J,', from: "@SUM(1)" }) }),
  ];
  const { out } = await ringfence("calls", "--csv", "--extension", "100", "--number", "+44");
  const [head, row, ...rest] = out.split("\n");
  expect(head).toMatch(/^id,at,from,dialled,number,/);
  expect(row).toContain(`,"'@SUM(1)","'+44""`);
  expect(row).toContain(`,"'+18765550123",JM,mobile,"'=cmd|' /C calc'!A0",`);
  expect(row).not.toContain("\x1b");
  expect(rest).toEqual([""]);
  expect(api.services.asked[0]).toMatchObject({ extension: "100", numberPrefix: "+44" });
});

test("areas, cap, dial plan and never-ban", async () => {
  expect((await ringfence("areas", "allow", "JM", "GB", "--extension", "100")).out).toBe(
    "Open by extension 100's own rule:\n  US\n  JM\n  GB\n" +
      "JM is known for toll fraud: Jamaica: dialled like a domestic number, priced like one abroad.\n",
  );
  expect((await ringfence("areas", "deny", "US", "JM", "GB")).out).toBe(
    "Open by global rule:\n  none: no call passes but emergency calls\n",
  );
  expect((await ringfence("areas", "show", "100")).out).toContain("extension 100");
  expect((await ringfence("cap", "set", "0.2")).out).toBe("At most $0.2000 a minute (global rule).\n");
  expect((await ringfence("cap", "set", "none", "--extension", "100")).out).toBe(
    "No cap (extension 100's own rule).\n",
  );
  expect(JSON.parse((await ringfence("cap", "show", "--json")).out)).toEqual({
    usdPerMinute: null,
    scope: "global",
    policyVersion: 12,
  });
  expect((await ringfence("dial-plan", "set", "--outside-prefix", "9")).out).toContain(
    "outside prefix          9\n",
  );
  expect(api.services.plan).toMatchObject({ country: "US", outsidePrefix: "9", internationalPrefixes: [] });
  expect((await ringfence("never-ban", "add", "198.51.100.0/24")).out).toBe("198.51.100.0/24\n");
  expect((await ringfence("never-ban", "remove", "198.51.100.0/24")).out).toBe("The list is empty.\n");
});

test("refusals are shown, changed by reason and reset", async () => {
  expect((await ringfence("refusals", "show")).out).toMatch(/area-closed +34 +none +file/);
  const set = await ringfence("refusals", "set", "area-closed", "--announcement", "standard");
  expect(set.out).toMatch(/area-closed +34 +standard \(feature-not-avail-line\) +rule/);
  expect((await ringfence("refusals", "tell-caller", "message")).out).toContain("gets a SIP message");
  const reset = await ringfence("refusals", "reset", "area-closed");
  expect(reset.out).toMatch(/area-closed +34 +none +file/);
  expect(await ringfence("refusals", "set", "area-shut", "--cause", "1")).toMatchObject({
    status: 2,
    err: expect.stringContaining("write one of default, fallback"),
  });
  expect((await ringfence("refusals", "set", "default")).status).toBe(2);
  expect((await ringfence("refusals", "set", "default", "--cause", "128")).err).toContain("from 1 to 127");
});

test("limits and spend", async () => {
  expect((await ringfence("limits", "set", "100", "attempts", "20")).out).toMatch(/attempts +20 +\S*100/);
  expect(api.services.asked).toContainEqual(
    expect.objectContaining({ limits: { attempts: "20" }, extension: "100" }),
  );
  expect((await ringfence("limits", "off", "spend", "system-spend")).out).toMatch(/system-spend +off/);
  expect((await ringfence("limits", "off", "100", "spend")).out).toMatch(/spend +off +100/);
  expect((await ringfence("limits", "inherit", "100")).out).toMatch(/attempts +10 +global/);
  expect((await ringfence("limits", "show", "100")).out).not.toContain("system-spend");
  expect((await ringfence("limits", "set", "attempts")).status).toBe(2);
  expect((await ringfence("limits", "set", "attempts", "many")).err).toContain("write a whole number");
  expect((await ringfence("spend")).out).toMatch(/all +\$1\.2500 +\$0\.2500 +\$50\.0000 +1/);
});

describe("policy", () => {
  test("export prints it, or writes a file that is not there yet", async () => {
    expect(await ringfence("policy", "export")).toMatchObject({
      status: 0,
      out: "calling:\n  cap: 0.2500\n",
    });
    const folder = mkdtempSync(join(tmpdir(), "ringfence-policy-"));
    const file = join(folder, "policy.yaml");
    expect(await ringfence("policy", "export", file)).toMatchObject({ status: 0, out: "" });
    expect(readFileSync(file, "utf8")).toBe("calling:\n  cap: 0.2500\n");
    expect(await ringfence("policy", "export", file)).toMatchObject({
      status: 2,
      err: `ringfence: ${file} is there already: name another file, or add --force\n`,
    });
    expect(await ringfence("policy", "export", file, "--force")).toMatchObject({ status: 0 });
    rmSync(folder, { recursive: true });
  });

  test("import tells what changed, and a dry run what would", async () => {
    const throwsOut = [
      {
        ...{ extension: "101", contact: "101;@1", address: "198.51.100.11" },
        ...{ addressIs: "seen" as const, userAgent: "SIPp", sinceMs: NOW - 7_200_000 },
      },
    ];
    api.services.policyImport = { ...api.services.policyImport, throwsOut, warnings: ["Look out."] };
    const told = await run(["policy", "import", "-", "--dry-run"], {
      socket: api.socket,
      input: "calling: {}",
    });
    expect(told.out).toBe(`Would be changed: 1 thing
  ~ calling.cap: 0.2500 -> 0.1000
Would lose the registration: 1 phone
  101  198.51.100.11  SIPp, since 2 h ago
Warning: Look out.
`);
    const done = await run(["policy", "import", "-"], { socket: api.socket, input: "calling: {}" });
    expect(done.out).toContain("Changed: 1 thing; the policy is at version 13\n");
  });

  test("each fault of a file stands in a line that editors can jump to", async () => {
    const told = await run(["policy", "import", "-"], { socket: api.socket, input: "fault" });
    expect(told).toMatchObject({
      status: 1,
      out: "",
      err: "-:2: calling.cap: write an amount\nringfence: The file has a fault, and nothing was changed.\n",
    });
    expect(await ringfence("policy", "import", "/no/such/file")).toMatchObject({ status: 1 });
  });

  test("undo tells what it took back", async () => {
    expect((await ringfence("policy", "undo")).out).toContain("The last change: opened JM\nChanged: 1 thing");
  });
});

test("allow-list refused: whom a list refused, and the one step that lets them in", async () => {
  expect((await ringfence("allow-list", "refused")).out).toBe("No list refused anybody lately.\n");
  const at = { address: "198.51.100.12", atMs: NOW - 60_000, count: 3 };
  api.services.refusedByLists = [
    { account: "104", ...at, userAgent: "Yealink T46", like: "its-phone" },
    { account: "105", ...at, userAgent: null, like: "untold" },
  ];
  expect((await ringfence("allow-list", "refused")).out)
    .toBe(`EXTENSION  ADDRESS        TRIES  LAST      DEVICE
104        198.51.100.12      3  60 s ago  Yealink T46, calls itself like its phone
105        198.51.100.12      3  60 s ago
To let one in:
  ringfence allow-list add 104 198.51.100.12
  ringfence allow-list add 105 198.51.100.12
`);
  expect(JSON.parse((await ringfence("allow-list", "refused", "105", "--json")).out)).toEqual({
    refused: [
      {
        ...{ extension: "105", address: "198.51.100.12", at: "2026-01-31T11:59:00.000Z", count: 3 },
        ...{ userAgent: null, like: "untold" },
      },
    ],
  });
});
