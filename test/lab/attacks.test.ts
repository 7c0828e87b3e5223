import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import type { BanJson, BansJson } from "../../src/http/contract.js";
import { daemon, eventually, guardsUp, ringfenceJson } from "./daemon.js";
import {
  addresses,
  asteriskCli,
  labDown,
  labsWithAndWithoutMirror,
  labUp,
  restartAsterisk,
  runFolder,
  sendSip,
  sipp,
} from "./lab.js";

const answer = (account: string, password: string, to = "192.0.2.1", method?: string): string[] => [
  ...["--user", account, "--username", account, ...(method === undefined ? [] : ["--method", method])],
  "--authorization",
  `Digest username="${account}",realm="asterisk",nonce="{nonce}",uri="sip:${to}",response="{response:${password}}"`,
];

/** What attackers do to gain tries, on real Asterisk, with its mirror of SIP and without. Needs `npm run build`. */
describe.each(labsWithAndWithoutMirror)("attacks on Asterisk %s %s", (version, mirror) => {
  const hep = mirror === "with HEP";
  const neighbour = addresses.phones[0]!;

  beforeAll(async () => {
    await labDown(version);
    await labUp(version, { hep });
    await openDoors();
    await daemon.start(version);
    await guardsUp(version);
    await registers();
  }, 16 * 60_000);
  afterAll(() => labDown(version), 60_000);

  /** The manager's port, the web server and WebSocket for all, and chan_sip where there is one. */
  async function openDoors(): Promise<void> {
    const etc = `${runFolder(version)}/etc`;
    const edit = (file: string, change: (text: string) => string): void =>
      writeFileSync(`${etc}/${file}`, change(readFileSync(`${etc}/${file}`, "utf8")));
    edit("http.conf", (text) => text.replace("127.0.0.1", "0.0.0.0"));
    edit("manager.conf", (text) => text.replace("bindaddr=127.0.0.1", "bindaddr=0.0.0.0"));
    edit("pjsip.conf", (text) =>
      text.replace("[tls]", "[ws]\ntype=transport\nprotocol=ws\nbind=0.0.0.0\n\n[tls]"),
    );
    appendFileSync(`${etc}/modules.conf`, "load=res_pjsip_transport_websocket.so\n");
    writeFileSync(
      `${etc}/sip.conf`,
      "[general]\ncontext=from-internal\nudpbindaddr=0.0.0.0:5064\n[700]\ntype=friend\nhost=dynamic\nsecret=secret-700\n",
    );
    writeFileSync(`${etc}/users.conf`, "");
    await restartAsterisk(version);
    if (version === "16") await asteriskCli(version, "module load chan_sip.so");
  }
  async function login(from: string, secret: string): Promise<void> {
    const text = `Action: Login\\r\\nUsername: ringfence\\r\\nSecret: ${secret}\\r\\n\\r\\n`;
    await send(from, "--tcp", "--port", "5038", "--raw", text);
  }
  async function registers(): Promise<void> {
    const outcome = await sipp(version, "phones", "register", { from: neighbour, account: "100" });
    expect(outcome.successful).toBe(1);
  }
  const bans = async (): Promise<readonly BanJson[]> =>
    (await ringfenceJson<BansJson>(version, "bans", "list")).bans;
  const banned = (target: string, withinMs?: number): Promise<BanJson> =>
    eventually(
      `${target} is banned`,
      async () => (await bans()).find((ban) => ban.target === target),
      withinMs,
    );
  const send = (from: string, ...argv: string[]): Promise<string> =>
    sendSip(version, "attacker", ["--from", from, "--wait-ms", "250", ...argv]);

  describe("a guesser gains nothing", () => {
    test("by another port, Call-ID and account for each try", async () => {
      const from = "203.0.113.60";
      for (let n = 0; n < 10; n++) await send(from, ...answer(`10${n % 5}`, `guess${n}`));
      expect(await banned(from)).toMatchObject({ trigger: "attempts", attempts: 10, cause: "attack" });
      expect((await banned(from)).accounts).toHaveLength(5);
      await registers();
    }, 60_000);

    test("by one Call-ID for all of them", async () => {
      const from = "203.0.113.61";
      for (let n = 0; n < 10; n++)
        await send(from, "--call-id", "always-the-same", ...answer("101", `guess${n}`));
      expect(await banned(from)).toMatchObject({ trigger: "attempts", attempts: 10, cause: "attack" });
    }, 60_000);

    test("by the Call-ID of another guesser, and harms nobody with it", async () => {
      const [from, other] = ["203.0.113.62", "203.0.113.63"];
      for (let n = 0; n < 9; n++)
        for (const each of [from, other])
          await send(each, "--call-id", "shared", ...answer("101", `guess${n}`));
      await send(from, "--call-id", "shared", ...answer("101", "guess"));
      expect(await banned(from)).toMatchObject({ attempts: 10 });
      expect((await bans()).map(({ target }) => target)).not.toContain(other);
    }, 60_000);

    test.each([
      ["INVITE", "203.0.113.64"],
      ["OPTIONS", "203.0.113.65"],
      ["SUBSCRIBE", "203.0.113.66"],
    ])(
      "by guessing with %s",
      async (method, from) => {
        await send(from, "--count", "12", ...answer("102", "guess", "192.0.2.1", method));
        expect(await banned(from)).toMatchObject({ trigger: "attempts", attempts: 10, cause: "attack" });
      },
      60_000,
    );

    test("by many addresses of one IPv6 network, and in another network he begins anew", async () => {
      const [, , , , , , , , , elsewhere] = addresses.attackers6;
      const guess = ["--to", addresses.pbx6, ...answer("103", "guess", `[${addresses.pbx6}]`)];
      for (const from of [...addresses.attackersOfOneNet6, ...addresses.attackersOfOneNet6.slice(0, 2)])
        await send(from, ...guess);
      expect(await banned("2001:db8:a:1::/64")).toMatchObject({ attempts: 10 });
      await send(elsewhere!, "--count", "9", ...guess);
      expect((await bans()).map(({ target }) => target)).not.toContain("2001:db8:a:10::/64");
      await send(elsewhere!, ...guess);
      await banned("2001:db8:a:10::/64");
    }, 60_000);

    test("by a maddr that sends him the challenges for another's address", async () => {
      for (let n = 0; n < 12; n++) {
        const told = await send(neighbour, "--maddr", "203.0.113.67", ...answer("100", `guess${n}`));
        expect(told).toContain("401");
      }
      expect((await bans()).map(({ target }) => target)).not.toContain(neighbour);
      await registers();
      const victim = "203.0.113.68";
      for (let n = 0; n < 12; n++)
        await send(victim, "--maddr", "203.0.113.67", ...answer("100", `guess${n}`));
      await send("203.0.113.69", "--count", "12", "--user", "guest{n}");
      await banned("203.0.113.69");
      const shut = (await bans()).find(({ target }) => target === victim);
      // Without the mirror nobody can tell, and it costs an hour at most.
      if (hep) expect(shut).toBeUndefined();
      else expect(shut).toMatchObject({ proof: "unproven", rung: 1 });
    }, 60_000);
  });

  describe("a scanner of names is shut out at the ninth", () => {
    test.each([
      ["REGISTER", "203.0.113.70"],
      ["INVITE", "203.0.113.71"],
      ["OPTIONS", "203.0.113.72"],
      ["SUBSCRIBE", "203.0.113.73"],
      ["MESSAGE", "203.0.113.74"],
    ])(
      "who asks with %s and answers no challenge",
      async (method, from) => {
        await send(from, "--count", "12", "--method", method, "--user", "guest{n}");
        expect(await banned(from)).toMatchObject({
          trigger: "account-names",
          cause: "attack",
          proof: "unproven",
          rung: 1,
        });
        expect((await banned(from)).accounts).toHaveLength(9);
      },
      60_000,
    );

    test("who asks over TCP is proven", async () => {
      await send("203.0.113.75", "--tcp", "--count", "12", "--method", "OPTIONS", "--user", "guest{n}");
      expect(await banned("203.0.113.75")).toMatchObject({ trigger: "account-names", proof: "returned" });
    }, 60_000);
  });

  test("who asks for names that exist, and answers no challenge, is shut out at the volume of a scan", async () => {
    const from = "203.0.113.76";
    for (let tens = 0; tens < 6; tens++)
      await send(from, "--count", "9", "--wait-ms", "20", "--user", "10{n}", "--method", "SUBSCRIBE");
    expect(await banned(from, 60_000)).toMatchObject({
      trigger: "unanswered-challenges",
      cause: "attack",
      proof: "unproven",
    });
  }, 90_000);

  test("a guesser over WebSocket is shut out, with proof", async () => {
    await send("203.0.113.77", "--ws", "--count", "12", ...answer("104", "guess"));
    expect(await banned("203.0.113.77")).toMatchObject({ trigger: "attempts", proof: "returned" });
  }, 60_000);

  test("a guesser at the manager's port is shut out at the fifth login", async () => {
    const from = "203.0.113.78";
    for (let n = 0; n < 5; n++) await login(from, `guess${n}`);
    expect(await banned(from)).toMatchObject({ trigger: "logins", attempts: 5, proof: "returned" });
  }, 60_000);

  if (version === "16") {
    test("at chan_sip: a scanner of names, once nobody has answered, and a guesser at once", async () => {
      await send("203.0.113.79", "--port", "5064", "--count", "12", "--user", "guest{n}");
      for (let n = 0; n < 10; n++)
        await send("203.0.113.80", "--port", "5064", ...answer("700", `guess${n}`));
      expect(await banned("203.0.113.80")).toMatchObject({ trigger: "attempts", attempts: 10 });
      const right = await send("203.0.113.81", "--port", "5064", ...answer("700", "secret-700"));
      expect(right).toContain("200 OK");
      expect(await banned("203.0.113.79", 60_000)).toMatchObject({
        trigger: "account-names",
        cause: "attack",
        proof: "unproven",
      });
    }, 120_000);
  }

  test("in the end the phone beside all of them works, and nobody else was shut out", async () => {
    await registers();
    const targets = (await bans()).map(({ target }) => target);
    expect(targets.filter((target) => !/^(203\.0\.113\.|2001:db8:a:)/.test(target))).toEqual([]);
    expect(hep || targets.length > 0).toBe(true);
  });
});
