import { compileProject, type Compiled } from "../compiled.js";
import { AclsBeside } from "./acl-beside.js";
import { asteriskCli, labDown, labUp, sipp, type AsteriskVersion } from "./lab.js";

const versions: AsteriskVersion[] = ["22", "16"];
const [here, there] = ["198.51.100.10", "198.51.100.11"];
let compiled: Compiled;

beforeAll(() => {
  compiled = compileProject("test/lab/acl-run.ts", "test/lab/answer-from.ts");
}, 60_000);
afterAll(() => compiled.remove());

/** A lab of its own, with few reloads: with the wizard, Asterisk 22 crashes at one in some hundreds (docs/decisions/0013). */
describe.each(versions)("lists that Asterisk %s enforces on endpoints of the wizard", (version) => {
  let beside: AclsBeside;

  beforeAll(async () => {
    await labDown(version);
    await labUp(version, { wizard: true });
    beside = new AclsBeside(version, compiled);
  }, 16 * 60_000);
  afterAll(async () => {
    await beside.end();
    await labDown(version);
  }, 90_000);

  async function registers(from: string): Promise<boolean> {
    const outcome = await sipp(version, "phones", "register", { from, account: "130", patienceMs: 1_500 });
    return outcome.successful === 1;
  }

  test("130 has its list, and each change of it", async () => {
    for (const [permit, works] of [
      [[here], true],
      [[there], false],
      [[here, there], true],
    ] as const) {
      const report = await beside.apply([["130", { permit: [...permit], deny: [] }]]);
      expect(report).toMatchObject({ inForce: ["130"], impossible: {} });
      expect(await registers(here)).toBe(works);
    }
    expect(await beside.apply([])).toMatchObject({ inForce: [] });
    const endpoint = await asteriskCli(version, "pjsip show endpoint 130");
    expect(endpoint).toMatch(/^ acl +: *$/m);
    expect(await registers(here)).toBe(true);
  }, 60_000);
});
