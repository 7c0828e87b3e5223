import type { BanJson, BansJson, BlockJson, BlocksJson } from "../../src/http/contract.js";
import { daemon, eventually, guardsUp, ringfence, ringfenceJson } from "./daemon.js";
import {
  addresses,
  execIn,
  type Host,
  labDown,
  labsWithAndWithoutMirror,
  labUp,
  sendSip,
  sipp,
  spawnIn,
} from "./lab.js";

/** A phone's answer to the challenge that it was sent, with a password of its own. */
const answer = (account: string, password: string, to = "192.0.2.1"): string[] => [
  ...["--user", account, "--username", account, "--authorization"],
  `Digest username="${account}",realm="asterisk",nonce="{nonce}",uri="sip:${to}",response="{response:${password}}"`,
];
/** An answer to a challenge that nobody sent, of Asterisk's form: what forgers can do. */
const madeUpAnswer = (account: string): string[] => [
  ...["--user", account, "--authorization"],
  `Digest username="${account}",realm="asterisk",nonce="${Math.floor(Date.now() / 1000) - 5}/${"0f".repeat(16)}",` +
    `uri="sip:192.0.2.1",response="${"0a".repeat(16)}"`,
];

describe.each(labsWithAndWithoutMirror)("situations in front of Asterisk %s %s", (version, mirror) => {
  const hep = mirror === "with HEP";
  const customer = addresses.phones[0]!;
  const office = addresses.phones[20]!;

  beforeAll(async () => {
    await labDown(version);
    await labUp(version, { hep });
    await daemon.start(version);
    await guardsUp(version);
    const set = await ringfence(version, "detection", "set", "block-attempts", "5");
    expect(set.status).toBe(0);
    expect((await ringfence(version, "never-ban", "add", "203.0.113.90")).status).toBe(0);
    // They were here before: passwords have succeeded from them.
    await registers(customer, "100");
    for (const account of ["102", "103", "104", "105", "106"]) await registers(office, account, "tcp");
  }, 16 * 60_000);
  afterAll(() => labDown(version), 60_000);

  const bans = async (): Promise<readonly BanJson[]> =>
    (await ringfenceJson<BansJson>(version, "bans", "list")).bans;
  const blocks = async (): Promise<readonly BlockJson[]> =>
    (await ringfenceJson<BlocksJson>(version, "blocks", "list")).blocks;
  const banned = (target: string): Promise<BanJson> =>
    eventually(`${target} is banned`, async () => (await bans()).find((ban) => ban.target === target));
  const why = async (target: string): Promise<string> => (await ringfence(version, "why", target)).stdout;

  async function registers(from: string, account: string, transport: "udp" | "tcp" = "udp"): Promise<void> {
    const outcome = await sipp(version, "phones", "register", { from, account, transport });
    expect([from, account, outcome.successful]).toEqual([from, account, 1]);
  }
  async function calls(from: string, account: string, transport: "udp" | "tcp" = "udp"): Promise<void> {
    const outcome = await sipp(version, "phones", "call", { from, account, transport, dialled: "*43" });
    expect([from, account, outcome.successful]).toEqual([from, account, 1]);
  }
  /** Sends on, whatever is answered. */
  const send = (host: Host, from: string, count: number, ...more: string[]): Promise<string> =>
    sendSip(version, host, ["--from", from, "--count", `${count}`, ...more]);
  const forge = (from: string, ...more: string[]): Promise<string> =>
    send("attacker", from, 30, "--wait-ms", "25", ...more);

  describe("what is sent in another's name harms nobody", () => {
    test("a customer's, with and without their account", async () => {
      await forge(customer, "--user", "guest{n}");
      await forge(customer, ...madeUpAnswer("100"));
      await forge(customer, ...madeUpAnswer("100"));
      // One that never worked there: nothing that works can be shut by a block of it.
      await forge(customer, ...madeUpAnswer("109"));
      await registers(customer, "100");
      await calls(customer, "100");
      expect(await bans()).toEqual([]);
      expect((await blocks()).filter(({ account }) => account === "100")).toEqual([]);
      const story = await why(customer);
      expect(story).toContain("is not shut out");
      expect(story).toContain("The password of 100 was right from here");
    }, 60_000);

    test("the carrier's", async () => {
      await forge(addresses.carrier, "--user", "guest{n}");
      await forge(addresses.carrier, ...madeUpAnswer("100"));
      expect((await bans()).map(({ target }) => target)).not.toContain(addresses.carrier);
      expect(await why(addresses.carrier)).toContain(`${addresses.carrier} is never shut out`);
      // A call of its own is taken up without a challenge, as a trunk's.
      const call = ["--method", "INVITE", "--user", "110", "--uri", "sip:110@192.0.2.1"];
      expect(await send("carrier", addresses.carrier, 1, ...call)).toContain("100 Trying");
    }, 60_000);

    test("an administrator's, who is on the never-ban list", async () => {
      const admin = "203.0.113.90";
      await forge(admin, "--user", "guest{n}");
      await send("attacker", admin, 12, ...answer("100", "wrong"));
      expect(await send("attacker", admin, 1, ...answer("107", "secret-107"))).toContain("200 OK");
      expect((await bans()).map(({ target }) => target)).not.toContain(admin);
      expect(await why(admin)).toContain(`${admin} is never shut out`);
    }, 60_000);

    test("somebody unknown's: made-up answers are forged where HEP tells, and cost an hour at most where not", async () => {
      const somebody = "203.0.113.91";
      await send("attacker", somebody, 15, "--wait-ms", "25", ...madeUpAnswer("100"));
      if (hep) {
        await send("attacker", "203.0.113.92", 15, ...answer("100", "wrong"));
        await banned("203.0.113.92");
        expect((await bans()).map(({ target }) => target)).not.toContain(somebody);
      } else {
        expect(await banned(somebody)).toMatchObject({ proof: "unproven", rung: 1 });
      }
    }, 60_000);
  });

  describe("a guesser is shut out", () => {
    const v6 = addresses.attackers6[1]!;
    test.each<[string, string, string, string[], "returned" | "unproven" | "by HEP"]>([
      ["TCP", "203.0.113.50", "203.0.113.50", ["--tcp"], "returned"],
      ["TLS", "203.0.113.51", "203.0.113.51", ["--tls"], "returned"],
      ["TCP and IPv6", v6, "2001:db8:a:2::/64", ["--tcp", "--to", addresses.pbx6], "returned"],
      ["UDP", "203.0.113.52", "203.0.113.52", [], "by HEP"],
      ["UDP and IPv6", addresses.attackers6[2]!, "2001:db8:a:3::/64", ["--to", addresses.pbx6], "by HEP"],
    ])(
      "over %s",
      async (_, from, target, more, proof) => {
        const to = from.includes(":") ? `[${addresses.pbx6}]` : addresses.pbx;
        await send("attacker", from, 12, "--wait-ms", "300", ...more, ...answer("108", "wrong", to));
        expect(await banned(target)).toMatchObject({
          trigger: "attempts",
          standing: "stranger",
          proof: proof === "by HEP" ? (hep ? "returned" : "unproven") : proof,
          cause: "attack",
          attempts: 10,
          accounts: ["108"],
          rung: 1,
        });
        const story = await why(target);
        expect(story).toContain(`${target} is shut out for another`);
        expect(story).toContain(`${target} guessed passwords: 10 tries on 108`);
        expect(story).toContain("none right. No password ever succeeded from it. Shut out for");
        expect(story).toMatch(/It is (almost certainly|probably) an attack\./);
        expect(story).toContain(`ringfence bans lift ${target}`);
      },
      60_000,
    );

    test("who runs sipvicious's svwar and svcrack", async () => {
      // Whatever they are told to bind to, they send from the first address.
      const from = "203.0.113.10";
      const run = (program: string, ...argv: string[]) => {
        const scanner = spawnIn(version, "attacker", [program, ...argv, addresses.pbx]);
        const over = new Promise<void>((done) => scanner.once("close", () => done()));
        scanner.stdout?.resume();
        scanner.stderr?.resume();
        return async () => {
          scanner.kill("SIGKILL");
          await over;
        };
      };
      const ends = [run("svwar", "-m", "REGISTER", "-e", "200-260", "--force"), run("svcrack", "-u", "108")];
      try {
        expect(await banned(from)).toMatchObject({ cause: "attack", standing: "stranger" });
      } finally {
        for (const end of ends) await end();
      }
      const story = await why(from);
      expect(story).toContain(`${from} is shut out for another`);
      if (hep) expect(story).toContain("It calls itself friendly-scanner.");
    }, 60_000);
  });

  test("one phone of an office has an old password: its account alone is shut there, and comes back", async () => {
    const phone = ["--tcp", "--header", "User-Agent: Yealink SIP-T46S 66.86.0.15", "--pause-ms", "1100"];
    await send("phones", office, 6, ...phone, ...answer("106", "old"));
    const block = await eventually("the account is shut there", async () =>
      (await blocks()).find(({ account, notInForce }) => account === "106" && notInForce === null),
    );
    expect(block).toMatchObject({
      source: office,
      cause: "outdated-credentials",
      standing: "known",
      proof: "returned",
      rung: 1,
      attempts: 5,
    });
    expect((await bans()).map(({ target }) => target)).not.toContain(office);
    expect(await send("phones", office, 1, "--tcp", ...answer("106", "secret-106"))).toContain("401");
    // Elsewhere the account works, and there all others do.
    await registers(addresses.phones[30]!, "106");
    for (const account of ["102", "103", "104", "105"]) await registers(office, account, "tcp");
    await calls(office, "102", "tcp");

    const story = await why(office);
    expect(story).toContain(`${office} is not shut out, but 106 may not sign in from there.`);
    expect(story).toContain(`106 is shut to ${office}, and nobody else there`);
    expect(story).toContain("after 5 failed tries");
    expect(story).toMatch(/It is (almost certainly|probably) a device with an old password\./);
    expect(story).toContain(`ringfence blocks lift 106 ${office}`);
    if (hep) expect(story).toContain("Yealink");
    expect(await why("106")).toContain(`106 is shut to ${office}`);

    expect((await ringfence(version, "blocks", "lift", "106", office)).status).toBe(0);
    await eventually("it registers again", async () =>
      (await send("phones", office, 1, "--tcp", ...answer("106", "secret-106"))).includes("200 OK"),
    );
  }, 60_000);

  test("somebody behind the office's address who goes through names over TCP is shut out with it", async () => {
    await send("phones", office, 10, "--tcp", "--wait-ms", "300", "--user", "guest{n}");
    expect(await banned(office)).toMatchObject({
      trigger: "account-names",
      standing: "known",
      proof: "returned",
      cause: "attack",
    });
    const story = await why(office);
    expect(story).toContain(`${office} tried out account names:`);
    expect(story).toContain("Passwords succeeded from it before.");
    expect((await ringfence(version, "bans", "lift", office)).status).toBe(0);
    await eventually("the office is back", async () => {
      const ping = ["sh", "-c", `ping -c 1 -W 1 -I ${office} ${addresses.pbx} >/dev/null; echo $?`];
      return (await execIn(version, "phones", ping)).stdout.trim() === "0";
    });
    await registers(office, "103", "tcp");
  }, 60_000);
});
