import { mkdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Page } from "playwright-core";
import type { BansJson } from "../../src/http/contract.js";
import { eventually, ringfenceJson } from "../lab/daemon.js";
import { addresses, sipp } from "../lab/lab.js";
import { aBusyMonth } from "./a-busy-month.js";
import { openPage, settled, signIn } from "./browser.js";
import { uiSuite } from "./suite.js";

// The pictures of the README: an office's month, and an attack that is played. `scripts/pictures` puts them there.

const version = "22";
const FOLDER = resolve(__dirname, "../../test-output/pictures");
const MOST_BYTES = 200_000;
const attacker = addresses.attackers[5]!;
const suite = uiSuite(async (ui) => {
  await aBusyMonth(ui);
  const guesses = { from: attacker, account: "104", password: "guess", calls: 14, timeoutMs: 8_000 };
  await sipp(version, "attacker", "register-wrong", guesses);
  await eventually(`${attacker} is shut out`, async () => {
    const { bans } = await ringfenceJson<BansJson>(version, "bans", "list");
    return bans.some(({ target }) => target === attacker);
  });
});

test.each([
  ["overview", "light", "overview", () => Promise.resolve()],
  [
    "ban",
    "light",
    `bans/${attacker}`,
    (page: Page) => page.getByRole("heading", { name: "Timeline" }).waitFor(),
  ],
  [
    "areas",
    "dark",
    "areas",
    async (page: Page) => {
      await page.getByLabel("Find a country").fill("Latvia");
      await page.locator('[data-area="LV"]').getByRole("checkbox").first().click();
      await page.getByText(/would have refused \d+ calls of 3 extensions/).waitFor();
    },
  ],
  [
    "try",
    "light",
    "try?from=100&number=01118765550123",
    (page: Page) =>
      page
        .getByText(/Jamaica/)
        .first()
        .waitFor(),
  ],
] as const)(
  "a picture of %s in %s",
  async (name, theme, path, prepare) => {
    const { page, faults } = await openPage(suite.browser(), { theme, width: 1280 });
    await signIn(page, suite.ui());
    await page.goto(`${suite.ui().local}/${path}`);
    await settled(page);
    await prepare(page);
    await settled(page);
    mkdirSync(FOLDER, { recursive: true });
    const file = join(FOLDER, `${name}.png`);
    await page.screenshot({ path: file });
    expect(statSync(file).size).toBeLessThan(MOST_BYTES);
    await page.context().close();
    expect(faults).toEqual([]);
  },
  120_000,
);
