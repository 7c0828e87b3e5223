import type { Browser, Page } from "playwright-core";
import {
  type Look,
  looks,
  openBrowser,
  openPage,
  seriousFindings,
  settled,
  shoot,
  signIn,
  tooWideBy,
  type Watched,
} from "./browser.js";
import { type Ui, uiDown, uiUp } from "./ui.js";

/** A lab with the UI and a browser beside it, for all tests of a file. */
export interface Suite {
  readonly ui: () => Ui;
  readonly browser: () => Browser;
  /** A page of the UI in a session of its own. */
  open(path: string, as?: { readonly user: string; readonly password: string }): Promise<Watched>;
}

/** @param prepare gives the lab what it is to have before the first page is opened */
export function uiSuite(prepare?: (ui: Ui) => Promise<unknown>): Suite {
  let ui: Ui;
  let browser: Browser;
  beforeAll(async () => {
    ui = await uiUp("22");
    await prepare?.(ui);
    browser = await openBrowser(ui);
  }, 16 * 60_000);
  afterAll(async () => {
    await browser.close();
    await uiDown(ui);
  }, 60_000);
  return {
    ui: () => ui,
    browser: () => browser,
    async open(path, as) {
      const watched = await openPage(browser);
      await signIn(watched.page, ui, { path, ...as });
      return watched;
    },
  };
}

/** Looks at pages in both themes, wide and narrow: no errors, nothing serious for axe, no sideways scrolling. Keeps a picture of each,
 *  named by its path and `mark`. */
export function looksRight(
  what: string,
  suite: Suite,
  paths: readonly string[],
  {
    mark = "",
    prepare,
    also,
  }: {
    readonly mark?: string;
    /** Before the page is looked at, and after. */
    readonly prepare?: (page: Page, path: string) => Promise<void>;
    readonly also?: (page: Page, path: string) => Promise<void>;
  } = {},
): void {
  test.each(looks)(
    `${what} in $theme, $width wide: no errors, nothing serious for axe, no sideways scrolling`,
    async (look: Look) => {
      const { page, faults } = await openPage(suite.browser(), look);
      await signIn(page, suite.ui());
      const found: string[] = [];
      for (const path of paths) {
        await page.goto(`${suite.ui().local}/${path}`);
        await settled(page);
        await prepare?.(page, path);
        await shoot(page, path.replaceAll(/\W+/g, "-") + mark, look);
        found.push(...(await seriousFindings(page)).map((finding) => `${path}: ${finding}`));
        const wider = await tooWideBy(page);
        if (wider > 0) found.push(`${path}: ${wider} px wider than the window`);
        await also?.(page, path);
      }
      await page.context().close();
      expect(found).toEqual([]);
      expect(faults).toEqual([]);
    },
    240_000,
  );
}
