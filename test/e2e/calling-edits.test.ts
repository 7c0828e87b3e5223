import type { Browser, Page } from "playwright-core";
import { eventually } from "../lab/daemon.js";
import { addresses, asteriskCli, sipp } from "../lab/lab.js";
import { openBrowser, openPage, settled, signIn } from "./browser.js";
import { type Ui, uiDown, uiUp } from "./ui.js";

const version = "22";
let ui: Ui;
let browser: Browser;
beforeAll(async () => {
  ui = await uiUp(version);
  browser = await openBrowser(ui);
}, 16 * 60_000);
afterAll(async () => {
  await browser.close();
  await uiDown(ui);
}, 60_000);

async function pageAt(path: string): Promise<Page> {
  const { page } = await openPage(browser);
  await signIn(page, ui, { path });
  return page;
}

test("an allow-list that leaves a phone out throws it out, once the admin has seen which", async () => {
  const phone = { from: addresses.phones[3]!, port: 5081, account: "104" };
  expect(await sipp(version, "phones", "register", phone)).toMatchObject({ successful: 1 });
  const page = await pageAt("/extensions");
  await page.getByText(phone.from).waitFor();
  await page.goto(`${ui.local}/allow-lists`);
  await settled(page);
  await page.getByRole("switch").click({ force: true });
  await page.getByText("Nobody will be able to register, not even you.").waitFor();
  await page.getByLabel("Address, range or network").fill("192.0.2.0/28");
  await page.getByText("16 addresses, 192.0.2.0 to 192.0.2.15").waitFor();
  await page.getByText("1 phone would lose its registration").waitFor();
  await page.getByRole("button", { name: "Save" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText(new RegExp(`104.*${phone.from.replaceAll(".", "\\.")}`)).waitFor();
  await dialog.getByRole("button", { name: "Throw them out" }).click();
  await page.getByText("Saved. The list holds at once.").waitFor();
  await eventually(
    "the phone is gone",
    async () => !(await asteriskCli(version, "pjsip show contacts")).includes(phone.from),
    15_000,
  );
  await page.context().close();
}, 120_000);

test("of two admins who edit at once, the second is told what the first did, and keeps both", async () => {
  const [one, other] = [await pageAt("/areas"), await pageAt("/areas")];
  for (const [page, code, name] of [
    [one, "FR", "France"],
    [other, "DE", "Germany"],
  ] as const) {
    await page.getByLabel("Find a country").fill(name);
    await page.locator(`[data-area="${code}"]`).getByRole("checkbox").first().click();
  }
  await one.getByRole("button", { name: "Save" }).click();
  await one.getByText("Saved. It holds for the very next call.").waitFor();
  await other.getByRole("button", { name: "Save" }).click();
  const dialog = other.getByRole("dialog", { name: "Somebody else changed the rules meanwhile" });
  await dialog.getByText(/opened FR/).waitFor();
  await dialog.getByRole("button", { name: "Keep mine too" }).click();
  await other.getByText("Saved. It holds for the very next call.").waitFor();
  const areas = await other.evaluate(async () => (await fetch("/api/v1/areas")).text());
  expect(areas).toMatch(/"FR"/);
  expect(areas).toMatch(/"DE"/);
  await one.context().close();
  await other.context().close();
}, 120_000);
