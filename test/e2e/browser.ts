import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { type Host, netns } from "../lab/lab.js";
import type { Ui } from "./ui.js";

const CHROMIUM = "/usr/bin/chromium";
const SCREENS = resolve(__dirname, "../../test-output/screens");
const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

/** How a page is looked at. */
export interface Look {
  readonly theme: "light" | "dark";
  readonly width: number;
}

export const WIDE = 1440;
export const NARROW = 390;
export const looks: readonly Look[] = (["light", "dark"] as const).flatMap((theme) =>
  [WIDE, NARROW].map((width) => ({ theme, width })),
);

/** Debian's chromium on a host of the lab: what it asks for comes from that host's first address. */
export async function openBrowser({ version }: Ui, host: Host = "pbx"): Promise<Browser> {
  const folder = mkdtempSync(join(tmpdir(), "ringfence-chromium-"));
  const inHost = join(folder, "chromium");
  writeFileSync(inHost, `#!/bin/sh\nexec ip netns exec ${netns(version, host)} ${CHROMIUM} "$@"\n`, {
    mode: 0o755,
  });
  const browser = await chromium.launch({ executablePath: inHost, args: ["--no-sandbox"] });
  browser.once("disconnected", () => rmSync(folder, { recursive: true, force: true }));
  return browser;
}

/** A page in a session of its own, and what went wrong on it: errors and warnings of the console, exceptions, refused by the
 *  content policy. */
export interface Watched {
  readonly page: Page;
  readonly faults: string[];
}

export async function openPage(
  browser: Browser,
  look: Look = { theme: "light", width: WIDE },
): Promise<Watched> {
  const context = await browser.newContext({
    viewport: { width: look.width, height: look.width < 600 ? 844 : 900 },
    colorScheme: look.theme,
    timezoneId: "UTC",
    locale: "en-GB",
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(`exception: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() !== "error" && message.type() !== "warning") return;
    // The question whether one is signed in is answered with 401 by design; the browser takes every 401 for an error.
    if (message.location().url.endsWith("/api/v1/session") && message.text().includes("401")) return;
    faults.push(`${message.type()}: ${message.text()}`);
  });
  return { page, faults };
}

/** Opens the UI at `path` and signs in, by the form that people use. */
export async function signIn(
  page: Page,
  ui: Ui,
  { path = "/overview", base = ui.local, user = ui.user, password = ui.password } = {},
): Promise<void> {
  await page.goto(base + path);
  await page.getByLabel("User", { exact: true }).fill(user);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await settled(page);
}

/** What was asked for is there, and nothing is loading. */
export async function settled(page: Page): Promise<void> {
  await page.locator("#page-title").waitFor();
  await page.waitForFunction(() => document.querySelector('[aria-label="Loading…"]') === null);
  // Transitions of what was just opened: a half-faded text would be measured for its contrast.
  await page.waitForTimeout(400);
}

/** Keeps a picture as build output: test-output/screens/NAME-theme-width.png, the whole page unless a dialog is over it. */
export async function shoot(page: Page, name: string, { theme, width }: Look, whole = true): Promise<void> {
  mkdirSync(SCREENS, { recursive: true });
  // What sticks to the window's edges would lie across the picture of a page that is scrolled.
  await page.evaluate(() => window.scrollTo(0, 0));
  await page.screenshot({ path: join(SCREENS, `${name}-${theme}-${width}.png`), fullPage: whole });
}

/** What axe finds against WCAG 2.2 AA that is serious or critical: one line each. */
export async function seriousFindings(page: Page): Promise<string[]> {
  await page.evaluate(`${AXE};0`);
  return page.evaluate(async () => {
    interface Finding {
      readonly impact: string | null;
      readonly id: string;
      readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
    }
    const { axe } = window as unknown as {
      axe: { run(root: Document, how: object): Promise<{ violations: readonly Finding[] }> };
    };
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    const { violations } = await axe.run(document, { runOnly: tags });
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(
        ({ id, nodes }) =>
          `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary ?? ""}`).join(" | ")}`,
      );
  });
}

/** By how many pixels the page is wider than the window: a phone would have to scroll sideways. */
export function tooWideBy(page: Page): Promise<number> {
  return page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - window.innerWidth));
}
