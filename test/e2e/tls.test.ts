import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { daemonLog, eventually } from "../lab/daemon.js";
import { runFolder } from "../lab/lab.js";
import { openBrowser, signIn } from "./browser.js";
import { type Ui, uiDown, uiUp } from "./ui.js";

const version = "22";
const folder = mkdtempSync(join(tmpdir(), "ringfence-tls-"));
const inUse = { cert: join(folder, "cert.pem"), key: join(folder, "key.pem") };
let ui: Ui;
let browser: Browser;

beforeAll(async () => {
  putCertificate("first.example");
  ui = await uiUp(version, inUse);
  browser = await openBrowser(ui);
}, 16 * 60_000);
afterAll(async () => {
  await browser.close();
  await uiDown(ui);
  rmSync(folder, { recursive: true });
}, 60_000);

/** A certificate of its own, in the place of the one in use. */
function putCertificate(name: string): void {
  const [key, cert] = [join(folder, `${name}.key`), join(folder, `${name}.pem`)];
  const how = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  const names = ["-subj", `/CN=${name}`, "-addext", `subjectAltName=DNS:${name},IP:127.0.0.1`];
  execFileSync("openssl", ["req", "-x509", ...how, ...names, "-keyout", key, "-out", cert], {
    stdio: "ignore",
  });
  cpSync(cert, inUse.cert);
  cpSync(key, inUse.key);
}

/** Signed in, in a session of its own that takes a certificate that nobody vouches for. */
async function signedIn(): Promise<{ context: BrowserContext; page: Page; faults: string[] }> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, timezoneId: "UTC" });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(error.message));
  await signIn(page, ui);
  return { context, page, faults };
}

/** Whose certificate the server shows a browser that has no connection to it yet. */
async function shown(): Promise<string | undefined> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  const response = await (await context.newPage()).goto(`${ui.local}/healthz`);
  const details = await response?.securityDetails();
  await context.close();
  return details?.subjectName;
}

test("a browser that knows no such certificate is stopped by it", async () => {
  const page = await (await browser.newContext()).newPage();
  await expect(page.goto(ui.local)).rejects.toThrow("ERR_CERT_AUTHORITY_INVALID");
  await page.context().close();
}, 60_000);

test("the UI works over TLS, its cookie is for TLS alone, and a renewed certificate interrupts nobody", async () => {
  const { context, page, faults } = await signedIn();
  const cookies = await context.cookies(ui.local);
  expect(cookies.length).toBeGreaterThan(0);
  for (const cookie of cookies)
    expect(cookie).toMatchObject({ secure: true, httpOnly: true, sameSite: "Strict" });
  await page.getByText("Live", { exact: true }).waitFor();
  expect(await shown()).toBe("first.example");

  putCertificate("second.example");
  const pid = Number(readFileSync(`${runFolder(version)}/daemon.pid`, "utf8"));
  process.kill(pid, "SIGHUP");
  await eventually("the certificate is read anew", () =>
    daemonLog(version).includes("the web certificate was read anew"),
  );
  expect(await shown()).toBe("second.example");
  // Whoever was signed in stays so, and goes on hearing what happens.
  await page.getByText("Live", { exact: true }).waitFor();
  await page.getByRole("link", { name: "Calls", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "Calls" }).waitFor();
  expect(await page.evaluate(async () => (await fetch("/api/v1/status")).status)).toBe(200);
  await context.close();
  expect(faults).toEqual([]);
}, 120_000);

test("plain HTTP at the same port is answered by nothing", async () => {
  const page = await (await browser.newContext()).newPage();
  await expect(page.goto(ui.local.replace("https", "http"))).rejects.toThrow("ERR_EMPTY_RESPONSE");
  await page.context().close();
}, 60_000);
