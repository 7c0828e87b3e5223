import { looks, openPage, seriousFindings, shoot } from "./browser.js";
import { looksRight, uiSuite } from "./suite.js";

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
  "calls",
  "try",
  "areas",
  "rates",
  "extensions",
  "extensions/100",
  "allow-lists",
];

const suite = uiSuite();

test.each(looks)(
  "the sign-in page in $theme, $width wide: nothing serious for axe",
  async (look) => {
    const { page, faults } = await openPage(suite.browser(), look);
    await page.goto(`${suite.ui().local}/overview`);
    await page.getByRole("button", { name: "Sign in" }).waitFor();
    await shoot(page, "sign-in", look);
    expect(await seriousFindings(page)).toEqual([]);
    await page.context().close();
    expect(faults).toEqual([]);
  },
  60_000,
);

looksRight("every page with an empty database", suite, PAGES, { mark: "-empty" });
