import { ringfence } from "../lab/daemon.js";
import { openPage, settled, signIn } from "./browser.js";
import { uiSuite } from "./suite.js";

const version = "22";
const ADDRESS = "203.0.113.99";
const NETWORK = "203.0.113.0/24";
const suite = uiSuite();

test("an address is let in whose network is shut out, and whoever lifts it is told of the others", async () => {
  for (const target of [ADDRESS, NETWORK]) await ringfence(version, "bans", "add", target);
  const { page, faults } = await suite.open(`/bans/${ADDRESS}`);
  await page.getByRole("group", { name: "What you can do" }).getByRole("button", { name: "Lift" }).click();
  const dialog = page.getByRole("dialog", { name: `Let ${ADDRESS} back in?` });
  await dialog.getByText(`It is shut out with all of ${NETWORK}`, { exact: false }).waitFor();
  await dialog.getByRole("button", { name: "Lift" }).click();
  await page.getByRole("heading", { name: "Nobody is shut out" }).waitFor();
  await page.context().close();
  expect(faults).toEqual([]);
}, 60_000);

test("a user's new password is asked for once more, and the old one is refused from then on", async () => {
  const { page, faults } = await suite.open("/settings/users");
  await page.getByLabel("User", { exact: true }).fill("third");
  await page.getByRole("button", { name: "Add a user" }).click();
  const first = await page.locator(".rf-secret").innerText();
  await page.getByRole("button", { name: "New password: third" }).click();
  const dialog = page.getByRole("dialog", { name: "A new password for third?" });
  await dialog.getByRole("button", { name: "New password" }).click();
  await dialog.waitFor({ state: "hidden" });
  const second = await page.locator(".rf-secret").innerText();
  expect(second).not.toBe(first);
  await page.context().close();
  expect(faults).toEqual([]);

  const other = await openPage(suite.browser());
  await signIn(other.page, suite.ui(), { path: "/settings/users", user: "third", password: second });
  await other.page.getByText("ask for the role “admin”", { exact: false }).waitFor();
  await other.page.context().close();
}, 60_000);

test("whose session has ended is told so, and comes back to the same page", async () => {
  const { page } = await suite.open("/audit");
  await page.context().clearCookies();
  await page.getByRole("link", { name: "Calls", exact: true }).click();
  await page.getByText("Your session has ended.", { exact: false }).waitFor();
  await page.getByLabel("User", { exact: true }).fill(suite.ui().user);
  await page.getByLabel("Password", { exact: true }).fill(suite.ui().password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await settled(page);
  await page.getByRole("heading", { level: 1, name: "Calls" }).waitFor();
  // The browser tells of each answer that refused the old session.
  await page.context().close();
}, 60_000);
