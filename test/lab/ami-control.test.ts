import { appendFileSync, writeFileSync } from "node:fs";
import type { ControlState } from "../../src/asterisk/ami/control";
import type { AsteriskFacts } from "../../src/guard/ports";
import { compileProject, type Compiled } from "../compiled.js";
import { secrets } from "./addresses.js";
import { Beside } from "./beside.js";
import { eventually } from "./daemon.js";
import {
  asteriskCli,
  killAsterisk,
  labDown,
  labUp,
  runFolder,
  sipp,
  sippServe,
  startAsterisk,
  type AsteriskVersion,
} from "./lab.js";

const versions: AsteriskVersion[] = ["22", "16"];
const { host, port, user, password: secret } = secrets.ami;
let compiled: Compiled;

beforeAll(() => {
  compiled = compileProject("test/lab/ami-control-run.ts", "test/lab/answer-from.ts");
}, 60_000);
afterAll(() => compiled.remove());

const besideAsterisk = (version: AsteriskVersion, options: object): Beside =>
  new Beside(version, compiled, "test/lab/ami-control-run.ts", options);

describe.each(versions)("the control connection to Asterisk %s", (version) => {
  let beside: Beside;

  beforeAll(async () => {
    await labUp(version);
    beside = besideAsterisk(version, { host, port, user, secret });
  }, 16 * 60_000);
  afterAll(async () => {
    await beside.end();
    await labDown(version);
  }, 90_000);

  const trunksOf = async (): Promise<AsteriskFacts["trunks"]> =>
    (await beside.value<AsteriskFacts>("facts")).trunks;
  const carrier = { endpoint: "carrier", targets: ["192.0.2.20", "2001:db8:0:2::/64"] };

  test("knows version, endpoints and trunks; a registered phone is none", async () => {
    await sipp(version, "phones", "register", { from: "198.51.100.30", account: "102" });
    const facts = await beside.value<AsteriskFacts>("facts");
    expect(facts.version).toMatch(new RegExp(`^${version}\\.\\d+\\.\\d+$`));
    // 130 is of the configuration wizard, which the newer lab runs without.
    const wizard = version === "16" ? ["130"] : [];
    expect(facts.endpoints).toEqual(expect.arrayContaining(["100", "119", ...wizard, "carrier"]));
    expect(facts.trunks).toEqual([carrier]);
    const dynamic = await asteriskCli(version, "pjsip show contacts");
    expect(dynamic).toContain("102/sip:");
  }, 60_000);

  test("a registration that is marked as over rings nobody, and Asterisk takes it away when somebody calls", async () => {
    const phone = { from: "198.51.100.32", port: 5071 };
    const registrations = async () =>
      (await asteriskCli(version, "database show registrar/contact")).split("/103;@");
    const call = async () =>
      (await sipp(version, "phones", "call", { from: "198.51.100.33", account: "101", dialled: "103" }))
        .successful;
    await sipp(version, "phones", "register", { ...phone, account: "103" });
    const answering = sippServe(version, "phones", "phone-answer", phone);
    try {
      expect(await call()).toBe(1);
      expect(await beside.value("expire", "103")).toBe(1);
      expect(await registrations()).toHaveLength(2);
      expect(await call()).toBe(0);
      expect(await registrations()).toHaveLength(1);
    } finally {
      await answering.stop();
    }
  }, 60_000);

  test("a phone without a password is no trunk for having registered", async () => {
    appendFileSync(
      `${runFolder(version)}/etc/pjsip.conf`,
      "\n[open](phone)\naors=open\n[open](contacts)\n" +
        "\n[fixed](phone)\naors=fixed\n[fixed](contacts)\ncontact=sip:192.0.2.77\n",
    );
    await asteriskCli(version, "module reload res_pjsip.so");
    await eventually("the endpoint", async () =>
      (await beside.value<AsteriskFacts>("facts")).endpoints.includes("fixed"),
    );
    for (const account of ["open", "fixed"]) {
      const from = "198.51.100.31";
      await sipp(version, "phones", "register", { from, account, password: "any", patienceMs: 500 });
    }
    await eventually("the phones' contacts", async () => {
      const contacts = await asteriskCli(version, "pjsip show contacts");
      return contacts.includes("open/sip:") && contacts.split("fixed/sip:").length === 3;
    });
    expect(await trunksOf()).toEqual([carrier, { endpoint: "fixed", targets: ["192.0.2.77"] }]);
  }, 60_000);

  test("outbound registrations are trunks", async () => {
    appendFileSync(
      `${runFolder(version)}/etc/pjsip.conf`,
      "\n[reg]\ntype=registration\nserver_uri=sip:192.0.2.20:5070\nclient_uri=sip:me@192.0.2.20\n" +
        "outbound_proxy=sip:192.0.2.21\\;lr\nendpoint=carrier\nline=yes\nretry_interval=600\n",
    );
    await asteriskCli(version, "module load res_pjsip_outbound_registration.so");
    const found = await eventually("the proxy of the registration", async () =>
      (await trunksOf()).find(({ targets }) => targets.includes("192.0.2.21" as never)),
    );
    expect(found).toEqual({
      endpoint: "carrier",
      targets: ["192.0.2.20", "192.0.2.21", "2001:db8:0:2::/64"],
    });
  }, 60_000);

  test("accounts are endpoints and the other drivers' peers, with the user names of their passwords", async () => {
    const etc = `${runFolder(version)}/etc`;
    appendFileSync(
      `${etc}/pjsip.conf`,
      "\n[150](phone)\nauth=150auth\naors=150\n[150](contacts)\n" +
        "\n[150auth]\ntype=auth\nauth_type=userpass\nusername=u150\npassword=x\n",
    );
    writeFileSync(`${etc}/iax.conf`, "[general]\n[301]\ntype=friend\nhost=dynamic\nsecret=x\n");
    writeFileSync(
      `${etc}/sip.conf`,
      "[general]\nudpbindaddr=127.0.0.1:5160\n[401]\ntype=friend\nhost=dynamic\n",
    );
    await asteriskCli(version, "module reload res_pjsip.so");
    await asteriskCli(version, "module load chan_iax2.so");
    // Later versions come without it.
    if (version === "16") await asteriskCli(version, "module load chan_sip.so");
    const names = version === "16" ? ["100", "150", "301", "401"] : ["100", "150", "301"];
    const accounts = await eventually("the accounts", async () => {
      const { accounts: all } = await beside.value<AsteriskFacts>("facts");
      return names.every((name) => all.some((account) => account.name === name)) && all;
    });
    expect(accounts.find(({ name }) => name === "150")?.authNames).toEqual(["u150"]);
    expect(accounts.find(({ name }) => name === "100")?.authNames).toEqual([]);
    expect(accounts.some(({ name }) => name === "u150" || name === "general")).toBe(false);
  }, 60_000);

  test("AstDB keeps any text that a regular expression is made of", async () => {
    const entries: [string, string][] = [
      ["emergency", "^(112|999|0?911)$"],
      ["odd/key", "^\\+?(0|00)\\d{1,3}[,\"';](.*)$|x: y=${z}\\"],
      ["long", `^(${"1234567890|".repeat(85)}0)$`],
      ["empty", ""],
      ["é", "ü"],
    ];
    await beside.value("replaceDb", "ringfence_lab", [...entries, ["surplus", "x"]]);
    await beside.value("replaceDb", "ringfence_lab", entries);
    const shown = await asteriskCli(version, "database show ringfence_lab");
    for (const [key, value] of entries) expect(shown).toMatch(lineOf(`/ringfence_lab/${key}`, value));
    expect(shown).toContain("5 results found");
    await beside.value("replaceDb", "ringfence_lab", []);
    expect(await asteriskCli(version, "database show ringfence_lab")).toContain("0 results found");
  }, 60_000);

  test("a value with a line end is not sent", async () => {
    const said = await beside.tell("replaceDb", "ringfence_lab", [["k", "v\r\nAction: Ping"]]);
    expect(said.error?.code).toBe("config");
  }, 60_000);

  test("Asterisk killed and started again: the trunks are never fewer", async () => {
    const before = await trunksOf();
    await killAsterisk(version);
    const during = beside.tell("facts");
    await startAsterisk(version);
    const said = await during;
    // It waited for Asterisk, or gave up; it never took a half-loaded Asterisk's word.
    if (said.error === undefined) expect((said.value as AsteriskFacts).endpoints).toContain("100");
    else expect(said.error.code).toBe("asterisk-unreachable");
    const state = await eventually("the connection", async () => {
      const now = await beside.value<ControlState>("state");
      return now.connectedSinceMs !== null && now.reconnects > 0 && now;
    });
    expect(state.lastError).toBeNull();
    expect((await trunksOf()).map(({ endpoint }) => endpoint)).toEqual(
      expect.arrayContaining(before.map(({ endpoint }) => endpoint).filter((endpoint) => endpoint !== "reg")),
    );
  }, 180_000);

  test("a wrong password is told in words", async () => {
    const wrong = besideAsterisk(version, { host, port, user, secret: "wrong", actionMs: 3_000 });
    try {
      const said = await wrong.tell("facts");
      expect(said.error).toMatchObject({
        code: "asterisk-unreachable",
        message: expect.stringContaining('AMI refused the login of "ringfence"'),
      });
    } finally {
      await wrong.end();
    }
  }, 60_000);
});

/** How `database show` prints an entry. */
function lineOf(key: string, value: string): RegExp {
  const plain = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${plain(key)} *: ${plain(value)} *$`, "m");
}
