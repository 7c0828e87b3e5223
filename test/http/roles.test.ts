import { isEnough, type Right, type Role, rightOf, ROLES } from "../../src/domain/access.js";
import { OPERATIONS } from "../../src/http/operations/need.js";
import { startApi, type TestApi } from "./support/api.js";
import { codeOf, type SignedIn, type Web, web } from "./support/web.js";

/** Routes that end a session or a user would end the test's own, and the feed does not end. */
const APART = new Set(["delete /api/v1/session", "get /api/v1/events"]);
const ROUTES = OPERATIONS.filter(
  ({ method, path, needs }) => needs !== "nobody" && !APART.has(`${method} ${path}`),
);

let api: TestApi;
let site: Web;
const people = new Map<Role, SignedIn>();
const tokens = new Map<Right, string>();
beforeAll(async () => {
  api = await startApi();
  site = web(api);
  for (const role of ROLES) people.set(role, await site.as(role));
  for (const scope of ["read", "operate", "admin"] as const) {
    const made = api.services.access.tokens.add(scope, scope, null, "test");
    if ("refused" in made) throw new Error(made.message);
    tokens.set(scope, made.secret);
  }
});
afterAll(() => api.stop());

const filled = (path: string) => path.replaceAll(/:\w+/g, "nothing-here");

describe.each(ROUTES.map((route) => [`${route.method.toUpperCase()} ${route.path}`, route] as const))(
  "%s",
  (_name, { method, path, needs }) => {
    const need = needs as Right;

    test("needs somebody", async () => {
      expect(
        codeOf(await site.send(method.toUpperCase(), filled(path), method === "get" ? undefined : {})),
      ).toBe("401 sign-in");
    });

    test.each(ROLES)("a %s gets what the role gives, and no more", async (role) => {
      const answer = await people
        .get(role)
        ?.send(method.toUpperCase(), filled(path), method === "get" ? undefined : {});
      const isRefused = answer?.text.includes('"code":"role"') === true;
      expect(isRefused).toBe(!isEnough(rightOf(role), need));
      expect(answer?.status).not.toBe(401);
    });

    test.each(["read", "operate", "admin"] as const)("a token with the scope %s too", async (scope) => {
      const headers = { authorization: `Bearer ${tokens.get(scope) ?? ""}` };
      const answer = await site.send(
        method.toUpperCase(),
        filled(path),
        method === "get" ? undefined : {},
        headers,
      );
      expect(answer.text.includes('"code":"role"')).toBe(!isEnough(scope, need));
    });

    if (method !== "get") {
      test("takes no cookie without the page's own header", async () => {
        const admin = people.get("admin");
        const cookie = { cookie: admin?.cookie ?? "" };
        expect(codeOf(await site.send(method.toUpperCase(), filled(path), {}, cookie))).toBe("403 csrf");
        const others = { ...cookie, "ringfence-csrf": people.get("viewer")?.csrf ?? "" };
        expect(codeOf(await site.send(method.toUpperCase(), filled(path), {}, others))).toBe("403 csrf");
      });
    }
  },
);

test.each([
  ["capital letters", "GET", "/API/V1/BACKUP"],
  ["a slash at the end", "GET", "/api/v1/users/"],
  ["two slashes", "GET", "//api/v1/users"],
  ["an escaped letter", "GET", "/api/v1/%75sers"],
  ["a dot", "GET", "/api/v1/./users"],
  ["a way back", "GET", "/api/v1/status/../users"],
  ["an escaped way back", "GET", "/api/v1/status/%2e%2e/users"],
  ["another method in a header", "GET", "/api/v1/users"],
  ["a semicolon", "GET", "/api/v1/users;x"],
])("%s in the path opens nothing to a viewer", async (_what, method, path) => {
  const answer = await people
    .get("viewer")
    ?.send(method, path, undefined, { "x-http-method-override": "POST" });
  // 503: the page of the UI, which is not built here.
  expect([403, 404, 503]).toContain(answer?.status);
  expect(answer?.text).not.toContain("createdAt");
});

test("HEAD needs what GET needs", async () => {
  expect((await site.send("HEAD", "/api/v1/users")).status).toBe(401);
  expect((await people.get("viewer")?.send("HEAD", "/api/v1/users"))?.status).toBe(403);
});
