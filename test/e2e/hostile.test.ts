import { writeFileSync } from "node:fs";
import type { StatusJson } from "../../src/http/contract.js";
import { eventually, ringfence, ringfenceJson } from "../lab/daemon.js";
import { addresses, execIn, runFolder, sendSip, sipp } from "../lab/lab.js";
import { looksRight, uiSuite } from "./suite.js";

const version = "22";
/** As SIP carries it; Asterisk takes the escapes off. */
const ACCOUNT = "%3Cscript%3Ewindow.ranIt%3D1%3C%2Fscript%3E";
const SCRIPT = "<script>window.ranIt=1</script>";
const IMAGE = '"><img src=x onerror="window.ranIt=1">';
const FORMULA = "=HYPERLINK(0)";
/** What only the mirror of SIP (HEP) tells of a sender. */
const AGENT = "<svg onload=window.ranIt=1>";
/** Pages on which such a text must be seen: elsewhere nothing brings it. */
const SHOWN: Readonly<Record<string, readonly string[]>> = {
  [`bans/${addresses.attackers[3]!}`]: [SCRIPT, AGENT],
  "bans/203.0.113.99": [IMAGE],
  "detection?tab=never": [IMAGE],
  "allow-lists": [IMAGE],
  rates: [SCRIPT],
};

const suite = uiSuite(async () => {
  const scanner = addresses.attackers[3]!;
  const tries = (count: number) =>
    sendSip(version, "attacker", [
      ...["--from", scanner, "--user", ACCOUNT, "--header", `User-Agent: ${AGENT}`],
      ...["--count", `${count}`, "--wait-ms", "200", "--pause-ms", "200"],
    ]);
  // The mirror is known to be one by what it brings, and a ban tells what had come by then.
  await eventually(
    "SIP is mirrored",
    async () => {
      await tries(1);
      const { guards } = await ringfenceJson<StatusJson>(version, "status");
      return guards.find(({ name }) => name === "mirror")?.up;
    },
    30_000,
  );
  await tries(14);
  const deck = `${runFolder(version)}/hostile.csv`;
  const quoted = IMAGE.replaceAll('"', '""');
  writeFileSync(
    deck,
    `prefix,destination,usd_per_minute\n1,"${SCRIPT}",0.01\n1876,"${quoted}",0.9\n44,"${FORMULA}",0.02\n`,
  );
  for (const args of [
    ["bans", "add", "203.0.113.99", "--note", IMAGE],
    ["never-ban", "add", "192.0.2.77", "--note", IMAGE],
    ["allow-list", "add", "192.0.2.78", "--note", IMAGE],
    ["rates", "import", deck],
  ]) {
    expect(await ringfence(version, ...args)).toMatchObject({ status: 0 });
  }
  const call = { from: addresses.phones[0]!, account: "100", dialled: "18765550123", patienceMs: 20_000 };
  await sipp(version, "phones", "call-refused", call);
  await eventually(`${scanner} is shut out`, async () =>
    (await ringfence(version, "bans", "list")).stdout.includes(scanner),
  );
});

looksRight(
  "texts that are scripts are shown as text on every page",
  suite,
  [
    ...Object.keys(SHOWN),
    ...["overview", "bans", "detection", "audit", "calls", "areas", "extensions", "extensions/100"],
    `try?from=100&number=${encodeURIComponent(SCRIPT)}`,
    ...["settings/users", "settings/tokens", "settings/notifications"],
  ],
  {
    mark: "-hostile",
    async also(page, path) {
      for (const text of SHOWN[path] ?? []) await page.waitForFunction(holds, text);
      expect(await page.evaluate(() => "ranIt" in window)).toBe(false);
      expect(await page.locator('img[src="x"]').count()).toBe(0);
    },
  },
);

test("what is exported holds no formula", async () => {
  const { page } = await suite.open("/calls");
  const begun = page.waitForEvent("download");
  await page.getByRole("link", { name: /CSV|Export/ }).click();
  const file = await (await begun).path();
  const { stdout } = await execIn(version, "pbx", ["cat", file]);
  const fields = stdout.split(/[\r\n]+/).flatMap((line) => line.split(","));
  expect(fields.length).toBeGreaterThan(10);
  expect(fields.filter((field) => /^"?[=@\t]/.test(field) || /^"?[+-][^\d]/.test(field))).toEqual([]);
  await page.context().close();
}, 60_000);

/** Whether the page shows the text, or has it in a field. Runs in the browser. */
function holds(text: string): boolean {
  const fields = [...document.querySelectorAll("input, textarea")];
  const values = fields.map((field) => (field as HTMLInputElement).value);
  return [document.body.innerText, ...values].some((shown) => shown.includes(text));
}
