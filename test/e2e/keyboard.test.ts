import type { Page } from "playwright-core";
import { eventually, ringfence, ringfenceJson } from "../lab/daemon.js";
import { addresses, sipp } from "../lab/lab.js";
import { openPage, settled, signIn, tooWideBy } from "./browser.js";
import { uiSuite } from "./suite.js";

// By key presses alone, and for eyes that need more than the page gives of itself: WCAG 2.2 AA 1.4.4, 1.4.10, 2.1.1, 2.4.3, 2.5.8.

const version = "22";
const GUESSER = addresses.attackers[2]!;
const BANNED = "203.0.113.99";
const suite = uiSuite(async () => {
  await sipp(version, "attacker", "register-wrong", {
    from: GUESSER,
    account: "100",
    password: "guess",
    calls: 14,
    callsPerSecond: 5,
    patienceMs: 2_000,
  });
  await eventually(
    `${GUESSER} is shut out`,
    async () => (await ringfence(version, "bans", "list")).stdout.includes(GUESSER),
    30_000,
  );
  expect(await ringfence(version, "bans", "add", BANNED)).toMatchObject({ status: 0 });
});

const PAGES = ["overview", "bans", "calls", "try", "areas", "rates", "extensions", "extensions/100"];
const MORE = [
  "allow-lists",
  "detection",
  "detection?tab=never",
  "audit",
  "settings/users",
  "settings/tokens",
];

/** What has the focus, as it is named. */
const focused = (page: Page) =>
  page.evaluate(() => {
    const at = document.activeElement;
    return at?.getAttribute("aria-label") ?? (at as HTMLElement | null)?.innerText ?? "";
  });

async function tabTo(page: Page, name: string): Promise<number> {
  for (let keys = 1; keys <= 80; keys++) {
    await page.keyboard.press("Tab");
    if ((await focused(page)) === name) return keys;
  }
  throw new Error(`no way to "${name}" by the Tab key: the focus is at "${await focused(page)}"`);
}

test("a ban is opened, read and lifted by keys, and the focus comes back when a drawer or dialog closes", async () => {
  const { page, faults } = await suite.open("/bans");
  const toBan = await tabTo(page, GUESSER);
  await page.keyboard.press("Enter");
  const drawer = page.getByRole("dialog", { name: GUESSER });
  await drawer.getByText("What to do").waitFor();
  expect(await drawer.innerText()).toContain("If it is one of yours: “Lift”, below.");
  expect(await drawer.innerText()).not.toMatch(/\bringfence (bans|never-ban|blocks|locks)\b/);
  await page.waitForFunction(() => document.activeElement?.closest('[role="dialog"]') !== null);
  await page.keyboard.press("Escape");
  await drawer.waitFor({ state: "hidden" });
  await page.waitForFunction((name) => document.activeElement?.textContent === name, GUESSER);

  await page.keyboard.press("Enter");
  await drawer.getByText("What to do").waitFor();
  await page.waitForFunction(() => document.activeElement?.closest('[role="dialog"]') !== null);
  const toLift = await tabTo(page, "Lift");
  await page.keyboard.press("Enter");
  const sure = page.getByRole("dialog", { name: `Let ${GUESSER} back in?` });
  await sure.waitFor();
  // Escape takes the question away, not the drawer below it.
  await page.keyboard.press("Escape");
  await sure.waitFor({ state: "hidden" });
  await page.waitForFunction(() => document.activeElement?.textContent === "Lift");
  await page.keyboard.press("Enter");
  await sure.waitFor();
  await page.waitForFunction(() => document.activeElement?.closest('[role="dialog"]') !== null);
  await tabTo(page, "Lift");
  await page.keyboard.press("Enter");
  await sure.waitFor({ state: "hidden" });
  const { bans } = await ringfenceJson<{ bans: readonly { target: string }[] }>(version, "bans", "list");
  expect(bans.map(({ target }) => target)).not.toContain(GUESSER);
  console.info(`keys: ${toBan} to the ban, ${toLift} to "Lift" in its drawer`);
  await page.context().close();
  expect(faults).toEqual([]);
}, 120_000);

test("each thing that the Tab key reaches shows its focus, and nothing lies over it", async () => {
  const { page, faults } = await suite.open("/bans");
  const unseen: string[] = [];
  let reached = 0;
  for (let keys = 0; keys < 40; keys++) {
    await page.keyboard.press("Tab");
    const fault = await page.evaluate(() => {
      const at = document.activeElement;
      if (at === null || at === document.body) return null;
      const { left, top, width, height } = at.getBoundingClientRect();
      const style = getComputedStyle(at);
      const border = getComputedStyle(at.closest(".mantine-Input-wrapper") ?? at).borderColor;
      const ring = style.outlineStyle !== "none" || style.boxShadow !== "none" || border !== "";
      const over = document.elementFromPoint(left + width / 2, top + height / 2);
      const hidden = over !== null && over !== at && !at.contains(over) && !over.contains(at);
      const name = at.getAttribute("aria-label") ?? at.textContent;
      return ring && !hidden ? "" : `${at.tagName} ${name}: ${ring ? "something lies over it" : "no ring"}`;
    });
    if (fault === null) break;
    reached++;
    if (fault !== "") unseen.push(fault);
  }
  console.info(`${reached} things reached by Tab`);
  expect(reached).toBeGreaterThan(15);
  expect(unseen).toEqual([]);
  await page.context().close();
  expect(faults).toEqual([]);
}, 120_000);

test.each([
  ["in a window of 320 px", 320, "100%"],
  ["with text twice as large", 1280, "200%"],
])(
  "every page %s needs no sideways scrolling",
  async (_what, width, size) => {
    const { page, faults } = await openPage(suite.browser(), { theme: "light", width });
    await signIn(page, suite.ui());
    const found: string[] = [];
    for (const path of [...PAGES, ...MORE, `bans/${BANNED}`]) {
      await page.goto(`${suite.ui().local}/${path}`);
      await settled(page);
      await page.evaluate((to) => (document.documentElement.style.fontSize = to), size);
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

test("buttons and what unfolds are at least 24 px high and wide on every page", async () => {
  const { page, faults } = await suite.open("/overview");
  const small: string[] = [];
  let looked = 0;
  for (const path of [...PAGES, ...MORE]) {
    await page.goto(`${suite.ui().local}/${path}`);
    await settled(page);
    const sizes = await page.evaluate(() =>
      [...document.querySelectorAll("button, summary, [role=tab]")].map((each) => {
        const { width, height } = each.getBoundingClientRect();
        return { width, height, name: each.getAttribute("aria-label") ?? each.textContent };
      }),
    );
    for (const { width, height, name } of sizes.filter((size) => size.width > 0)) {
      looked++;
      if (width < 23.5 || height < 23.5) small.push(`${path}: ${name} is ${width} x ${height}`);
    }
  }
  console.info(`${looked} buttons looked at`);
  await page.context().close();
  expect(small).toEqual([]);
  expect(faults).toEqual([]);
}, 120_000);
