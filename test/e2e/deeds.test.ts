import { readFileSync, writeFileSync } from "node:fs";
import { Secret, TOTP } from "otpauth";
import type { Page } from "playwright-core";
import type { AreasJson, LimitsJson, RateAnswerJson, ShadowJson } from "../../src/http/contract.js";
import { ringfence, ringfenceJson } from "../lab/daemon.js";
import { addresses, execIn, runFolder, sipp, sippServe } from "../lab/lab.js";
import { openPage } from "./browser.js";
import { uiSuite } from "./suite.js";

// What an admin clicks on must end in what it says: each test looks at the effect outside of the page.

const version = "22";
const suite = uiSuite();
let carrier: ReturnType<typeof sippServe>;
beforeAll(() => {
  carrier = sippServe(version, "carrier", "carrier-answer", { from: addresses.carrier });
});
afterAll(() => carrier.stop());

const call = (scenario: "call" | "call-refused", account: string, from: string) =>
  sipp(version, "phones", scenario, { from, account, dialled: "12025550123", patienceMs: 20_000 });

/** How the API answers to a program with this token. */
async function statusWith(token: string): Promise<string> {
  const asks = [
    "curl",
    "-s",
    "-o",
    "/dev/null",
    "-w",
    "%{http_code}",
    "-H",
    `Authorization: Bearer ${token}`,
  ];
  return (await execIn(version, "pbx", [...asks, `${suite.ui().local}/api/v1/bans`])).stdout;
}

async function done(page: Page, faults: readonly string[]): Promise<void> {
  await page.context().close();
  expect(faults).toEqual([]);
}

test("a change is taken back on the audit page", async () => {
  await ringfence(version, "areas", "allow", "JM");
  const { page, faults } = await suite.open("/audit");
  await page.getByRole("button", { name: /^Undo: .*JM/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Undo" }).click();
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  const { areas } = await ringfenceJson<AreasJson>(version, "areas", "show");
  expect(areas.map(({ area }) => area)).not.toContain("JM");
  await done(page, faults);
}, 120_000);

test("a new user sets a second factor up, and signs in with its code from then on", async () => {
  const { page, faults } = await suite.open("/settings/users");
  await page.getByLabel("User", { exact: true }).fill("second");
  await page.getByRole("button", { name: "Add a user" }).click();
  const password = await page.locator(".rf-secret").innerText();
  await done(page, faults);

  const as = { user: "second", password };
  const enrolling = await suite.open("/settings/account", as);
  await enrolling.page.getByRole("button", { name: "Set up" }).click();
  const secret = await enrolling.page.locator(".rf-secret").innerText();
  const code = () => new TOTP({ secret: Secret.fromBase32(secret) }).generate();
  await enrolling.page.getByLabel("Code", { exact: true }).fill(code());
  await enrolling.page.getByRole("button", { name: "Switch on" }).click();
  await enrolling.page.getByRole("button", { name: "Switch off" }).waitFor();
  await done(enrolling.page, enrolling.faults);

  const { page: again } = await openPage(suite.browser());
  await again.goto(suite.ui().local);
  await again.getByLabel("User", { exact: true }).fill(as.user);
  await again.getByLabel("Password", { exact: true }).fill(as.password);
  await again.getByRole("button", { name: "Sign in" }).click();
  const field = again.getByLabel("Code of your authenticator app");
  await field.fill("000000");
  await again.getByRole("button", { name: "Sign in" }).click();
  await again.getByRole("alert").waitFor();
  // A code counts once: the one of the enrolment is spent, and the next one is sure to be new.
  const next = new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: Date.now() + 30_000 });
  await field.fill(next);
  await again.getByRole("button", { name: "Sign in" }).click();
  await again.getByRole("heading", { level: 1 }).waitFor();
  await again.context().close();
}, 120_000);

test("a token is made, a program uses it, and is refused once it is revoked", async () => {
  const { page, faults } = await suite.open("/settings/tokens");
  await page.getByLabel("What it is for").fill("monitoring");
  await page.getByRole("button", { name: "Make a token" }).click();
  const token = await page.locator(".rf-secret").innerText();
  expect(await statusWith(token)).toBe("200");
  await page.getByRole("button", { name: "Revoke monitoring" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await page.getByText("No token is out").waitFor();
  expect(await statusWith(token)).toBe("401");
  await done(page, faults);
}, 120_000);

test("a backup is downloaded, and is the database", async () => {
  const { page, faults } = await suite.open("/settings/backup");
  const begun = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download a backup" }).click();
  const file = await (await begun).path();
  expect(readFileSync(file).subarray(0, 15).toString("latin1")).toBe("SQLite format 3");
  await done(page, faults);
}, 120_000);

test("another threshold is tried out on live traffic", async () => {
  const { page, faults } = await suite.open("/detection?tab=shadow");
  const threshold = page.getByLabel("Threshold", { exact: true });
  const name = await threshold.inputValue();
  await page.getByLabel("Value to try").fill("3");
  await page.getByRole("button", { name: "Add to the trial" }).click();
  await page.getByRole("button", { name: "Start" }).click();
  await page.getByText("Running", { exact: true }).waitFor();
  const shadow = await ringfenceJson<ShadowJson>(version, "detection", "shadow", "show");
  expect(shadow).toMatchObject({ running: true, changes: [expect.objectContaining({ name, shadow: "3" })] });
  await done(page, faults);
}, 120_000);

test("a price list in euros is imported, once one has said what they are worth", async () => {
  const file = `${runFolder(version)}/euro.csv`;
  writeFileSync(file, "Vorwahl;Ziel;Preis EUR/min\n1;USA;0,0100\n1876;Jamaika;0,2000\n");
  const { page } = await suite.open("/rates");
  await page.locator('input[type="file"]').setInputFiles(file);
  await page.getByRole("button", { name: "Check the file" }).click();
  await page
    .getByRole("alert")
    .getByText(/what one is worth in US dollars/)
    .waitFor();
  await page.getByLabel("Other currency, in US dollars").fill("EUR=1.5000");
  await page.getByRole("button", { name: "Check the file" }).click();
  await page.getByText("What the file says").waitFor();
  await page.getByRole("button", { name: "Import it" }).click();
  await page.getByText("The deck default is in use.").waitFor();
  const { rates } = await ringfenceJson<RateAnswerJson>(version, "rates", "lookup", "18765550123");
  expect(rates).toMatchObject([{ deck: "default", prefix: "1876", usdPerMinute: "0.3000" }]);

  // A second choice takes the first one back.
  for (const told of ["prices the trunks carrier", "prices every trunk that has no deck of its own"]) {
    await page.getByRole("button", { name: "Bind trunks" }).click();
    await page.getByRole("combobox", { name: "Trunks that Asterisk has" }).click();
    await page.getByRole("option", { name: "carrier", exact: true }).click();
    await page.getByRole("button", { name: "Save" }).first().click();
    await page.getByText(told).waitFor();
  }
  await page.getByRole("button", { name: "Remove the deck default" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await page.getByText("No rate deck yet").waitFor();
  await page.getByRole("button", { name: "Bring it back" }).click();
  await page.getByRole("button", { name: "Remove the deck default" }).waitFor();
  expect((await ringfence(version, "rates", "lookup", "18765550123")).status).toBe(0);
  await page.getByRole("button", { name: "Remove the deck default" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await page.getByText("No rate deck yet").waitFor();
  expect((await ringfence(version, "rates", "lookup", "18765550123")).status).not.toBe(0);
  // The first check was refused on purpose, and the browser tells of each such answer.
  await page.context().close();
}, 120_000);

test("an extension's own limit stops its very next call, and everyone's lets it through again", async () => {
  const [, from] = addresses.phones;
  const { page, faults } = await suite.open("/extensions/101");
  const row = page.getByRole("row", { name: /Call attempts a minute/ });
  await row.getByRole("button", { name: "Edit" }).click();
  await page.getByLabel("Own value: Call attempts a minute").fill("0");
  await page.getByRole("button", { name: "Save" }).click();
  await row.getByText("own", { exact: true }).waitFor();
  expect(await call("call-refused", "101", from!)).toMatchObject({ successful: 1, failed: 0 });
  await row.getByRole("button", { name: "Use everyone's" }).click();
  await row.getByText("own", { exact: true }).waitFor({ state: "hidden" });
  const { limits } = await ringfenceJson<LimitsJson>(version, "limits", "show", "101");
  expect(limits.filter(({ scope }) => scope !== "global")).toEqual([]);
  expect(await call("call", "101", from!)).toMatchObject({ successful: 1, failed: 0 });
  await done(page, faults);
}, 120_000);

test("a prefix is closed inside an open country, by keyboard alone", async () => {
  const { page, faults } = await suite.open("/areas");
  await page.getByLabel("Prefix", { exact: true }).focus();
  await page.keyboard.type("+1 202");
  await page.keyboard.press("Enter");
  const bar = page.getByRole("region", { name: "1 change" });
  await bar.getByText(/\+1202 closed/).waitFor();
  const isSave = () => page.evaluate(() => document.activeElement?.textContent === "Save");
  for (let tabs = 0; tabs < 60 && !(await isSave()); tabs++) await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.getByText("Saved. It holds for the very next call.").waitFor();
  const [, , from] = addresses.phones;
  expect(await call("call-refused", "102", from!)).toMatchObject({ successful: 1, failed: 0 });
  await done(page, faults);
}, 120_000);
