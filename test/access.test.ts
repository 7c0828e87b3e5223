import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildAccess } from "../src/access.js";
import type { Config } from "../src/config.js";
import { createLog } from "../src/log.js";
import { type Database, openDatabase } from "../src/sqlite/database.js";
import { Kept } from "./cli/support/run.js";

let folder: string;
let db: Database;
let printed: Kept;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ringfence-first-"));
  db = openDatabase(join(folder, "ringfence.db"));
  printed = new Kept();
});
afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true });
});

/** A start of the daemon, as far as people are concerned. */
async function start(over: Partial<Config["http"]> = {}) {
  const http: Config["http"] = {
    ...{ socket: "/run/x.sock", listen: { host: "127.0.0.1", port: 1 }, tls: null },
    ...{ trustedProxies: [], names: [], url: null, firstPasswordFile: null, ...over },
  };
  const stops: (() => Promise<void>)[] = [];
  const access = await buildAccess({
    ...{ config: http, db, clock: { nowMs: () => 1_000 }, after: () => () => undefined },
    ...{ protection: { setAdmins: () => undefined }, intrusion: { observe: () => undefined } },
    log: createLog("info", { stream: printed, terminal: false }),
    started: (stop) => stops.push(stop),
  });
  for (const stop of stops) await stop();
  return access;
}

const passwordIn = (text: string): string => /"signInWith":"([^"]+)"/.exec(text)?.[1] ?? "";

test("the first start makes the user admin, and prints the password once", async () => {
  const access = await start();
  const password = passwordIn(printed.text);
  expect(password.length).toBeGreaterThan(15);
  expect(printed.text.split(password)).toHaveLength(2);
  expect(await access.users.signIn("admin", password, null)).toMatchObject({
    user: { name: "admin", role: "admin", temporary: true },
  });
  printed.text = "";
  await start();
  expect(printed.text).toBe("");
});

test("or takes it from a file, and prints it nowhere", async () => {
  const file = join(folder, "first-password");
  writeFileSync(file, "correct horse battery\n");
  const access = await start({ firstPasswordFile: file });
  expect(await access.users.signIn("admin", "correct horse battery", null)).toHaveProperty("user");
  expect(printed.text).not.toContain("correct horse");
  // From then on the file says nothing: whoever changed the password keeps it.
  writeFileSync(file, "another long password\n");
  const again = await start({ firstPasswordFile: file });
  expect(await again.users.signIn("admin", "another long password", null)).toHaveProperty("failed");
});

test.each([
  ["no file", null, "can't be read"],
  ["a password that is easy to guess", "admin\n", "http.firstPasswordFile: "],
  ["an empty file", "", "http.firstPasswordFile: "],
])("%s is a fault of the configuration, and nobody is made", async (_what, text, message) => {
  const file = join(folder, "first-password");
  if (text !== null) writeFileSync(file, text);
  await expect(start({ firstPasswordFile: file })).rejects.toThrow(message);
  expect(db.prepare("SELECT count(*) FROM users").pluck().get()).toBe(0);
});

test("without a web server there is no user to make", async () => {
  await start({ listen: null });
  expect(printed.text).toBe("");
});

test("to listen to everybody without TLS is warned of", async () => {
  await start({ listen: { host: "0.0.0.0", port: 1 } });
  expect(printed.text).toContain("the web UI listens without TLS");
  printed.text = "";
  await start({ listen: { host: "0.0.0.0", port: 1 }, tls: { cert: "/c", key: "/k" } });
  expect(printed.text).toBe("");
});
