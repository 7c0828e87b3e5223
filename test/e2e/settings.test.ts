import type { Page } from "playwright-core";
import type { DialPlanJson, NotificationsJson, RefusalsJson } from "../../src/http/contract.js";
import { eventually } from "../lab/daemon.js";
import { addresses, asteriskCli, sipp } from "../lab/lab.js";
import { looksRight, uiSuite } from "./suite.js";

const suite = uiSuite();

function read<T>(page: Page, path: string): Promise<T> {
  return page.evaluate(async (from) => (await (await fetch(from)).json()) as T, path);
}

test("what a refused caller hears is set by reason, and the next phone hears it", async () => {
  const { page, faults } = await suite.open("/settings/refused-calls");
  const refusals = page.getByRole("region", { name: "What a refused caller hears" });
  const row = refusals.getByRole("row", { name: /^Area closed/ });
  await row.getByText("403 Forbidden (cause 21), no announcement").waitFor();
  await row.getByRole("button", { name: "Edit: Area closed" }).click();
  await refusals.getByLabel("Cause").selectOption("34");
  await refusals.getByLabel("Announcement").selectOption("own");
  await refusals.getByLabel("Names of sounds, joined by &").fill("../../etc/passwd");
  await refusals.getByRole("button", { name: "Save" }).click();
  await page.getByText(/an announcement is the names of Asterisk's sounds/).waitFor();
  await refusals.getByLabel("Names of sounds, joined by &").fill("ss-noservice");
  await refusals.getByRole("button", { name: "Save" }).click();
  await row.getByText("503 Service Unavailable (cause 34), plays ss-noservice").waitFor();
  await row.getByText("Set here").waitFor();

  const { stored } = await eventually("Asterisk knows it", async () => {
    const shown = await asteriskCli("22", "database show ringfence_refusal");
    return shown.includes("34:ss-noservice") ? { stored: shown } : null;
  });
  expect(stored.match(/34:ss-noservice/g)).toHaveLength(1);
  const phone = { from: addresses.phones[5]!, account: "105", dialled: "18765550123" };
  expect(await sipp("22", "phones", "call-announced", phone)).toMatchObject({ successful: 1, failed: 0 });

  await page.getByLabel("Tell the extension why by a SIP message").click();
  await page.getByText("Saved. It holds for the very next call.").first().waitFor();
  expect(await read<RefusalsJson>(page, "/api/v1/refusals")).toMatchObject({ tellCaller: "message" });
  await row.getByRole("button", { name: "Use the default: Area closed" }).click();
  await row.getByText("403 Forbidden (cause 21), no announcement").waitFor();
  await page.context().close();
  // The browser tells of the answer that refuses the path.
  expect(faults.filter((fault) => !fault.includes("422") && !fault.includes("400"))).toEqual([]);
}, 120_000);

test("a dial plan is tried before it is saved", async () => {
  const { page, faults } = await suite.open("/settings/dial-plan");
  const digits = page.getByLabel("Digits, as they would be dialled");
  await page.getByLabel("Outside prefix").fill("9");
  await digits.fill("9 011 44 20 7946 0000");
  await page.getByText("outside line", { exact: true }).waitFor();
  await page.getByText("+442079460000").waitFor();
  await page.getByRole("combobox", { name: "Country" }).fill("Germany");
  await page.getByRole("option", { name: "Germany (DE)" }).click();
  await digits.fill("9 030 23125000");
  await page.getByText("+493023125000").waitFor();
  expect(await read<DialPlanJson>(page, "/api/v1/dial-plan")).toMatchObject({ country: "US" });
  await page.getByLabel("International prefixes").fill("00, 810");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved. It holds for the very next call.").waitFor();
  expect(await read<DialPlanJson>(page, "/api/v1/dial-plan")).toMatchObject({
    country: "DE",
    areaCode: null,
    outsidePrefix: "9",
    internationalPrefixes: ["00", "810"],
    trunkPrefix: null,
    shortestOutside: null,
  });
  await page.context().close();
  expect(faults).toEqual([]);
}, 120_000);

test("of the mail settings nothing is lost that one does not touch, and a test says what came of it", async () => {
  const { page } = await suite.open("/settings/notifications");
  const mail = page.getByRole("region", { name: "Mail" });
  await mail.getByLabel("Mail server").fill("127.0.0.1");
  await mail.getByLabel("Encryption").selectOption("none");
  expect(await mail.getByLabel("Port").inputValue()).toBe("25");
  await mail.getByLabel("Port").fill("2599");
  await mail.getByLabel("From").fill("pbx@example.org");
  await mail.getByLabel("To, separated by commas").fill("a@example.org, b@example.org");
  await mail.getByLabel("User, if it takes one").fill("relay");
  await mail.getByLabel("Password", { exact: true }).fill("a secret");
  await mail.getByRole("button", { name: "Save" }).click();
  await mail.getByText("One is stored. Left empty, it stays.").waitFor();
  await mail.getByLabel("From").fill("fence@example.org");
  // Waited for from before the click: the answer may be there ahead of who asks for it.
  const saved = page.waitForResponse(
    (response) => response.url().endsWith("/notifications") && response.request().method() === "PUT",
  );
  await mail.getByRole("button", { name: "Save" }).click();
  await saved;
  await mail.getByRole("button", { name: "Send a test" }).click();
  await mail.getByText("Not delivered").waitFor();
  const { email } = await read<NotificationsJson>(page, "/api/v1/notifications");
  expect(email).toEqual({
    host: "127.0.0.1",
    port: 2599,
    security: "none",
    user: "relay",
    password: "stored",
    from: "fence@example.org",
    to: ["a@example.org", "b@example.org"],
    ca: null,
  });
  await page.context().close();
}, 120_000);

looksRight(
  "the settings",
  suite,
  ["settings/dial-plan", "settings/refused-calls", "settings/notifications"],
  {
    prepare: async (page, path) => {
      if (path.endsWith("refused-calls"))
        await page.getByRole("button", { name: "Edit: Area closed" }).click();
    },
  },
);
