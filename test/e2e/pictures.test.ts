import { writeFileSync } from "node:fs";
import { activityStore } from "../../src/sqlite/activity-store.js";
import { openDatabase } from "../../src/sqlite/database.js";
import { daemon, eventually, guardsUp, ringfence } from "../lab/daemon.js";
import { addresses, runFolder, sipp, sippServe } from "../lab/lab.js";
import { type Look, openPage, settled, shoot, signIn, WIDE } from "./browser.js";
import { uiSuite } from "./suite.js";

// The pictures of the README: `scripts/pictures` takes them from here. Real attackers and real calls, after a day as it might have been.

const version = "22";
const HOUR_MS = 3_600_000;
const DECK = `Code,Destination,Rate
1,United States,0.0100
1876,Jamaica,0.2100
1876555,Jamaica mobile,0.3100
44,United Kingdom,0.0200
447,United Kingdom mobile,0.0400
49,Germany,0.0180
53,Cuba,0.9000
55,Brazil,0.0500
`;
const ATTACKERS = addresses.attackers.slice(0, 5);
const light: Look = { theme: "light", width: WIDE };

let carrier: ReturnType<typeof sippServe>;
const suite = uiSuite(async () => {
  await daemon.stop(version);
  aDay();
  await daemon.start(version);
  await guardsUp(version);
  const deck = `${runFolder(version)}/deck.csv`;
  writeFileSync(deck, DECK);
  for (const args of [
    ["rates", "import", deck],
    ["areas", "allow", "GB", "DE", "BR"],
  ])
    expect(await ringfence(version, ...args)).toMatchObject({ status: 0 });
  carrier = sippServe(version, "carrier", "carrier-answer", { from: addresses.carrier });
  const from = addresses.phones[0]!;
  for (const [account, dialled] of [
    ["100", "011442079460000"],
    ["102", "011493012345678"],
    ["100", "011442079460000"],
  ] as const)
    await sipp(version, "phones", "call", { from, account, dialled, patienceMs: 20_000 });
  await sipp(version, "phones", "call-refused", {
    ...{ from, account: "101", dialled: "18765550123", patienceMs: 20_000 },
  });
  for (const attacker of ATTACKERS) {
    const tries = { account: "100", password: "guess", calls: 14, callsPerSecond: 5, patienceMs: 2_000 };
    await sipp(version, "attacker", "register-wrong", { from: attacker, ...tries });
  }
  await eventually(
    "the attackers are shut out",
    async () => {
      const { stdout } = await ringfence(version, "bans", "list");
      return ATTACKERS.every((attacker) => stdout.includes(attacker));
    },
    30_000,
  );
});
afterAll(() => carrier.stop(), 60_000);

test.each<Look>([light, { theme: "dark", width: WIDE }])(
  "the overview, $theme",
  async (look) => {
    const { page, faults } = await openPage(suite.browser(), look);
    await signIn(page, suite.ui());
    await page.getByText(/^\d+ routes?, (all )?checked\.$/).waitFor();
    await shoot(page, "readme-overview", look, false);
    await page.context().close();
    expect(faults).toEqual([]);
  },
  120_000,
);

test("a ban", async () => {
  const { page, faults } = await suite.open(`/bans/${ATTACKERS[1]!}`);
  await page.getByRole("dialog", { name: ATTACKERS[1]! }).getByText("Comes back in by itself").waitFor();
  await settled(page);
  await shoot(page, "readme-ban", light, false);
  await page.context().close();
  expect(faults).toEqual([]);
}, 120_000);

test("areas, with a change that is not saved and what it would have done", async () => {
  const { page, faults } = await suite.open("/areas");
  await page.locator(".rf-country", { hasText: "Germany: open" }).click();
  await page.locator(".rf-country", { hasText: "United Kingdom: open" }).click();
  await page.getByText(/would have refused 3 calls of 2 extensions/).waitFor();
  await page.getByRole("button", { name: /^Europe/ }).click();
  await settled(page);
  await shoot(page, "readme-areas", light, false);
  await page.context().close();
  expect(faults).toEqual([]);
}, 120_000);

test("a number that is tried", async () => {
  const { page, faults } = await suite.open("/try?from=100&number=18765550123");
  await page.getByText("Jamaica").first().waitFor();
  await settled(page);
  await shoot(page, "readme-try", light, false);
  await page.context().close();
  expect(faults).toEqual([]);
}, 120_000);

/** What was counted in the hours before: more by night, when attackers work and offices sleep. */
function aDay(): void {
  const db = openDatabase(`${runFolder(version)}/ringfence.db`);
  const store = activityStore(db);
  const thisHourMs = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
  for (let ago = 1; ago <= 48; ago++) {
    const night = 1 + Math.cos(((ago - 6) / 24) * 2 * Math.PI);
    const uneven = 1 + ((ago * 37) % 11) / 20;
    const counted = [
      ["attempts", Math.round(60 * night * uneven) + 12],
      ["bans", Math.round(9 * night * uneven) + 2],
      ["calls-allowed", Math.round(40 * (2.2 - night))],
      ["calls-refused", Math.round(3 * (2.2 - night) * uneven)],
      ["refused-micros", Math.round(900_000 * (2.2 - night) * uneven)],
    ] as const;
    store.add(thisHourMs - ago * HOUR_MS, new Map(counted));
  }
  db.close();
}
