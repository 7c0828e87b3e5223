import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startApi, type TestApi } from "../http/support/api.js";
import { codeOf, PASSWORD, type Web, web } from "../http/support/web.js";
import { ringfence as run, type Ran } from "./support/run.js";

let api: TestApi;
let site: Web;
let folder: string;
beforeEach(async () => {
  api = await startApi();
  site = web(api);
  folder = mkdtempSync(join(tmpdir(), "ringfence-people-"));
});
afterEach(async () => {
  await api.stop();
  rmSync(folder, { recursive: true });
});

const ringfence = (...argv: string[]): Promise<Ran> => run(argv, { socket: api.socket });
function passwordFile(text: string): string {
  const file = join(folder, "password");
  writeFileSync(file, text);
  return file;
}

describe("users", () => {
  test("are added with the first line of a file, or a password that is shown once, and sign in with it", async () => {
    const file = passwordFile(`${PASSWORD}\r\nand a second line\n`);
    const added = await ringfence("users", "add", "alice", "--role", "operator", "--password-file", file);
    expect(added).toMatchObject({ status: 0, out: "alice (operator) may sign in.\n" });
    expect((await site.signIn("alice", PASSWORD)).status).toBe(200);

    const made = await ringfence("users", "add", "bob", "--role", "viewer");
    const password = /^Password, shown this once: (\S+)$/m.exec(made.out)?.[1] ?? "";
    expect((await site.signIn("bob", password)).status).toBe(200);
    const { out } = await ringfence("users", "list");
    expect(out).toMatch(/alice +operator +no/);
    expect(out).not.toContain(password);
    expect(await ringfence("users", "list", "--json")).toMatchObject({
      out: expect.not.stringContaining("argon2") as string,
    });
  });

  test("get another password and role, lose the second factor, and are signed out by that", async () => {
    const alice = await site.as("admin", "alice");
    await site.as("admin", "bob");
    const { out } = await ringfence("users", "passwd", "alice", "--json");
    const { password } = JSON.parse(out) as { password: string };
    expect((await alice.send("GET", "/api/v1/session")).status).toBe(401);
    expect((await site.signIn("alice", PASSWORD)).status).toBe(401);
    expect((await site.signIn("alice", password)).status).toBe(200);
    expect((await ringfence("users", "role", "alice", "viewer")).out).toContain("is viewer from now on");
    expect((await ringfence("users", "reset-totp", "alice")).out).toContain("needs no second factor");
    expect((await ringfence("users", "remove", "alice")).out).toBe("alice may not sign in any more.\n");
    expect(await ringfence("users", "list", "--json")).toMatchObject({
      out: expect.stringContaining('"bob"') as string,
    });
  });

  test.each([
    [1, "the only admin left", ["users", "remove", "root"]],
    [1, "There is no user", ["users", "remove", "nobody"]],
    [1, "no user", ["users", "role", "nobody", "admin"]],
    [2, "a role is one of viewer, operator, admin", ["users", "add", "carol", "--role", "king"]],
    [2, "required option '--role", ["users", "add", "carol"]],
    [2, "can't be read", ["users", "add", "carol", "--role", "viewer", "--password-file", "/nowhere"]],
  ])("%i %s: %j", async (status, message, argv) => {
    await site.as("admin", "root");
    const ran = await ringfence(...argv);
    expect({ status: ran.status, err: ran.err }).toEqual({
      status,
      err: expect.stringContaining(message) as string,
    });
  });

  test("with a password that is too easy are refused, and told why", async () => {
    const file = passwordFile("carol\n");
    const ran = await ringfence("users", "add", "carol", "--role", "viewer", "--password-file", file);
    expect(ran.status).toBe(1);
    expect(ran.err).toMatch(/password/i);
    expect(ran.err + ran.out).not.toContain("shown this once");
  });
});

describe("tokens", () => {
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

  test("are shown once, open what their scope opens, and nothing once revoked", async () => {
    const { out } = await ringfence("tokens", "add", "ci", "--scope", "read");
    const token = /^ci \(read\), shown this once: (rf_\S+)$/m.exec(out)?.[1] ?? "";
    expect((await site.send("GET", "/api/v1/bans", undefined, bearer(token))).status).toBe(200);
    const ban = await site.send("POST", "/api/v1/bans", { target: "203.0.113.9" }, bearer(token));
    expect(codeOf(ban)).toBe("403 role");
    const list = (await ringfence("tokens", "list")).out;
    expect(list).toMatch(/ci +read +cli/);
    expect(list).not.toContain(token.slice(3));
    expect((await ringfence("tokens", "revoke", "ci")).out).toBe("ci opens nothing any more.\n");
    expect((await site.send("GET", "/api/v1/bans", undefined, bearer(token))).status).toBe(401);
    expect((await ringfence("tokens", "list")).out).toBe("There are no tokens.\n");
  });

  test.each([
    [2, "a scope is one of read, operate, admin", ["tokens", "add", "ci", "--scope", "all"]],
    [2, "", ["tokens", "add", "ci", "--scope", "read", "--expires", "yesterday"]],
    [1, "There is no token ci", ["tokens", "revoke", "ci"]],
  ])("%i %s: %j", async (status, message, argv) => {
    const ran = await ringfence(...argv);
    expect({ status: ran.status, err: ran.err }).toEqual({
      status,
      err: expect.stringContaining(message) as string,
    });
  });
});
