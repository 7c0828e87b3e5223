import type { Page } from "playwright-core";
import { daemon } from "../lab/daemon.js";
import { NARROW, openPage, signIn } from "./browser.js";
import { uiSuite } from "./suite.js";

describe("the shell of the web UI", () => {
  const suite = uiSuite();

  test("a wrong password is told in words, the right one leads to the page that was asked for, signing out leads back", async () => {
    const { page } = await openPage(suite.browser());
    await page.goto(`${suite.ui().local}/overview?x=1`);
    await page.getByLabel("User", { exact: true }).fill(suite.ui().user);
    await page.getByLabel("Password", { exact: true }).fill("not this one");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("alert").innerText()).resolves.toMatch(/\w/);
    await page.getByLabel("Password", { exact: true }).fill(suite.ui().password);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
    expect(page.url()).toBe(`${suite.ui().local}/overview?x=1`);
    await page.getByRole("button", { name: /Signed in as admin/ }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await page.getByRole("button", { name: "Sign in" }).waitFor();
    expect(await page.evaluate(async () => (await fetch("/api/v1/status")).status)).toBe(401);
    await page.context().close();
  }, 60_000);

  test("by keyboard alone: the skip link comes first, the menu can be walked, the focus goes to the new page's title", async () => {
    const { page, faults } = await openPage(suite.browser());
    await signIn(page, suite.ui());
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Skip to the page");
    await page.goto(`${suite.ui().local}/no-such-page`);
    await page.getByRole("heading", { level: 1, name: "There is no such page" }).waitFor({ timeout: 60_000 });
    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Overview" }).focus();
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.activeElement?.textContent === "Overview");
    await page.context().close();
    expect(faults).toEqual([]);
  }, 60_000);

  test("on a phone the menu opens and closes", async () => {
    const { page, faults } = await openPage(suite.browser(), { theme: "dark", width: NARROW });
    await signIn(page, suite.ui());
    const link = page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Overview" });
    await expect(link.count()).resolves.toBe(0);
    await page.getByRole("button", { name: "Open the menu" }).click();
    await link.click();
    await link.waitFor({ state: "hidden" });
    await page.context().close();
    expect(faults).toEqual([]);
  }, 60_000);

  test("while the daemon is down the menu leads on and says so, and what failed comes by itself once it is back", async () => {
    const { page } = await openPage(suite.browser());
    await signIn(page, suite.ui());
    // A page whose code never came: the other one has all of it ahead of being asked for.
    const { page: bare } = await openPage(suite.browser());
    let isCut = false;
    await bare.route(/assets\/(Page|One)-/, (route) => (isCut ? route.abort() : route.continue()));
    await signIn(bare, suite.ui());
    isCut = true;
    const open = (of: Page) =>
      of.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Calls", exact: true }).click();
    await page.waitForFunction(
      () =>
        performance.getEntriesByType("resource").filter(({ name }) => /\/(Page|One)-/.test(name)).length > 11,
    );
    await daemon.stop("22");
    await open(page);
    await page.getByText(/^The daemon does not answer\./).waitFor();
    await open(bare);
    // "Ringfence"; "The daemon" on a machine so slow that the code had come before it was cut.
    await bare
      .getByText(/does not answer/)
      .first()
      .waitFor();
    await bare.unroute(/assets\/(Page|One)-/);
    await daemon.start("22");
    for (const each of [page, bare]) {
      await each.getByRole("heading", { name: "No calls yet" }).waitFor({ timeout: 60_000 });
      await each.context().close();
    }
  }, 180_000);

  test("a page of the UI lets nothing in from elsewhere, and runs nothing inline", async () => {
    const { page } = await openPage(suite.browser());
    const answer = await page.goto(`${suite.ui().local}/overview`);
    const policy = answer?.headers()["content-security-policy"] ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toContain("unsafe");
    const inline = await page.evaluate(() => document.querySelectorAll("script:not([src])").length);
    expect(inline).toBe(0);
    const elsewhere = await page.evaluate(() =>
      performance
        .getEntriesByType("resource")
        .filter(({ name }) => !name.startsWith(location.origin))
        .map(({ name }) => name),
    );
    expect(elsewhere).toEqual([]);
    await page.context().close();
  }, 60_000);
});
