import type { Page } from "playwright-core";
import { ringfence } from "../lab/daemon.js";
import { openPage, settled, signIn, tooWideBy } from "./browser.js";
import { uiSuite } from "./suite.js";

const version = "22";
const ADDRESS = "203.0.113.99";
const NETWORK = "203.0.113.0/24";
/** Every page of the menu, and two with a form. */
const PAGES = [
  "overview",
  "bans",
  `bans/${ADDRESS}`,
  "detection",
  "calls",
  "try?from=100&number=01118765550123",
  "areas",
  "rates",
  "extensions",
  "extensions/100",
  "allow-lists",
  "audit",
  "settings/account",
  "settings/users",
  "settings/notifications",
];

const suite = uiSuite(() => ringfence(version, "bans", "add", ADDRESS));

test("the first Tab leads past the menu", async () => {
  const { page, faults } = await suite.open("/audit");
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await page.keyboard.press("Tab");
  expect(await focused(page)).toBe("Skip to the page");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.activeElement?.id === "main");
  await page.context().close();
  expect(faults).toEqual([]);
}, 60_000);

test("a ban's drawer takes the focus, keeps it, and gives it back when Escape closes it", async () => {
  const { page, faults } = await suite.open("/bans");
  await page.getByRole("link", { name: ADDRESS }).focus();
  await page.keyboard.press("Enter");
  const drawer = page.getByRole("dialog", { name: ADDRESS });
  await drawer.getByRole("button", { name: "Never ban this" }).waitFor();
  for (let presses = 0; presses < 15; presses++) {
    await page.keyboard.press("Tab");
    expect(await drawer.evaluate((it) => it.contains(document.activeElement))).toBe(true);
  }
  await page.keyboard.press("Escape");
  await drawer.waitFor({ state: "hidden" });
  await page.waitForFunction((address) => document.activeElement?.textContent === address, ADDRESS);
  await page.context().close();
  expect(faults).toEqual([]);
}, 60_000);

test("where the focus is can be seen, on every page", async () => {
  const { page, faults } = await suite.open("/overview");
  const unseen: string[] = [];
  let stops = 0;
  for (const path of PAGES) {
    await page.goto(`${suite.ui().local}/${path}`);
    await settled(page);
    for (let presses = 0; presses < 30; presses++) {
      await page.keyboard.press("Tab");
      stops++;
      const shown = await page.evaluate(() => {
        const at = document.activeElement;
        if (at === null || at === document.body) return true;
        const isRinged = (element: Element | null) => {
          if (element === null) return false;
          const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
          return (outlineStyle !== "none" && outlineWidth !== "0px") || boxShadow !== "none";
        };
        // A field shows it by its border, which changes.
        return isRinged(at) || isRinged(at.parentElement) || at.matches("input, select, textarea");
      });
      if (!shown) unseen.push(`${path}: ${await focused(page)}`);
    }
  }
  console.log(`looked at ${stops} places where the focus stops, on ${PAGES.length} pages`);
  await page.context().close();
  expect(unseen).toEqual([]);
  expect(faults).toEqual([]);
}, 240_000);

test.each([
  ["a window of 320 px", 320, 1],
  ["text of twice the size", 1280, 2],
  ["text of twice the size on a phone", 390, 2],
])(
  "no page scrolls sideways in %s",
  async (_, width, zoom) => {
    const { page, faults } = await openPage(suite.browser(), { theme: "light", width });
    await signIn(page, suite.ui());
    const found: string[] = [];
    for (const path of PAGES) {
      await page.goto(`${suite.ui().local}/${path}`);
      await settled(page);
      await page.evaluate((times) => (document.documentElement.style.fontSize = `${times * 100}%`), zoom);
      await page.waitForTimeout(200);
      const wider = await tooWideBy(page);
      if (wider > 0) found.push(`${path}: ${wider} px wider than the window`);
    }
    await page.context().close();
    expect(found).toEqual([]);
    expect(faults).toEqual([]);
  },
  240_000,
);

test("an address whose network is shut out is let in, and whoever lifts it is told of the others", async () => {
  await ringfence(version, "bans", "add", NETWORK);
  const { page, faults } = await suite.open(`/bans/${ADDRESS}`);
  const drawer = page.getByRole("dialog", { name: ADDRESS });
  await drawer.getByText("If it is one of yours: press “Lift”.").waitFor();
  expect(await drawer.innerText()).not.toMatch(/ringfence (bans|never-ban)/);
  await drawer.getByRole("button", { name: "Lift" }).click();
  const dialog = page.getByRole("dialog", { name: `Let ${ADDRESS} back in?` });
  await dialog.getByText(`It is shut out with all of ${NETWORK}`, { exact: false }).waitFor();
  await dialog.getByRole("button", { name: "Lift" }).click();
  await page.getByRole("heading", { name: "Nobody is shut out" }).waitFor();
  await page.waitForFunction(() => document.activeElement?.id === "page-title");
  await page.context().close();
  expect(faults).toEqual([]);
}, 60_000);

test("who is signed out by the daemon is told so, and comes back to the same page", async () => {
  const { page } = await suite.open("/audit");
  await page.context().clearCookies();
  await page.getByRole("link", { name: "Calls" }).click();
  await page.getByText("Your session has ended.", { exact: false }).waitFor();
  await page.getByLabel("User", { exact: true }).fill(suite.ui().user);
  await page.getByLabel("Password", { exact: true }).fill(suite.ui().password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { level: 1, name: "Calls" }).waitFor();
  // The browser tells of the answer that refuses the old session.
  await page.context().close();
}, 60_000);

function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const at = document.activeElement;
    return at?.getAttribute("aria-label") ?? at?.textContent ?? at?.outerHTML.slice(0, 200) ?? "";
  });
}
