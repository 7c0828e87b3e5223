import type { Page } from "playwright-core";
import type { DialPlanJson } from "../../src/http/contract.js";
import { eventually, ringfenceJson } from "../lab/daemon.js";
import { addresses, asteriskCli, sipp } from "../lab/lab.js";
import { settled } from "./browser.js";
import { uiSuite } from "./suite.js";

const suite = uiSuite();
const version = "22";
const pageAt = async (path: string): Promise<Page> => (await suite.open(path)).page;

test("an allow-list that leaves a phone out throws it out, once the admin has seen which", async () => {
  const phone = { from: addresses.phones[3]!, port: 5081, account: "104" };
  expect(await sipp(version, "phones", "register", phone)).toMatchObject({ successful: 1 });
  const page = await pageAt("/extensions");
  await page.getByText(phone.from).waitFor();
  await page.goto(`${suite.ui().local}/allow-lists`);
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
  // Its page reads anew by itself, and must not take what it reads for what its admin saw.
  await readAnew(other);
  await other.getByText(/Somebody else has changed the rules since you began/).waitFor();
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

test("a dial plan that two edit is neither lost while one types, nor put over the other's unseen", async () => {
  const [one, other] = [await pageAt("/settings/dial-plan"), await pageAt("/settings/dial-plan")];
  await other.getByLabel("Area code").fill("718");
  await one.getByLabel("Outside prefix").fill("9");
  await one.getByRole("button", { name: "Save" }).click();
  await one.getByText("Saved. It holds for the very next call.").waitFor();
  await readAnew(other);
  expect(await other.getByLabel("Area code").inputValue()).toBe("718");
  await other.getByRole("button", { name: "Save" }).click();
  const dialog = other.getByRole("dialog", { name: "Somebody else changed the rules meanwhile" });
  await dialog.getByRole("button", { name: "Load theirs, drop mine" }).click();
  await dialog.waitFor({ state: "hidden" });
  const plan = await ringfenceJson<DialPlanJson>(version, "dial-plan", "show");
  expect(plan).toMatchObject({ outsidePrefix: "9" });
  expect(plan.areaCode).not.toBe("718");
  await one.context().close();
  await other.context().close();
}, 120_000);

test("how a refused call ends is not put over what somebody else has set meanwhile", async () => {
  const [one, other] = [await pageAt("/settings/refused-calls"), await pageAt("/settings/refused-calls")];
  const rowOf = (page: Page) => page.getByRole("row", { name: /^Area closed/ });
  const edit = async (page: Page, cause: string): Promise<void> => {
    await page.getByLabel("Cause").selectOption(cause);
    await page.getByRole("button", { name: "Save" }).click();
  };
  await rowOf(one).getByRole("button", { name: "Edit: Area closed" }).click();
  await rowOf(other).getByRole("button", { name: "Edit: Area closed" }).click();
  await edit(one, "34");
  await rowOf(one)
    .getByText(/503 Service Unavailable/)
    .waitFor();
  const refused = other.waitForResponse((response) => response.request().method() === "PATCH");
  await edit(other, "17");
  expect((await refused).status()).toBe(409);
  // It is told, the form stays, and a second try is one that has seen what is stored now.
  await other.getByRole("alert").first().waitFor();
  const again = other.waitForResponse((response) => response.request().method() === "PATCH");
  await other.getByRole("button", { name: "Save" }).click();
  expect((await again).status()).toBe(200);
  await rowOf(other)
    .getByText(/cause 17/)
    .waitFor();
  await one.context().close();
  await other.context().close();
}, 120_000);

/** As a browser does whose window one comes back to. */
async function readAnew(page: Page): Promise<void> {
  const read = page.waitForResponse((response) => /areas\/tree|dial-plan$/.test(response.url()));
  await page.evaluate(async () => {
    await new Promise((resolve) => setTimeout(resolve, 6_000));
    window.dispatchEvent(new Event("visibilitychange"));
  });
  await read;
  await settled(page);
}
