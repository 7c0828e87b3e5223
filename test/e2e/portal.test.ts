import type { Browser } from "playwright-core";
import type { BansJson } from "../../src/http/contract.js";
import { eventually, ringfence, ringfenceJson } from "../lab/daemon.js";
import { addresses, sipp } from "../lab/lab.js";
import { looks, openBrowser, openPage, seriousFindings, shoot, tooWideBy } from "./browser.js";
import { uiSuite } from "./suite.js";

const version = "22";
/** A browser on the host of the phones comes from the first of their addresses. */
const here = addresses.phones[0]!;
const suite = uiSuite(async () => {
  await ringfence(version, "detection", "set", "attempts", "4", "block-attempts", "5");
});
let beside: Browser;
beforeAll(async () => {
  beside = await openBrowser(suite.ui(), "phones");
}, 60_000);
afterAll(() => beside.close());

const register = (password?: string) =>
  sipp(version, "phones", "register", {
    ...{ from: here, account: "104", timeoutMs: 8_000 },
    ...(password === undefined ? {} : { password }),
  });

async function pinByAdmin(): Promise<string> {
  const { page, faults } = await suite.open("/extensions/104");
  await page.getByRole("button", { name: "Make a PIN" }).click();
  const pin = await page.locator(".rf-pin").innerText();
  await page.context().close();
  expect(faults).toEqual([]);
  return pin;
}

async function shutOut(): Promise<void> {
  const isOut = async () => {
    const { bans } = await ringfenceJson<BansJson>(version, "bans", "list");
    return bans.some(({ target }) => target === here);
  };
  for (let tries = 0; tries < 12 && !(await isOut()); tries++) {
    await register("an old password");
    await new Promise((resolve) => setTimeout(resolve, 2_600));
  }
  await eventually("the phone is shut out", isOut);
}

test("the person at a banned phone reads why, lifts the ban with the PIN, and the phone registers", async () => {
  const pin = await pinByAdmin();
  const { page, faults } = await openPage(beside);
  await page.goto(`${suite.ui().url}/portal`);
  await page.getByRole("heading", { name: "You are not blocked" }).waitFor();
  await shutOut();
  expect(await register()).toMatchObject({ successful: 0 });
  await page.getByRole("link", { name: "Look again" }).click();
  await page.getByRole("heading", { name: "You are blocked" }).waitFor();
  await page.getByText("a user name or password that does not fit").waitFor();
  await page.getByText(/it will be back in about/).waitFor();
  await page.getByLabel("Extension").fill("104");
  await page.getByLabel("PIN").fill(pin);
  await page.getByRole("button", { name: "Let me back in" }).click();
  await page.getByText("The block is lifted.").waitFor();
  expect(await register()).toMatchObject({ successful: 1, failed: 0 });
  await page.context().close();
  expect(faults).toEqual([]);
}, 180_000);

describe("the page of somebody who is shut out", () => {
  beforeAll(async () => {
    await ringfence(version, "bans", "add", here);
  });

  test.each(looks)("in $theme, $width wide", async (look) => {
    const { page, faults } = await openPage(beside, look);
    await page.goto(`${suite.ui().url}/portal`);
    await page.getByRole("heading", { name: "You are blocked" }).waitFor();
    await shoot(page, "portal-blocked", look);
    expect(await seriousFindings(page)).toEqual([]);
    expect(await tooWideBy(page)).toBe(0);
    await page.context().close();
    expect(faults).toEqual([]);
  });
});
