import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { BanJson, BansJson } from "../../src/http/contract.js";
import { daemon, daemonLog, eventually, guardsUp, ringfence, ringfenceJson } from "./daemon.js";
import {
  addresses,
  execIn,
  labDown,
  labsWithAndWithoutMirror,
  labUp,
  restartAsterisk,
  runFolder,
  sendSip,
  sipp,
} from "./lab.js";

/** Answers each challenge with another wrong password. */
const guesses = (account: string, to: string = addresses.pbx): string[] => [
  ...["--user", account, "--username", account, "--authorization"],
  `Digest username="${account}",realm="asterisk",nonce="{nonce}",uri="sip:${to}",response="{response:guess-{n}}"`,
];
const METHODS = ["REGISTER", "INVITE", "OPTIONS", "SUBSCRIBE"];

/** What attackers do to gain from how attempts are counted: each is in the kernel's set in the end, and the phones beside them
 *  notice nothing. situations.test.ts has the forgers and the guessers of one account. Needs `npm run build`. */
describe.each(labsWithAndWithoutMirror)("adversaries in front of Asterisk %s %s", (version, mirror) => {
  const hep = mirror === "with HEP";
  const customer = addresses.phones[0]!;
  /** An address for each attack. */
  const fresh = addresses.attackers.slice(5).values();
  const attacker = (): string => fresh.next().value!;

  beforeAll(async () => {
    await labDown(version);
    await labUp(version, { hep });
    // As who opens the manager and the web server to the world.
    edit("http.conf", (text) => text.replace("bindaddr=127.0.0.1", "bindaddr=0.0.0.0"));
    edit("manager.conf", (text) => text.replace("bindaddr=127.0.0.1", "bindaddr=0.0.0.0\nwebenabled=yes"));
    edit("pjsip.conf", (text) =>
      text.replace("[tls]\n", "[ws]\ntype=transport\nprotocol=ws\nbind=0.0.0.0\n\n[tls]\n"),
    );
    edit("modules.conf", (text) => `${text}\nload=res_pjsip_transport_websocket.so\n`);
    await restartAsterisk(version);
    await daemon.start(version);
    await guardsUp(version);
    await works();
  }, 16 * 60_000);
  afterAll(() => labDown(version), 60_000);

  function edit(file: string, change: (text: string) => string): void {
    const path = `${runFolder(version)}/etc/${file}`;
    writeFileSync(path, change(readFileSync(path, "utf8")));
  }
  async function works(): Promise<void> {
    const outcome = await sipp(version, "phones", "register", { from: customer, account: "100" });
    expect(outcome).toMatchObject({ successful: 1 });
  }
  const send = (from: string, count: number, ...more: string[]): Promise<string> =>
    sendSip(version, "attacker", ["--from", from, "--count", `${count}`, "--wait-ms", "200", ...more]);
  const bans = async (): Promise<readonly BanJson[]> =>
    (await ringfenceJson<BansJson>(version, "bans", "list")).bans;
  const why = async (target: string): Promise<string> => (await ringfence(version, "why", target)).stdout;
  /** The sets of who is shut out, and not the meters, which count everybody. */
  const kernel = async (): Promise<string> => {
    const { stdout } = await execIn(version, "pbx", ["nft", "list", "table", "inet", "ringfence"]);
    return stdout
      .split(/^\tset /m)
      .filter((set) => set.startsWith("ban"))
      .join("");
  };

  /** The target is in the kernel's set, as an attack; the customer works and the address beside the attacker is not shut. */
  async function isStopped(target: string, expected: Partial<BanJson>): Promise<string> {
    const ban = await eventually(`${target} is banned`, async () =>
      (await bans()).find((each) => each.target === target),
    );
    expect(ban).toMatchObject({ standing: "stranger", cause: "attack", rung: 1, ...expected });
    await eventually("it is in the kernel", async () => (await kernel()).includes(target.replace("/64", "")));
    await works();
    const story = await why(target);
    expect(story).toContain(`${target} is shut out for another`);
    expect(story).toMatch(/It is (almost certainly|probably|perhaps) an attack\./);
    return story;
  }

  describe("who rotates what is counted gains nothing", () => {
    test("new Call-IDs, ports and made-up account names", async () => {
      const from = attacker();
      await send(from, 9, "--new-port", ...guesses("guest{n}"));
      await isStopped(from, { trigger: "account-names" });
    }, 30_000);

    test("new Call-IDs, ports and names that exist", async () => {
      const from = attacker();
      await send(from, 10, "--new-port", ...guesses("10{n}"));
      await isStopped(from, { trigger: "account-names", attempts: 9 });
    }, 30_000);

    test.each([
      ["one account", "108", "attempts"],
      ["made-up names", "guest{n}", "account-names"],
    ] as const)(
      "one Call-ID for ever, on %s",
      async (_, account, trigger) => {
        const from = attacker();
        await send(from, 11, "--call-id", `for-ever-${account}`, ...guesses(account));
        await isStopped(from, { trigger });
      },
      30_000,
    );
  });

  test("a monitor that pings is left alone where HEP tells, and one that does more is not", async () => {
    const monitor = attacker();
    const ping = ["--method", "OPTIONS", "--user", "monitor"];
    // As an attacker does who wants to pass for one.
    const pretender = attacker();
    const answers = await Promise.all([
      send(monitor, 12, "--pause-ms", "1100", ...ping),
      send(pretender, 3, "--pause-ms", "1100", ...ping).then(() => send(pretender, 11, "--user", "monitor")),
    ]);
    expect(answers[0]).toContain("401");
    await isStopped(pretender, { trigger: "attempts", attempts: 10 });
    if (!hep) {
      await isStopped(monitor, { trigger: "attempts", attempts: 10 });
      return;
    }
    const { stdout } = await ringfence(version, "why", monitor);
    expect(stdout).toContain(`${monitor} is not shut out: it only asks whether the PBX is alive.`);
    expect(stdout).toMatch(
      /It sends OPTIONS pings as "monitor" every \d+ s, .* answers with 401 .*: nothing is counted\./,
    );
    expect((await bans()).map(({ target }) => target)).not.toContain(monitor);
  }, 90_000);

  describe("a scan is stopped whatever it sends", () => {
    test.each(METHODS)(
      "%s of made-up names, challenges left unanswered",
      async (method) => {
        const from = attacker();
        await send(from, 12, "--method", method, "--user", "guest{n}", "--uri", "sip:600@192.0.2.1");
        const story = await isStopped(from, { trigger: "account-names", attempts: 9 });
        if (hep && method !== "REGISTER") expect(story).toContain(`The failed requests were ${method}.`);
      },
      30_000,
    );

    test.each(METHODS)(
      "%s with guesses at the password of one account",
      async (method) => {
        const from = attacker();
        await send(from, 12, "--method", method, ...guesses("108"));
        await isStopped(from, { trigger: "attempts", attempts: 10 });
      },
      30_000,
    );

    test.each(["REGISTER", "OPTIONS"])(
      "%s of names that exist, challenges left unanswered",
      async (method) => {
        const from = attacker();
        // The last 64 wait for an answer still, and the first ten OPTIONS may be pings.
        await send(from, 150, "--pause-ms", "25", "--method", method, "--user", "108");
        await isStopped(from, { trigger: "unanswered-challenges" });
      },
      40_000,
    );
  });

  describe("over what it comes makes no difference", () => {
    test.each([
      ["TCP", ["--tcp"]],
      ["TLS", ["--tls"]],
    ] as const)(
      "%s, made-up names",
      async (_, transport) => {
        const from = attacker();
        await send(from, 9, ...transport, ...guesses("guest{n}"));
        await isStopped(from, { trigger: "account-names", proof: "returned" });
      },
      30_000,
    );

    test("WebSocket, a connection for each guess", async () => {
      const from = attacker();
      const script = join(__dirname, "ws-register.mjs");
      for (let n = 0; n < 10; n++) {
        await execIn(version, "attacker", [
          process.execPath,
          script,
          from,
          addresses.pbx,
          "108",
          `guess-${n}`,
        ]);
      }
      await isStopped(from, { trigger: "attempts", proof: "returned" });
    }, 60_000);

    test("IPv6, an address of one /64 for every two guesses", async () => {
      for (const from of addresses.attackersOfOneNet6.slice(0, 5)) {
        await send(from, 2, "--to", addresses.pbx6, ...guesses("108", `[${addresses.pbx6}]`));
      }
      await isStopped("2001:db8:a:1::/64", { trigger: "attempts", attempts: 10 });
    }, 30_000);

    // Over TCP, since what may be forged costs no network.
    test("IPv6, a /64 of one /48 for each ten guesses: their network is proposed", async () => {
      const nets = addresses.attackers6.slice(1, 6);
      for (const from of nets) {
        await send(from, 11, "--tcp", "--to", addresses.pbx6, ...guesses("108", `[${addresses.pbx6}]`));
      }
      await isStopped("2001:db8:a:6::/64", { trigger: "attempts" });
      await eventually("the network is proposed", () =>
        daemonLog(version)
          .split("\n")
          .some((line) => line.includes("is proposed to be shut out") && line.includes("2001:db8:a::/48")),
      );
    }, 60_000);

    test("IPv6, a /64 for each single guess: no source is guilty, and an alarm names the account", async () => {
      for (const from of addresses.attackers6.slice(6)) {
        await send(from, 1, "--to", addresses.pbx6, ...guesses("109", `[${addresses.pbx6}]`));
      }
      for (let n = 0; n < 6; n++) await send(attacker(), 1, ...guesses("109"));
      await eventually("the alarm", () =>
        daemonLog(version).includes("20 sources tried extension 109 and failed."),
      );
      expect(await why("109")).toContain("20 addresses or more tried it");
      expect((await bans()).filter(({ target }) => target.startsWith("2001:db8:a:14:"))).toEqual([]);
    }, 60_000);
  });

  test("a scan of names whose Call-ID is no UTF-8, of which Asterisk raises no event: the mirror alone shows it", async () => {
    const from = attacker();
    await send(from, 12, "--call-id", "blind\\xff", "--user", "guest{n}");
    if (hep) {
      await isStopped(from, { trigger: "account-names", proof: "unproven" });
    } else {
      const later = attacker();
      await send(later, 9, ...guesses("guest{n}"));
      await isStopped(later, { trigger: "account-names" });
      expect((await bans()).map(({ target }) => target)).not.toContain(from);
    }
    const overTcp = attacker();
    await send(overTcp, 12, "--tcp", "--call-id", "blind\\xff", "--user", "guest{n}");
    if (hep) await isStopped(overTcp, { trigger: "account-names", proof: "returned" });
  }, 60_000);

  // Last of those with IPv6: whoever is shut out here stays so.
  test("IPv6, a /64 of one /48 for each four guesses: the network is shut out", async () => {
    const rules = ["group-attempts", "30", "group-action", "ban"];
    expect((await ringfence(version, "detection", "set", ...rules)).status).toBe(0);
    const ofNetwork = async () => (await bans()).find(({ target }) => target === "2001:db8:a::/48");
    for (const from of addresses.attackers6.slice(6)) {
      if ((await ofNetwork()) !== undefined) break;
      await send(from, 4, "--tcp", "--to", addresses.pbx6, ...guesses("107", `[${addresses.pbx6}]`));
    }
    const network = await eventually("the network is banned", ofNetwork);
    expect(network).toMatchObject({ trigger: "network", proof: "returned" });
    const inKernel = /^ban6_48 [^}]*2001:db8:a::[ ,]/m;
    await eventually("it is in the kernel", async () => inKernel.test(await kernel()));
    const seen = readFileSync(`${runFolder(version)}/log/security`, "utf8").split("\n");
    const tries = seen.filter((line) => /ChallengeResponseFailed.*AccountID="107"/.test(line));
    console.log(`${tries.length} guesses of 56 reached Asterisk before the network was shut out`);
    expect(tries.length).toBeLessThan(40);
    const shut = (await bans()).find(({ trigger }) => trigger === "neighbours");
    const story = await why(shut?.target ?? "none was shut out for its neighbours");
    expect(story).toContain("somebody goes from address to address around it: 30 failed attempts by");
    await works();
    const back = ["detection", "set", "group-attempts", "10000", "group-action", "propose"];
    expect((await ringfence(version, ...back)).status).toBe(0);
  }, 60_000);

  describe("logins to Asterisk itself", () => {
    test("the manager (AMI)", async () => {
      const from = attacker();
      const login = `
        const socket = require("node:net").connect({ host: "${addresses.pbx}", port: 5038, localAddress: "${from}" });
        socket.on("error", () => process.exit(0)).on("close", () => process.exit(0)).resume();
        socket.write("Action: Login\\r\\nUsername: admin\\r\\nSecret: " + process.argv[1] + "\\r\\n\\r\\n");
        setTimeout(() => process.exit(0), 300);`;
      for (let n = 0; n < 5; n++) {
        await execIn(version, "attacker", [process.execPath, "-e", login, `guess-${n}`]);
      }
      await isStopped(from, { trigger: "logins", proof: "returned", attempts: 5 });
    }, 40_000);

    const asksOverHttp = async (from: string, path: string, ...more: string[]): Promise<string> => {
      const status = ["-w", "%{http_code}", "-o", "/dev/null", ...more];
      const url = `http://${addresses.pbx}:8088/${path}`;
      return (
        await execIn(version, "attacker", ["curl", "-s", "-m", "2", "--interface", from, ...status, url])
      ).stdout;
    };

    test("the manager over HTTP", async () => {
      const from = attacker();
      for (let n = 0; n < 5; n++) {
        await asksOverHttp(from, `rawman?action=login&username=admin&secret=guess-${n}`);
      }
      await isStopped(from, { trigger: "logins", proof: "returned", attempts: 5 });
    }, 40_000);

    test("ARI: Asterisk raises no event of it, so nobody can count", async () => {
      const from = attacker();
      for (let n = 0; n < 6; n++) {
        expect(await asksOverHttp(from, "ari/applications", "-u", `ringfence:guess-${n}`)).toBe("401");
      }
      // Of what comes after it there is an event, so none of it is still under way.
      const later = attacker();
      await send(later, 9, ...guesses("guest{n}"));
      await isStopped(later, { trigger: "account-names" });
      expect(readFileSync(`${runFolder(version)}/log/security`, "utf8")).not.toContain(from);
      expect((await bans()).map(({ target }) => target)).not.toContain(from);
    }, 40_000);
  });
});
