import { createReadStream, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import type { ReplayedAlarm, ReplayedBan, ReplayLine } from "../src/guard/replay.js";
import { compareFile, replayFile } from "../src/replay.js";

const FIXTURES = join(__dirname, "fixtures/ami");
const FORGER = "203.0.113.20";
const GUESSER = "203.0.113.12";

type Format = "ami" | "security-log";

async function replayed(
  file: string,
  format: Format,
  policy: string | null = null,
  stdin = Readable.from([]),
) {
  const lines: (ReplayLine | ReplayedAlarm)[] = [];
  for await (const line of replayFile({ file, format, policy }, stdin)) lines.push(line);
  const summary = lines.pop();
  if (summary === undefined || !("summary" in summary)) throw new Error("there is no summary");
  return { bans: lines as ReplayedBan[], summary: summary.summary };
}

describe("a policy of one's own", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "ringfence-replay-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const policy = (text: string): string => {
    const file = join(folder, "policy.yaml");
    writeFileSync(file, text);
    return file;
  };

  const policy2 = (text: string): string => {
    const file = join(folder, "other.yaml");
    writeFileSync(file, text);
    return file;
  };

  test("judges by it", async () => {
    const file = policy(`intrusion:\n  attempts: 3\n  ladder: [1h]\nnever-ban: [${FORGER}]\n`);
    const { bans } = await replayed(join(FIXTURES, "asterisk-22.ami"), "ami", file);
    const guesser = bans.find(({ target }) => target === GUESSER);
    expect(guesser).toMatchObject({ attempts: 3 });
    expect(Date.parse(guesser?.until ?? "") - Date.parse(guesser?.at ?? "")).toBe(3_600_000);
    expect(bans.map(({ target }) => target)).not.toContain(FORGER);
  });

  test("with faults is refused, all of them told", async () => {
    const file = policy("intrusion:\n  atempts: 3\nnever: []\n");
    await expect(replayed(join(FIXTURES, "asterisk-22.ami"), "ami", file)).rejects.toMatchObject({
      code: "config",
      message: [
        `${file}: line 2: intrusion.atempts: there is no such setting`,
        `${file}: line 3: never: there is no such setting: write dial-plan, calling, extensions, intrusion, registration, never-ban`,
      ].join("\n"),
    });
  });

  test("is compared with another: who is banned by one alone, and how many sooner", async () => {
    const strict = policy("intrusion: { attempts: 3 }\n");
    const lax = policy2("intrusion: { attempts: 900, account-names: 100 }\n");
    const wish = { file: join(FIXTURES, "asterisk-22.ami"), format: "ami" as const, policy: null };
    const lines = async (compare: string) => {
      const found = [];
      for await (const line of compareFile({ ...wish, compare }, Readable.from([]))) found.push(line);
      return found;
    };
    const more = await lines(strict);
    expect(more.at(-1)).toMatchObject({ comparison: { onlyPolicy: 0, both: 3, sooner: 2, later: 0 } });
    const added = more.flatMap((line) => ("only" in line && line.only === "compare" ? [line.target] : []));
    expect(added).toHaveLength(more.length - 1);
    expect(added).not.toContain(GUESSER);
    expect(added.length).toBeGreaterThan(0);
    const fewer = await lines(lax);
    expect(fewer.slice(0, -1)).toMatchObject([
      { only: "policy", action: "ban", target: GUESSER },
      { only: "policy", action: "ban", target: "203.0.113.13" },
    ]);
    expect(fewer.at(-1)).toMatchObject({
      comparison: { onlyPolicy: 2, onlyCompare: 0, both: 1, policy: { bans: 3 }, compare: { bans: 1 } },
    });
    expect(await lines(policy2("{}\n"))).toMatchObject([
      { comparison: { onlyPolicy: 0, onlyCompare: 0, both: 3, sooner: 0, later: 0 } },
    ]);
  });

  test.each([
    ["missing.ami", null],
    [join(FIXTURES, "asterisk-22.ami"), "missing.yaml"],
  ])("%s with %s can't be read", async (file, missing) => {
    await expect(replayed(file, "ami", missing)).rejects.toMatchObject({
      code: "config",
      message: expect.stringMatching(/^missing\.(ami|yaml) can't be read: Error: ENOENT/),
    });
  });
});

describe.each([
  ["asterisk-16.ami", "ami"],
  ["asterisk-22.ami", "ami"],
  ["asterisk-16.security-log", "security-log"],
  ["asterisk-22.security-log", "security-log"],
] as const)("%s", (name, format) => {
  const file = join(FIXTURES, name);

  test("bans the forger and the guesser, and nobody whom the lines only name", async () => {
    const { bans, summary } = await replayed(file, format);
    const targets = bans.map(({ target }) => target);
    expect(targets).toEqual(expect.arrayContaining([FORGER, GUESSER]));
    expect(targets.filter((target) => !target.startsWith("203.0.113."))).toEqual([]);
    expect(bans.find(({ target }) => target === GUESSER)).toMatchObject({
      action: "ban",
      cause: "attack",
      standing: "stranger",
      attempts: 10,
      scope: "host",
    });
    expect(summary.bans).toBe(bans.length);
    expect(summary.malformed).toBe(2);
  });

  test("comes out the same in one piece, byte by byte, and through stdin", async () => {
    const whole = await replayed(file, format);
    const bytes = createReadStream(file, { highWaterMark: 7 });
    const pieces = await replayed("-", format, null, bytes);
    expect(pieces.bans).toEqual(whole.bans);
    expect({ ...pieces.summary, seconds: 0 }).toEqual({ ...whole.summary, seconds: 0 });
  });
});

describe("with the accounts that Asterisk had", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "ringfence-replay-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** What chan_sip writes of a scan of names that nobody answers: it challenges whom it has not as whom it has. */
  const scan = Array.from({ length: 12 }, (_, n) => {
    const time = `2026-11-22T10:00:${String(n).padStart(2, "0")}.000+0000`;
    return (
      `[2026-11-22 10:00:${String(n).padStart(2, "0")}] SECURITY[7] res_security_log.c: SecurityEvent="ChallengeSent",` +
      `EventTV="${time}",Severity="Informational",Service="SIP",EventVersion="1",AccountID="10${n}",SessionID="0x7f${n}",` +
      `LocalAddress="IPV4/UDP/192.0.2.1/5060",RemoteAddress="IPV4/UDP/203.0.113.9/5060",Challenge="4f${n}"\n`
    );
  }).join("");

  async function judged(accounts: string | null) {
    const log = join(folder, "security.log");
    writeFileSync(log, scan);
    if (accounts !== null) writeFileSync(join(folder, "accounts"), accounts);
    const wish = { file: log, format: "security-log", policy: null } as const;
    const lines: (ReplayLine | ReplayedAlarm)[] = [];
    const known = accounts === null ? {} : { accounts: join(folder, "accounts") };
    for await (const line of replayFile({ ...wish, ...known }, Readable.from([]))) lines.push(line);
    return lines.filter((line) => "action" in line);
  }

  test("a scan at chan_sip is found at its ninth unknown name, as live", async () => {
    expect(await judged("# phones\n700\n701 # the lobby\n\n")).toMatchObject([
      { action: "ban", target: "203.0.113.9", cause: "attack", attempts: 9 },
    ]);
  });

  test.each([
    ["without them, nobody can tell them from phones whose answers are lost", null],
    ["where they all exist, they are such phones", Array.from({ length: 12 }, (_, n) => `10${n}`).join("\n")],
  ])("%s", async (_, accounts) => {
    expect(await judged(accounts)).toEqual([]);
  });

  test.each([
    ["# nothing\n", /names no account: write one name a line/],
    ["100\nEndpoint: 101/101  Unavailable\n", /line 2 is no account: write one name a line/],
  ])("%j is refused", async (accounts, message) => {
    await expect(judged(accounts)).rejects.toMatchObject({
      code: "config",
      message: expect.stringMatching(message),
    });
  });
});
