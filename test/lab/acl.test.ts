import { appendFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { compileProject, type Compiled } from "../compiled.js";
import { AclsBeside, type Report } from "./acl-beside.js";
import type { Wanted } from "./acl-run.js";
import {
  asteriskCli,
  killAsterisk,
  labDown,
  labUp,
  restartAsterisk,
  runFolder,
  sipp,
  startAsterisk,
  type AsteriskVersion,
} from "./lab.js";

const versions: AsteriskVersion[] = ["22", "16"];
/** Short, so that what is refused is refused soon. */
const patienceMs = 1_500;
let compiled: Compiled;

beforeAll(() => {
  compiled = compileProject("test/lab/acl-run.ts", "test/lab/answer-from.ts");
}, 60_000);
afterAll(() => compiled.remove());

describe.each(versions)("lists that Asterisk %s enforces", (version) => {
  let beside: AclsBeside;
  const etc = `${runFolder(version)}/etc`;

  beforeAll(async () => {
    await labDown(version);
    await labUp(version);
    beside = new AclsBeside(version, compiled);
  }, 16 * 60_000);
  afterAll(async () => {
    await beside.end();
    await labDown(version);
  }, 90_000);

  /** Whether the account registers from there. */
  async function registers(account: string, from: string, password?: string): Promise<boolean> {
    const with_ = password === undefined ? {} : { password };
    const outcome = await sipp(version, "phones", "register", { from, account, patienceMs, ...with_ });
    return outcome.successful === 1;
  }
  async function calls(account: string, from: string): Promise<boolean> {
    const outcome = await sipp(version, "phones", "call", { from, account, dialled: "*43", patienceMs });
    return outcome.successful === 1;
  }
  const aclOf = async (endpoint: string): Promise<string> =>
    /^ acl +: *(.*)$/m.exec(await asteriskCli(version, `pjsip show endpoint ${endpoint}`))?.[1]?.trim() ??
    "(none)";

  const [here, there] = ["198.51.100.10", "198.51.100.11"];
  const here6 = "2001:db8:100::10";
  const blocked: Wanted = [["100", { permit: null, deny: [here] }]];

  test("one account is blocked at one source; its neighbours there, and itself elsewhere, go on", async () => {
    expect(await registers("100", here)).toBe(true);
    expect(await beside.apply(blocked)).toMatchObject({
      inForce: ["100"],
      impossible: {},
      reloaded: "acl",
    });
    expect(await registers("100", here)).toBe(false);
    expect(await calls("100", here)).toBe(false);
    expect(await registers("101", here)).toBe(true);
    expect(await calls("101", here)).toBe(true);
    expect(await registers("100", there)).toBe(true);
    expect(await calls("100", there)).toBe(true);
    expect(await registers("100", here6)).toBe(true);
  }, 60_000);

  test("the registration that was there stays: it is for others to end", async () => {
    expect(await asteriskCli(version, "pjsip show contacts")).toContain("100/sip:");
  }, 60_000);

  test("what is in force is not reloaded again", async () => {
    expect(await beside.apply(blocked)).toMatchObject({ inForce: ["100"], reloaded: "nothing" });
    expect(await beside.verify()).toMatchObject({ inForce: ["100"], reloaded: "nothing" });
  }, 60_000);

  test("a block is lifted", async () => {
    expect(await beside.apply([])).toMatchObject({ inForce: [], reloaded: "acl" });
    expect(await registers("100", here)).toBe(true);
    expect(await aclOf("100")).toBe("");
  }, 60_000);

  test("an allow-list shuts out every other address, IPv4 and IPv6", async () => {
    const only4: Wanted = [["100", { permit: ["198.51.100.11"], deny: [] }]];
    expect(await beside.apply(only4)).toMatchObject({ inForce: ["100"] });
    expect(await registers("100", there)).toBe(true);
    expect(await registers("100", here)).toBe(false);
    expect(await registers("100", here6)).toBe(false);

    const only6: Wanted = [["100", { permit: ["2001:db8:100::/64"], deny: [] }]];
    await beside.apply(only6);
    expect(await registers("100", here6)).toBe(true);
    expect(await registers("100", there)).toBe(false);

    // A block within what is allowed.
    await beside.apply([["100", { permit: ["198.51.100.0/24"], deny: [here] }]]);
    expect(await registers("100", there)).toBe(true);
    expect(await registers("100", here)).toBe(false);

    await beside.apply([["100", { permit: [], deny: [] }]]);
    expect(await registers("100", there)).toBe(false);
    expect(await registers("100", here6)).toBe(false);
  }, 60_000);

  test("trunks are never touched, and who can't have a list is named", async () => {
    const nobody = { permit: [], deny: [] };
    const report = await beside.apply([
      ["carrier", nobody],
      ["777", nobody],
      ["x]\nacl=x", nobody],
      ["a;b", nobody],
      ["101", { permit: [here], deny: [] }],
    ]);
    expect(report.inForce).toEqual(["101"]);
    expect(report.impossible).toEqual({
      carrier: expect.stringContaining("trunk"),
      "777": expect.stringContaining("no PJSIP endpoint"),
      "x]\nacl=x": expect.stringContaining("rename"),
      "a;b": expect.stringContaining("rename"),
    });
    expect(await aclOf("carrier")).toBe("");
    expect(await registers("101", there)).toBe(false);
  }, 60_000);

  test("an endpoint that is deleted disarms no other, and one made anew is never without its list", async () => {
    const endpoints = `${etc}/pjsip-endpoints.conf`;
    const whole = readFileSync(endpoints, "utf8");
    const lists: Wanted = ["100", "101", "102"].map((name) => [name, { permit: [here], deny: [] }]);
    expect(await beside.apply(lists)).toMatchObject({ inForce: ["100", "101", "102"] });
    try {
      writeFileSync(endpoints, whole.slice(whole.indexOf("[101](phone)")));
      await restartAsterisk(version);
      expect(await registers("101", there)).toBe(false);
      expect(await registers("102", there)).toBe(false);
      expect(await registers("102", here)).toBe(true);
      expect(await beside.verify()).toMatchObject({
        inForce: ["101", "102"],
        impossible: { "100": expect.stringContaining("no PJSIP endpoint") },
      });
    } finally {
      writeFileSync(endpoints, whole);
    }
    await restartAsterisk(version);
    expect(await registers("100", there)).toBe(false);
    expect(await registers("100", here)).toBe(true);
    expect(await beside.verify()).toMatchObject({ inForce: ["100", "101", "102"], impossible: {} });
  }, 120_000);

  test("an admin's own lists are neither disarmed nor mistaken for ours", async () => {
    appendFileSync(`${etc}/acl.conf`, "\n[house]\ndeny=198.51.100.12\n");
    const own = `${etc}/pjsip-endpoints.conf`;
    appendFileSync(own, `\n[103](+type=endpoint)\nacl=house\n[104](+type=endpoint)\ndeny=198.51.100.12\n`);
    const report = await beside.apply([
      ["103", { permit: ["198.51.100.0/28"], deny: [here] }],
      ["104", { permit: ["198.51.100.0/28"], deny: [here] }],
    ]);
    expect(report).toMatchObject({ inForce: ["103", "104"], impossible: {} });
    for (const account of ["103", "104"]) {
      expect(await registers(account, there)).toBe(true);
      expect(await registers(account, here)).toBe(false);
      expect(await registers(account, "198.51.100.12")).toBe(false);
    }
    expect([await aclOf("103"), await aclOf("104")]).toEqual(["house", "deny/permit"]);
  }, 60_000);

  test("names that an admin may use", async () => {
    const odd = ["bob o'neil, (x) & [co", "Ünïcode", "Upper", "with.dots-and_more", "twin", "TWIN"];
    const own = `${etc}/pjsip-endpoints.conf`;
    const before = readFileSync(own, "utf8");
    try {
      appendFileSync(own, odd.map((name) => `\n[${name}](phone)\n`).join(""));
      await asteriskCli(version, "module reload res_pjsip.so");
      const report = await beside.apply(odd.map((name) => [name, { permit: [here], deny: [] }]));
      expect(report.impossible).toEqual({
        twin: expect.stringContaining("upper and lower case"),
        TWIN: expect.stringContaining("upper and lower case"),
      });
      expect(report.inForce).toEqual(odd.slice(0, 4).sort());
    } finally {
      writeFileSync(own, before);
    }
  }, 60_000);

  test.each(["acl.conf", "pjsip.conf"])(
    "%s, edited by hand, is mended",
    async (file) => {
      const wanted: Wanted = [["100", { permit: [here], deny: [] }]];
      await beside.apply(wanted);
      const path = `${etc}/ringfence.d/${file}`;
      const meant = readFileSync(path, "utf8");
      for (const garbled of [
        meant.slice(0, 150),
        `${meant}\n[101](+type=endpoint)\nacl=gone\n`,
        "garbage\n[",
        "",
      ]) {
        writeFileSync(path, garbled);
        await asteriskCli(version, "module reload acl");
        await asteriskCli(version, "module reload res_pjsip.so");
        expect(await beside.verify()).toMatchObject({ inForce: ["100"], impossible: {}, reloaded: "acl" });
        expect(await registers("100", there)).toBe(false);
        expect(await registers("100", here)).toBe(true);
        expect(await registers("101", there)).toBe(true);
      }
      rmSync(path);
      expect(await beside.verify()).toMatchObject({ inForce: ["100"], reloaded: "acl" });
    },
    120_000,
  );

  test("Asterisk killed and started again, nobody there to help: the lists hold", async () => {
    await beside.apply([["100", { permit: [here], deny: [] }]]);
    await killAsterisk(version);
    await startAsterisk(version);
    expect(await registers("100", there)).toBe(false);
    expect(await registers("100", here)).toBe(true);
    expect(await beside.verify()).toMatchObject({ inForce: ["100"], reloaded: "acl" });
    expect(await beside.verify()).toMatchObject({ inForce: ["100"], reloaded: "nothing" });
  }, 120_000);

  test("of many wishes at once the newest is in force", async () => {
    const wishes = [1, 2, 3, 4, 5].map((n): Wanted => [
      ["100", { permit: [`198.51.100.${9 + n}`], deny: [] }],
    ]);
    const reports = await beside.value<Report[]>("applyAll", wishes);
    expect(reports.slice(1).every((report) => JSON.stringify(report) === JSON.stringify(reports[4]))).toBe(
      true,
    );
    expect(await registers("100", "198.51.100.14")).toBe(true);
    expect(await registers("100", here)).toBe(false);
  }, 60_000);

  test("a fault in the admin's acl.conf: Asterisk says success, we do not, and what was in force stays", async () => {
    await beside.apply([["100", { permit: [here], deny: [] }]]);
    const path = `${etc}/acl.conf`;
    const sound = readFileSync(path, "utf8");
    try {
      writeFileSync(path, `${sound}\n[oops]\npermit=nonsense\n`);
      const said = await beside.tell("apply", [["100", { permit: [there], deny: [] }]]);
      expect(said.error).toMatchObject({
        code: "asterisk-refused",
        message: expect.stringContaining("acl.conf"),
      });
      expect(await registers("100", here)).toBe(true);
      expect(await registers("100", there)).toBe(false);

      // A start with that file leaves Asterisk without any list: it lets everyone in, and that is said.
      await restartAsterisk(version);
      expect((await beside.tell("verify")).error?.code).toBe("asterisk-refused");
      expect(await registers("100", there)).toBe(true);
    } finally {
      writeFileSync(path, sound);
    }
    expect(await beside.verify()).toMatchObject({ inForce: ["100"], reloaded: "acl" });
    expect(await registers("100", there)).toBe(true);
    expect(await registers("100", here)).toBe(false);
  }, 180_000);

  test.each(["acl.conf", "pjsip.conf"])(
    "without the include in %s nobody is shut out, and it is said",
    async (file) => {
      await beside.apply([]);
      const path = `${etc}/${file}`;
      const sound = readFileSync(path, "utf8");
      try {
        writeFileSync(path, sound.replace(`#tryinclude ringfence.d/${file}`, ""));
        const said = await beside.tell("apply", [["100", { permit: [there], deny: [] }]]);
        expect(said.error).toMatchObject({
          code: "config",
          message: expect.stringContaining(`#tryinclude ringfence.d/${file} at the end of ${file}`),
        });
        await restartAsterisk(version);
        expect(await registers("100", here)).toBe(true);
      } finally {
        writeFileSync(path, sound);
      }
      expect(await beside.verify()).toMatchObject({ inForce: ["100"] });
    },
    120_000,
  );

  test("the include taken out of acl.conf later: those it shut out come back", async () => {
    await beside.apply([["100", { permit: [here], deny: [] }]]);
    const path = `${etc}/acl.conf`;
    const sound = readFileSync(path, "utf8");
    try {
      writeFileSync(path, sound.replace("#tryinclude ringfence.d/acl.conf", ""));
      await asteriskCli(version, "module reload acl");
      expect(await registers("100", here)).toBe(false);
      expect((await beside.tell("verify")).error?.code).toBe("config");
      expect(await registers("100", here)).toBe(true);
    } finally {
      writeFileSync(path, sound);
    }
    expect(await beside.verify()).toMatchObject({ inForce: ["100"] });
    expect(await registers("100", there)).toBe(false);
  }, 120_000);

  test("nobody can speak as the endpoint that carries the edition", async () => {
    await beside.apply([["100", { permit: [here], deny: [] }]]);
    expect(await aclOf("ringfence-edition")).toMatch(/^ringfence_edition-[0-9a-f]{16}$/);
    expect(await registers("ringfence-edition", here, "")).toBe(false);
    expect(await calls("ringfence-edition", here)).toBe(false);
  }, 60_000);
});
