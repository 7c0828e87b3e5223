import { writeFileSync } from "node:fs";
import type { Locator, Page } from "playwright-core";
import { ringfence } from "../lab/daemon.js";
import { addresses, runFolder, sipp, sippServe } from "../lab/lab.js";
import { looksRight, uiSuite } from "./suite.js";

const version = "22";
const DECK = `Code,Destination,Rate
1,United States,0.0100
1876,Jamaica,0.2100
1876555,Jamaica mobile,0.3100
44,United Kingdom,0.0200
447,United Kingdom mobile,0.0400
53,Cuba,0.9000
55,Brazil,0.0500
`;
const PAGES = [
  "calls",
  "try?from=100&number=01118765550123",
  "areas",
  "areas?extension=100&find=jam",
  "rates",
  "extensions",
  "extensions/100",
  "allow-lists",
];

let carrier: ReturnType<typeof sippServe>;
const suite = uiSuite(async () => {
  const deck = `${runFolder(version)}/deck.csv`;
  writeFileSync(deck, DECK);
  expect((await ringfence(version, "rates", "import", deck)).status).toBe(0);
  carrier = sippServe(version, "carrier", "carrier-answer", { from: addresses.carrier });
});
afterAll(() => carrier.stop(), 60_000);

function call(scenario: "call" | "call-refused", dialled: string) {
  return sipp(version, "phones", scenario, {
    ...{ from: addresses.phones[0]!, account: "100", dialled, patienceMs: 20_000 },
  });
}

test("an admin closes a country, and the very next call is refused", async () => {
  const american = "12025550123";
  expect(await call("call", american)).toMatchObject({ successful: 1, failed: 0 });
  const { page, faults } = await suite.open("/areas");
  await page.getByLabel("Find a country").fill("United States");
  await page.locator('[data-area="US"]').getByRole("checkbox").first().click();
  const bar = page.getByRole("region", { name: "1 change" });
  await expect(bar.getByText(/would have refused 1 call of 1 extension/).innerText()).resolves.toMatch(
    /28 days/,
  );
  await bar.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved. It holds for the very next call.").waitFor();
  expect(await call("call-refused", american)).toMatchObject({ successful: 1, failed: 0 });
  await page.goto(`${suite.ui().local}/calls?decision=refuse`);
  await page.getByRole("button", { name: "+12025550123" }).first().click();
  await page
    .getByRole("dialog")
    .getByText(/not among the allowed areas/)
    .waitFor();
  await page.context().close();
  expect(faults).toEqual([]);
}, 120_000);

test("a click on the map opens a country, the keyboard closes it in the list, and calls go by it at once", async () => {
  const brazilian = "01155115550123";
  expect(await call("call-refused", brazilian)).toMatchObject({ successful: 1, failed: 0 });
  const { page, faults } = await suite.open("/areas");
  const saved = page.getByText("Saved. It holds for the very next call.");
  await page.locator(".rf-country", { hasText: "Brazil: closed" }).click();
  await page.locator(".rf-country.rf-area-open", { hasText: "Brazil: open" }).waitFor();
  const bar = page.getByRole("region", { name: "1 change" });
  await bar.getByText(/and let 1 call through that was refused/).waitFor();
  await bar.getByRole("button", { name: "Save" }).click();
  await saved.waitFor();
  expect(await call("call", brazilian)).toMatchObject({ successful: 1, failed: 0 });

  await page.goto(`${suite.ui().local}/areas`);
  await page.getByLabel("Find a country").focus();
  await page.keyboard.type("Brazil");
  const box = page.locator('[data-area="BR"]').getByRole("checkbox").first();
  await tabTo(page, box);
  await page.keyboard.press("Space");
  await page.locator(".rf-country", { hasText: "Brazil: closed" }).waitFor();
  await bar.getByText(/would have refused 2 calls of 1 extension/).waitFor();
  await tabTo(page, bar.getByRole("button", { name: "Save" }));
  await page.keyboard.press("Enter");
  await saved.waitFor();
  expect(await call("call-refused", brazilian)).toMatchObject({ successful: 1, failed: 0 });
  await page.context().close();
  expect(faults).toEqual([]);
}, 180_000);

looksRight("the pages about calls", suite, PAGES);

/** Tab after Tab, until the focus is there. */
async function tabTo(page: Page, there: Locator): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    if (await there.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error("sixty presses of Tab do not lead there");
}
