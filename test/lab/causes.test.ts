import { readFileSync, writeFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { BanJson, BansJson, StatusJson } from "../../src/http/contract.js";
import { daemon, eventually, guardsUp, ringfence, ringfenceJson } from "./daemon.js";
import {
  addresses,
  type AsteriskVersion,
  asteriskCli,
  execIn,
  labDown,
  labUp,
  restartAsterisk,
  runFolder,
  sendSip,
  sipp,
} from "./lab.js";

/** What people do wrong with their phones, on real Asterisk, and what they are told about it. Needs `npm run build`. */
const versions: AsteriskVersion[] = ["22", "16"];

const answer = (account: string, password: string): string[] => [
  ...["--user", account, "--username", account, "--authorization"],
  `Digest username="${account}",realm="asterisk",nonce="{nonce}",uri="sip:192.0.2.1",response="{response:${password}}"`,
];

describe.each(versions)("what is told of those shut out by Asterisk %s", (version) => {
  const [before, typo, stale, gateway, listed, oldPassword] = addresses.phones.slice(40, 46);
  const endpoints = `${runFolder(version)}/etc/pjsip-endpoints.conf`;

  beforeAll(async () => {
    await labDown(version);
    await labUp(version);
    await registers(before!, "112");
    await daemon.start(version);
    await guardsUp(version);
    await registers(gateway!, "105", "tcp");
    expect((await ringfence(version, "allow-list", "set", "110", "203.0.113.99")).status).toBe(0);
    await deleteAccount("119");
    await Promise.all([
      asPhone(typo!, 1_300, answer("1088", "secret-108")),
      asPhone(stale!, 1_300, answer("119", "secret-119")),
      asPhone(listed!, 1_300, answer("110", "secret-110")),
      asPhone(oldPassword!, 3_200, answer("111", "old")),
      callsInTheNameOfCallers(),
    ]);
  }, 16 * 60_000);
  afterAll(() => labDown(version), 60_000);

  async function registers(from: string, account: string, transport: "udp" | "tcp" = "udp"): Promise<void> {
    const outcome = await sipp(version, "phones", "register", { from, account, transport });
    expect([from, account, outcome.successful]).toEqual([from, account, 1]);
  }
  /** Eleven tries at that pace, the last of them into the void. */
  async function asPhone(from: string, pauseMs: number, argv: readonly string[]): Promise<void> {
    const sender = join(__dirname, "sip-send.mjs");
    const pace = ["--count", "11", "--pause-ms", `${pauseMs}`, "--wait-ms", "500"];
    const whole = [process.execPath, sender, "--from", from, ...pace, ...argv];
    await execIn(version, "phones", whole, { timeoutMs: 90_000 });
  }
  /** A gateway that is registered and sends each call with the caller's number where its account belongs. */
  async function callsInTheNameOfCallers(): Promise<void> {
    for (let n = 0; n < 9; n++) {
      const call = [
        "--method",
        "INVITE",
        "--uri",
        "sip:0018765550123@192.0.2.1",
        "--user",
        `+49301234560${n}`,
      ];
      await sendSip(version, "phones", ["--from", gateway!, "--tcp", "--wait-ms", "400", ...call]);
    }
  }
  async function deleteAccount(account: string): Promise<void> {
    await eventually("the account has been seen", async () =>
      (await ringfence(version, "why", account)).stdout.includes(`Extension ${account}`),
    );
    const whole = readFileSync(endpoints, "utf8");
    writeFileSync(endpoints, whole.slice(0, whole.indexOf(`[${account}](phone)`)));
    await asteriskCli(version, "module reload res_pjsip.so");
    await eventually("the account is gone", async () =>
      (await asteriskCli(version, `pjsip show endpoint ${account}`)).includes("Unable to find"),
    );
    // A reload of one module tells nobody; a start does.
    await restartAsterisk(version);
    await eventually("the events are read again", async () => {
      const { guards } = await ringfenceJson<StatusJson>(version, "status");
      return guards.every(({ name, vital, up }) => up || (!vital && name !== "accounts"));
    });
    await registers(gateway!, "105", "tcp");
  }
  const banOf = async (target: string): Promise<BanJson> =>
    eventually(`${target} is banned`, async () =>
      (await ringfenceJson<BansJson>(version, "bans", "list")).bans.find((ban) => ban.target === target),
    );
  const why = async (target: string): Promise<string> => (await ringfence(version, "why", target)).stdout;

  test("a phone that had registered before Ringfence came is known", async () => {
    const told = await why(before!);
    expect(told).toContain(`${before} is not shut out; passwords succeeded from it before.`);
    expect(told).toContain("The password of 112 was right from here");
  }, 60_000);

  test.each<[string, () => string, BanJson["cause"], RegExp]>([
    ["typo", () => typo!, "typo", /signs in as 1088.*108/s],
    ["stale device", () => stale!, "stale-device", /tries extension 119.*no longer exists/s],
    ["wrong call signalling", () => gateway!, "wrong-signalling", /calls/],
    ["allow-list", () => listed!, "allow-list", /110.*list/s],
    [
      "outdated credentials",
      () => oldPassword!,
      "outdated-credentials",
      /111 with a password that does not fit/,
    ],
  ])(
    "%s: the cause is named, and what to do",
    async (_, target, cause, story) => {
      expect(await banOf(target())).toMatchObject({ cause });
      expect(await why(target())).toMatch(story);
    },
    60_000,
  );

  test("the security log of all this leads to the same bans", async () => {
    const log = `${runFolder(version)}/log/security`;
    const argv = ["replay", "--format", "security-log", "--json", log];
    const lines = execFileSync(process.execPath, [join(__dirname, "../../dist/ringfence.js"), ...argv], {
      encoding: "utf8",
    });
    const replayed = lines
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { action?: string; target: string; attempts: number })
      .filter(({ action }) => action === "ban")
      .map(({ target, attempts }) => [target, attempts]);
    const live = (await ringfenceJson<BansJson>(version, "bans", "list")).bans;
    expect(replayed.sort()).toEqual(live.map(({ target, attempts }) => [target, attempts]).sort());
  }, 60_000);
});
