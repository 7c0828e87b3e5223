import type { BansJson } from "../../src/http/contract.js";
import { eventually, ringfenceJson } from "../lab/daemon.js";
import { addresses, asteriskCli, sendSip, sipp } from "../lab/lab.js";
import { looks, openPage, seriousFindings, settled, shoot, signIn, tooWideBy } from "./browser.js";
import { uiSuite } from "./suite.js";

const version = "22";
/** As SIP carries it; Asterisk takes the escapes off. */
const HOSTILE = "%3Cscript%3Ewindow.ranIt%3D1%3C%2Fscript%3E";
const HOSTILE_TEXT = "<script>window.ranIt=1</script>";
const office = addresses.phones[7]!;
const scanner = addresses.attackers[3]!;

const suite = uiSuite();

const banned = (address: string) =>
  eventually(`${address} is shut out`, async () => {
    const { bans } = await ringfenceJson<BansJson>(version, "bans", "list");
    return bans.some(({ target }) => target === address);
  });

test("an admin lifts a ban, and the phone behind it registers at once", async () => {
  const guesses = { from: office, account: "107", password: "guess", calls: 14, timeoutMs: 8_000 };
  await sipp(version, "phones", "register-wrong", guesses);
  await banned(office);
  const phone = { from: office, port: 5091, account: "107", patienceMs: 3_000 };
  expect(await sipp(version, "phones", "register", phone)).toMatchObject({ successful: 0 });
  const { page, faults } = await suite.open(`/bans/${office}`);
  await page.getByRole("group", { name: "What you can do" }).getByRole("button", { name: "Lift" }).click();
  const dialog = page.getByRole("dialog", { name: `Let ${office} back in?` });
  await dialog.getByRole("button", { name: "Lift" }).click();
  await page.getByRole("heading", { name: "Nobody is shut out" }).waitFor();
  expect(await sipp(version, "phones", "register", phone)).toMatchObject({ successful: 1, failed: 0 });
  await page.context().close();
  expect(faults).toEqual([]);
}, 120_000);

test("a way out without the check turns its fence post red, and says what to do", async () => {
  const { page, faults } = await openPage(suite.browser());
  await signIn(page, suite.ui());
  await page.getByText(/^\d+ routes, all checked\.$/).waitFor();
  await asteriskCli(version, "dialplan add extension 77,1,Dial,PJSIP/77@carrier into from-internal");
  await page.reload();
  await page.getByText("Way out without the check").waitFor();
  const post = page.getByRole("region", { name: "The fence" });
  await post.getByText(/1 extension dials to a trunk without a check: 77 in from-internal/).waitFor();
  await post.getByText(/Put Gosub\(ringfence,check,1/).waitFor();
  await page.context().close();
  expect(faults).toEqual([]);
}, 120_000);

describe("an account name that is a script", () => {
  beforeAll(async () => {
    const scan = ["--from", scanner, "--user", HOSTILE, "--count", "14", "--wait-ms", "200"];
    await sendSip(version, "attacker", scan);
    await banned(scanner);
  }, 60_000);

  test.each(looks)(
    "is shown as text, in $theme, $width wide",
    async (look) => {
      const { page, faults } = await openPage(suite.browser(), look);
      await signIn(page, suite.ui(), { path: "/bans" });
      await page.getByRole("link", { name: scanner }).click();
      const drawer = page.getByRole("dialog", { name: scanner });
      await drawer.getByText(HOSTILE_TEXT).first().waitFor();
      await settled(page);
      await shoot(page, "ban-hostile", look, false);
      expect(await seriousFindings(page)).toEqual([]);
      expect(await tooWideBy(page)).toBe(0);
      expect(await page.evaluate(() => "ranIt" in window)).toBe(false);
      await page.goto(`${suite.ui().local}/overview`);
      await settled(page);
      await shoot(page, "overview-attacked", look);
      expect(await page.evaluate(() => "ranIt" in window)).toBe(false);
      await page.context().close();
      expect(faults).toEqual([]);
    },
    120_000,
  );
});
