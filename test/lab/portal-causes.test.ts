import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { BanJson, BansJson, PinSetJson } from "../../src/http/contract.js";
import { sourceOf } from "../../src/domain/address.js";
import { daemon, eventually, guardsUp, ringfence, ringfenceJson } from "./daemon.js";
import {
  addresses,
  asteriskCli,
  type AsteriskVersion,
  execIn,
  type Host,
  labDown,
  labUp,
  restartAsterisk,
  runFolder,
  sendSip,
  sipp,
} from "./lab.js";

/** What the person behind a banned address reads, for each cause and from each kind of address. Needs `npm run build`. */
const versions: AsteriskVersion[] = ["22", "16"];
const PAGE = "http://192.0.2.1:8787/portal";
const PAGE6 = "http://[2001:db8:0:1::1]:8787/portal";

const answer = (account: string, password: string): string[] => [
  ...["--user", account, "--username", account, "--authorization"],
  `Digest username="${account}",realm="asterisk",nonce="{nonce}",uri="sip:192.0.2.1",response="{response:${password}}"`,
];

describe.each(versions)("what the portal tells of each cause beside Asterisk %s", (version) => {
  const [typo, stale, gateway, listed, oldPassword, innocent, dialler] = addresses.phones.slice(30, 37);
  const [phone6] = addresses.phones6.slice(3);
  const [guesser] = addresses.attackers.slice(40);
  const endpoints = `${runFolder(version)}/etc/pjsip-endpoints.conf`;

  beforeAll(async () => {
    await labDown(version);
    await labUp(version);
    writeFileSync(
      `${runFolder(version)}/ringfence.yaml`,
      [
        "ami: { host: 127.0.0.1, port: 5038, user: ringfence }",
        'ari: { url: "http://127.0.0.1:8088", user: ringfence }',
        `asterisk: { configDir: ${runFolder(version)}/etc }`,
        `database: ${runFolder(version)}/ringfence.db`,
        `http: { socket: ${runFolder(version)}/ringfence.sock, listen: "[::]:8787", trustedProxies: [${addresses.carrier}] }`,
        "",
      ].join("\n"),
    );
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
      asPhone(phone6!, 3_200, ["--to", addresses.pbx6, ...answer("112", "old")]),
      callsInTheNameOfCallers(),
    ]);
  }, 16 * 60_000);
  afterAll(() => labDown(version), 60_000);

  async function registers(from: string, account: string, transport: "udp" | "tcp" = "udp"): Promise<void> {
    const outcome = await sipp(version, "phones", "register", { from, account, transport });
    expect([from, account, outcome.successful]).toEqual([from, account, 1]);
  }
  async function asPhone(from: string, pauseMs: number, argv: readonly string[]): Promise<void> {
    const sender = join(__dirname, "sip-send.mjs");
    const pace = ["--count", "11", "--pause-ms", `${pauseMs}`, "--wait-ms", "500"];
    await execIn(version, "phones", [process.execPath, sender, "--from", from, ...pace, ...argv], {
      timeoutMs: 90_000,
    });
  }
  /** A gateway that is registered and sends each call with the caller's number where its account belongs. */
  async function callsInTheNameOfCallers(): Promise<void> {
    for (let n = 0; n < 9; n++) {
      const to = ["--method", "INVITE", "--uri", "sip:0018765550123@192.0.2.1", "--user", `+49301234560${n}`];
      await sendSip(version, "phones", ["--from", gateway!, "--tcp", "--wait-ms", "400", ...to]);
    }
  }
  async function deleteAccount(account: string): Promise<void> {
    await eventually("the account has been seen", async () =>
      (await ringfence(version, "why", account)).stdout.includes(`Extension ${account}`),
    );
    const whole = readFileSync(endpoints, "utf8");
    writeFileSync(endpoints, whole.slice(0, whole.indexOf(`[${account}](phone)`)));
    await asteriskCli(version, "module reload res_pjsip.so");
    await restartAsterisk(version);
    await guardsUp(version);
    await registers(gateway!, "105", "tcp");
  }
  const banOf = async (target: string): Promise<BanJson> =>
    eventually(
      `${target} is banned`,
      async () =>
        (await ringfenceJson<BansJson>(version, "bans", "list")).bans.find((ban) => ban.target === target),
      30_000,
    );
  const pinOf = async (extension: string): Promise<string> =>
    (await ringfenceJson<PinSetJson>(version, "pin", "set", extension)).pin;

  async function browse(from: string, more: readonly string[] = [], host: Host = "phones"): Promise<string> {
    const page = from.includes(":") ? PAGE6 : PAGE;
    const argv = ["curl", "-s", "--max-time", "20", "--interface", from, ...more, page];
    return (await execIn(version, host, argv)).stdout;
  }
  const showPin = (from: string, extension: string, pin: string, ...more: string[]) => {
    const fields = [`extension=${extension}`, `pin=${pin}`, ...more];
    return browse(
      from,
      fields.flatMap((field) => ["--data-urlencode", field]),
    );
  };

  test.each<[string, () => string, BanJson["cause"], string, string, string]>([
    [
      ...(["a mistyped name", () => typo!, "typo"] as const),
      ...(["with a user name or password that does not fit", "108"] as const),
      "signs in as 1088. Did you mean 108?",
    ],
    [
      ...(["a forgotten device", () => stale!, "stale-device"] as const),
      ...(["with a user name or password that does not fit", "108"] as const),
      "still tries extension 119, which no longer exists",
    ],
    [
      ...(["calls in other names", () => gateway!, "wrong-signalling"] as const),
      ...(["its calls carry another name", "105"] as const),
      "Registrations from here succeed, but calls sent as +493012345600 are refused",
    ],
    [
      ...(["an address that is not listed", () => listed!, "allow-list"] as const),
      ...(["may be used from this address", "110"] as const),
      "Extension 110 may only register from listed addresses",
    ],
    [
      ...(["an old password", () => oldPassword!, "outdated-credentials"] as const),
      ...(["with a user name or password that does not fit", "111"] as const),
      "signs in to extension 111 with a password that does not fit",
    ],
    [
      ...(["an old password over IPv6", () => phone6!, "outdated-credentials"] as const),
      ...(["with a user name or password that does not fit", "112"] as const),
      "signs in to extension 112 with a password that does not fit",
    ],
  ])(
    "%s: in words that help, more with the PIN, and then lifted",
    async (_, from, cause, plain, extension, hint) => {
      const target = sourceOf(from())!;
      expect(await banOf(target)).toMatchObject({ cause });
      const text = await browse(from());
      expect(text).toContain("You are blocked");
      expect(text).toContain(`<code>${from()}</code>`);
      expect(text).toContain(plain);
      expect(text).toContain("Let me back in");
      expect(text).toMatch(/It last tried<\/dt>\s*<dd>(just now|\d+ (second|minute)s? ago)/);
      const pin = await pinOf(extension);
      const told = await showPin(from(), extension, pin, "do=tell");
      expect(told).toContain("Nothing is lifted yet.");
      expect(told).toContain(hint);
      expect(await banOf(target)).toBeDefined();
      // The same PIN at two addresses: neither is a relapse of the other.
      const lifted = await showPin(from(), extension, pin);
      expect(lifted).toContain("The block is lifted.");
      expect(await browse(from())).toContain("You are not blocked");
    },
    90_000,
  );

  test("whose program places calls is told until when they are refused, and what to check", async () => {
    expect((await ringfence(version, "limits", "off", "attempts")).status).toBe(0);
    const calls = { dialled: "0018765550123", calls: 70, callsPerSecond: 20, timeoutMs: 30_000 };
    await sipp(version, "phones", "call-refused", { from: dialler!, account: "103", ...calls });
    const text = await browse(dialler!);
    expect(text).toContain("Your calls are refused for a while");
    expect(text).toMatch(/\(in (\d+ seconds|\d+ minutes)\)/);
    expect(text).toContain("If you use a dialler");
    expect(await showPin(dialler!, "103", await pinOf("103"))).toContain(
      "Calls from this address are refused for a while",
    );
  }, 90_000);

  test("who guesses is told that the administrator alone lifts it, whatever the scope, and by a proxy's word alone", async () => {
    await sipp(version, "attacker", "register-wrong", {
      ...{ from: guesser!, account: "107", password: "guess", calls: 20, callsPerSecond: 20 },
      timeoutMs: 8_000,
    });
    expect(await banOf(guesser!)).toMatchObject({ cause: "attack" });
    const text = await browse(guesser!, [], "attacker");
    expect(text).toContain("faster than a phone makes them");
    expect(text).toContain("lifted by your administrator alone");
    expect(text).not.toContain("Let me back in");
    const named = ["-H", `X-Forwarded-For: 198.51.100.99, ${guesser}`];
    expect(await browse(addresses.carrier, named, "carrier")).toContain(`<code>${guesser}</code>`);
    const forged = await browse(innocent!, named);
    expect(forged).toContain("You are not blocked");
    expect(forged).toContain(`<code>${innocent}</code>`);
    expect((await ringfence(version, "bans", "add", innocent!, "--scope", "voip")).status).toBe(0);
    const byHand = await browse(innocent!);
    expect(byHand).toContain("An administrator has blocked this address.");
    expect(byHand).toContain("somebody lifts it");
  }, 90_000);
});
