import { TOTP, Secret } from "otpauth";
import { startApi, type TestApi } from "./support/api.js";
import { codeOf, cookieOf, PASSWORD, type Web, web } from "./support/web.js";

let api: TestApi;
let site: Web;
beforeEach(async () => {
  api = await startApi();
  site = web(api);
});
afterEach(() => api.stop());

describe("signing in", () => {
  test("gives a cookie that scripts can't read, and tells who one is", async () => {
    await api.services.access.users.add("alice", "operator", PASSWORD, "test");
    const answer = await site.signIn("alice", PASSWORD);
    expect(answer.status).toBe(200);
    expect(answer.headers["set-cookie"]).toEqual([
      expect.stringMatching(/^ringfence_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/),
    ]);
    const cookie = cookieOf(answer);
    const { csrf } = JSON.parse(answer.text) as { csrf: string };
    const asked = await site.send("GET", "/api/v1/session", undefined, { cookie });
    expect(JSON.parse(asked.text)).toEqual({
      user: "alice",
      role: "operator",
      csrf,
      via: "session",
      totp: false,
      temporary: false,
      address: "127.0.0.1",
    });
  });

  test("ends with the session's deletion, and the cookie is good for nothing then", async () => {
    const alice = await site.as("admin");
    expect((await alice.send("DELETE", "/api/v1/session")).status).toBe(204);
    expect(codeOf(await alice.send("GET", "/api/v1/status"))).toBe("401 sign-in");
  });

  test("ends after half a day without a request, and after a week in any case", async () => {
    const alice = await site.as("admin");
    for (let day = 0; day < 14; day++) {
      api.services.nowMs += 11.9 * 3_600_000;
      expect((await alice.send("GET", "/api/v1/session")).status).toBe(200);
    }
    api.services.nowMs += 3 * 3_600_000;
    expect(codeOf(await alice.send("GET", "/api/v1/session"))).toBe("401 sign-in");
    const again = await site.signIn("admin", PASSWORD);
    api.services.nowMs += 12.1 * 3_600_000;
    expect(codeOf(await site.send("GET", "/api/v1/status", undefined, { cookie: cookieOf(again) }))).toBe(
      "401 sign-in",
    );
  });

  test("makes a new session each time, whatever cookie came along, and ends the one before", async () => {
    const alice = await site.as("admin");
    const fixed = "ringfence_session=abcdefghijklmnopqrstuvwxyzabcdefghijklmnopq";
    const planted = await site.signIn("admin", PASSWORD, {}, { cookie: fixed });
    expect(cookieOf(planted)).not.toBe(fixed);
    expect(codeOf(await site.send("GET", "/api/v1/status", undefined, { cookie: fixed }))).toBe(
      "401 sign-in",
    );
    const renewed = await site.signIn("admin", PASSWORD, {}, { cookie: alice.cookie });
    expect(cookieOf(renewed)).not.toBe(alice.cookie);
    expect(codeOf(await alice.send("GET", "/api/v1/status"))).toBe("401 sign-in");
  });

  test.each([
    ["a wrong password", "alice", "wrong horse battery"],
    ["an unknown user", "mallory", PASSWORD],
    ["a hostile name", "<script>alert(1)</script>", PASSWORD],
    ["a name of the object's own", "__proto__", PASSWORD],
  ])("%s is told by the same words", async (_what, user, password) => {
    await api.services.access.users.add("alice", "operator", PASSWORD, "test");
    const answer = await site.signIn(user, password);
    expect(JSON.parse(answer.text)).toEqual({
      type: "about:blank",
      title: "Unauthorized",
      status: 401,
      detail: "The user or the password is wrong.",
      code: "wrong-login",
    });
    expect(answer.headers["content-type"]).toBe("application/problem+json; charset=utf-8");
    expect(answer.headers["set-cookie"]).toBeUndefined();
  });

  test("that fails is evidence, with the name only where there is such a user", async () => {
    await api.services.access.users.add("alice", "operator", PASSWORD, "test");
    await site.signIn("alice", "wrong horse battery");
    await site.signIn("hunter2 typed into the wrong field", "x");
    expect(api.services.access.failures).toEqual([
      { source: "127.0.0.1", user: "alice", secure: false, port: expect.any(Number) as number },
      { source: "127.0.0.1", user: null, secure: false, port: expect.any(Number) as number },
    ]);
  });

  test("is refused after five failures in ten minutes, also with the right password", async () => {
    await api.services.access.users.add("alice", "operator", PASSWORD, "test");
    for (let index = 0; index < 5; index++) expect((await site.signIn("alice", "x")).status).toBe(401);
    const answer = await site.signIn("alice", PASSWORD);
    expect(codeOf(answer)).toBe("429 too-many");
    expect(Number(answer.headers["retry-after"])).toBeGreaterThan(0);
    expect(api.services.access.failures).toHaveLength(5);
  });

  test("counts guesses that come all at once", async () => {
    await api.services.access.users.add("alice", "operator", PASSWORD, "test");
    const answers = await Promise.all(Array.from({ length: 20 }, () => site.signIn("alice", "x")));
    expect(answers.map(({ status }) => status).sort()).toEqual([
      ...Array.from({ length: 5 }, () => 401),
      ...Array.from({ length: 15 }, () => 429),
    ]);
  });

  test("that works does not count as a guess", async () => {
    await api.services.access.users.add("alice", "operator", PASSWORD, "test");
    for (let index = 0; index < 8; index++) expect((await site.signIn("alice", PASSWORD)).status).toBe(200);
  });

  test("protects an admin's address, no one else's, until they are gone for an hour", async () => {
    await site.as("operator");
    expect(api.services.access.admins).toEqual([]);
    const alice = await site.as("admin");
    expect(api.services.access.admins).toEqual([{ user: "admin", source: "127.0.0.1" }]);
    await alice.send("DELETE", "/api/v1/session");
    expect(api.services.access.admins).toEqual([]);
  });
});

describe("the second factor", () => {
  const codeAt = (secret: string, ms: number) =>
    new TOTP({ secret: Secret.fromBase32(secret), digits: 6, period: 30 }).generate({ timestamp: ms });

  test("is asked for once it is confirmed, and takes a code once", async () => {
    const alice = await site.as("admin");
    const begun = await alice.send("POST", "/api/v1/account/totp");
    const { secret, uri } = JSON.parse(begun.text) as { secret: string; uri: string };
    expect(uri).toMatch(/^otpauth:\/\/totp\/Ringfence:admin\?issuer=Ringfence&secret=/);
    expect((await site.signIn("admin", PASSWORD)).status).toBe(200);
    expect(codeOf(await alice.send("PUT", "/api/v1/account/totp", { code: "000000" }))).toBe("422 refused");
    const first = codeAt(secret, api.services.nowMs);
    expect((await alice.send("PUT", "/api/v1/account/totp", { code: first })).status).toBe(204);

    expect(codeOf(await site.signIn("admin", PASSWORD))).toBe("401 totp-needed");
    expect(codeOf(await site.signIn("admin", PASSWORD, { totp: first }))).toBe("401 wrong-login");
    api.services.nowMs += 30_000;
    const second = codeAt(secret, api.services.nowMs);
    expect((await site.signIn("admin", PASSWORD, { totp: second })).status).toBe(200);
    expect(codeOf(await site.signIn("admin", PASSWORD, { totp: second }))).toBe("401 wrong-login");
    expect(codeOf(await site.signIn("admin", "wrong", { totp: second }))).toBe("401 wrong-login");
  });

  test("goes with the password, or by an admin", async () => {
    const alice = await site.as("admin");
    const bob = await site.as("viewer", "bob");
    for (const who of [alice, bob]) {
      const { secret } = JSON.parse((await who.send("POST", "/api/v1/account/totp")).text) as {
        secret: string;
      };
      await who.send("PUT", "/api/v1/account/totp", { code: codeAt(secret, api.services.nowMs) });
    }
    expect(codeOf(await alice.send("DELETE", "/api/v1/account/totp", { password: "wrong" }))).toBe(
      "401 wrong-login",
    );
    expect((await alice.send("DELETE", "/api/v1/account/totp", { password: PASSWORD })).status).toBe(204);
    expect((await site.signIn("admin", PASSWORD)).status).toBe(200);
    expect(JSON.parse((await alice.send("PATCH", "/api/v1/users/bob", { totp: false })).text)).toMatchObject({
      name: "bob",
      totp: false,
    });
    expect((await site.signIn("bob", PASSWORD)).status).toBe(200);
  });
});

describe("users", () => {
  test("are added with a password of theirs or one that is made, and told it once", async () => {
    const alice = await site.as("admin");
    const made = await alice.send("POST", "/api/v1/users", { name: "bob", role: "viewer" });
    expect(made.status).toBe(201);
    const { password } = JSON.parse(made.text) as { password: string };
    expect(password).toMatch(/^[a-z2-9]{4}(-[a-z2-9]{4}){3}$/);
    expect(JSON.parse((await site.signIn("bob", password)).text)).toMatchObject({ temporary: true });
    const listed = await alice.send("GET", "/api/v1/users");
    expect(listed.text).not.toMatch(/argon2|password/);
    expect(JSON.parse(listed.text)).toMatchObject({
      users: [
        { name: "admin", role: "admin" },
        { name: "bob", role: "viewer", createdBy: "web:admin" },
      ],
    });
  });

  test.each([
    ["a short password", { name: "bob", role: "viewer", password: "short" }, "422 refused"],
    [
      "a password that is the name",
      { name: "robertrobert", role: "viewer", password: "robertrobert" },
      "422 refused",
    ],
    ["a password that all guess", { name: "bob", role: "viewer", password: "Password123" }, "422 refused"],
    ["a name in capitals", { name: "Bob", role: "viewer" }, "422 refused"],
    ["a name with a line break", { name: "b\nob", role: "viewer" }, "422 refused"],
    ["a role of its own", { name: "bob", role: "root" }, "400 bad-request"],
    ["a name that is taken", { name: "admin", role: "viewer" }, "422 refused"],
  ])("%s is refused", async (_what, body, code) => {
    const alice = await site.as("admin");
    expect(codeOf(await alice.send("POST", "/api/v1/users", body))).toBe(code);
  });

  test("the last admin stays one", async () => {
    const alice = await site.as("admin");
    expect(codeOf(await alice.send("DELETE", "/api/v1/users/admin"))).toBe("422 refused");
    expect(codeOf(await alice.send("PATCH", "/api/v1/users/admin", { role: "viewer" }))).toBe("422 refused");
    await site.as("admin", "bob");
    expect((await alice.send("DELETE", "/api/v1/users/admin")).status).toBe(204);
    expect(codeOf(await alice.send("GET", "/api/v1/status"))).toBe("401 sign-in");
  });

  test("lose their sessions with another role or password", async () => {
    const alice = await site.as("admin");
    const bob = await site.as("operator", "bob");
    await alice.send("PATCH", "/api/v1/users/bob", { role: "viewer" });
    expect(codeOf(await bob.send("GET", "/api/v1/status"))).toBe("401 sign-in");
    const carol = await site.as("operator", "carol");
    await alice.send("PATCH", "/api/v1/users/carol", { password: null });
    expect(codeOf(await carol.send("GET", "/api/v1/status"))).toBe("401 sign-in");
  });

  test("change their own password, keep this session and lose the others", async () => {
    const here = await site.as("viewer");
    const there = cookieOf(await site.signIn("viewer", PASSWORD));
    const change = (current: string, next: string) =>
      here.send("PUT", "/api/v1/account/password", { current, next });
    expect(codeOf(await change("wrong", "staple battery horse"))).toBe("401 wrong-login");
    expect(codeOf(await change(PASSWORD, PASSWORD))).toBe("422 refused");
    expect((await change(PASSWORD, "staple battery horse")).status).toBe(204);
    expect((await here.send("GET", "/api/v1/status")).status).toBe(200);
    expect((await site.send("GET", "/api/v1/status", undefined, { cookie: there })).status).toBe(401);
  });
});

describe("tokens", () => {
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

  test("open what their scope opens, in their own name, until they end or are revoked", async () => {
    const alice = await site.as("admin");
    const made = await alice.send("POST", "/api/v1/tokens", {
      name: "ci",
      scope: "operate",
      expires: new Date(api.services.nowMs + 86_400_000).toISOString(),
    });
    expect(made.status).toBe(201);
    const { token, id } = JSON.parse(made.text) as { token: string; id: number };
    expect(token).toMatch(/^rf_[\w-]{43}$/);
    expect((await alice.send("GET", "/api/v1/tokens")).text).not.toContain(token);
    const banned = await site.send("POST", "/api/v1/bans", { target: "203.0.113.9" }, bearer(token));
    expect(JSON.parse(banned.text)).toMatchObject({ by: "token:ci" });
    expect(codeOf(await site.send("PUT", "/api/v1/cap", { usdPerMinute: null }, bearer(token)))).toBe(
      "403 role",
    );
    api.services.nowMs += 86_400_000;
    expect(codeOf(await site.send("GET", "/api/v1/status", undefined, bearer(token)))).toBe("401 sign-in");
    api.services.nowMs -= 86_400_000;
    expect((await alice.send("DELETE", `/api/v1/tokens/${id}`)).status).toBe(204);
    expect(codeOf(await site.send("GET", "/api/v1/status", undefined, bearer(token)))).toBe("401 sign-in");
  });

  test("that are wrong are not saved by a good cookie", async () => {
    const alice = await site.as("admin");
    expect(codeOf(await alice.send("GET", "/api/v1/status", undefined, bearer("rf_wrong")))).toBe(
      "401 sign-in",
    );
  });
});

test("the audit names who changed what", async () => {
  const alice = await site.as("operator");
  const banned = await alice.send(
    "POST",
    "/api/v1/bans",
    { target: "203.0.113.9" },
    { "ringfence-user": "mallory" },
  );
  expect(JSON.parse(banned.text)).toMatchObject({ by: "web:operator" });
});
