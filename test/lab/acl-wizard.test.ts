import { compileProject, type Compiled } from "../compiled.js";
import { AclsBeside } from "./acl-beside.js";
import type { Wanted } from "./acl-run.js";
import { eventually } from "./daemon.js";
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
      const wanted: Wanted = [["130", { permit: [...permit], deny: [] }]];
      // The wizard makes the endpoint anew, and while it does there is none to be seen: on a busy machine for seconds. The daemon
      // tells Asterisk again until it is in force.
      await eventually(
        "130 has its list",
        async () => (await beside.apply(wanted)).inForce.includes("130"),
        60_000,
      );
      expect(await beside.verify()).toMatchObject({ inForce: ["130"], impossible: {} });
      expect(await registers(here)).toBe(works);
    }
    expect(await beside.apply([])).toMatchObject({ inForce: [] });
    await eventually(
      "130 has no list",
      async () => /^ acl +: *$/m.test(await asteriskCli(version, "pjsip show endpoint 130")),
      60_000,
    );
    expect(await registers(here)).toBe(true);
  }, 180_000);
});
