import type { Browser } from "playwright-core";
import {
  looks,
  openBrowser,
  openPage,
  seriousFindings,
  settled,
  shoot,
  signIn,
  tooWideBy,
} from "./browser.js";
import { type Ui, uiDown, uiUp } from "./ui.js";

/** Every page of the menu, and those that one reaches from them. */
const PAGES = [
  "overview",
  "bans",
  "bans?tab=blocks",
  "bans?tab=locks",
  "bans?tab=proposals",
  "detection",
  "detection?tab=shadow",
  "detection?tab=never",
  "audit",
  "settings",
  "settings/users",
  "settings/tokens",
  "settings/backup",
];

describe("every page with an empty database", () => {
  let ui: Ui;
  let browser: Browser;
  beforeAll(async () => {
    ui = await uiUp("22");
    browser = await openBrowser(ui);
  }, 16 * 60_000);
  afterAll(async () => {
    await browser.close();
    await uiDown(ui);
  }, 60_000);

  test.each(looks)(
    "in $theme, $width wide: no errors, nothing serious for axe, no sideways scrolling",
    async (look) => {
      const { page, faults } = await openPage(browser, look);
      await page.goto(`${ui.local}/overview`);
      await page.getByRole("button", { name: "Sign in" }).waitFor();
      await shoot(page, "sign-in", look);
      const found: string[] = (await seriousFindings(page)).map((finding) => `sign-in: ${finding}`);
      await signIn(page, ui);
      for (const name of PAGES) {
        await page.goto(`${ui.local}/${name}`);
        await settled(page);
        await shoot(page, `${name.replaceAll(/\W+/g, "-")}-empty`, look);
        found.push(...(await seriousFindings(page)).map((finding) => `${name}: ${finding}`));
        const wider = await tooWideBy(page);
        if (wider > 0) found.push(`${name}: ${wider} px wider than the window`);
      }
      await page.context().close();
      expect(found).toEqual([]);
      expect(faults).toEqual([]);
    },
    180_000,
  );
});
