import { dangersOf, openEndpoints } from "../../../src/asterisk/ami/facts-dangers.js";

/** What GetConfig answers of section [general], by file. */
const asking =
  (files: Readonly<Record<string, readonly string[]>>) =>
  (_: string, fields: Readonly<Record<string, string>> = {}) => {
    const lines = files[fields["Filename"] ?? ""];
    const told = (lines ?? []).map((line, n) => [`line-000000-${String(n).padStart(6, "0")}`, line] as const);
    const message = new Map<string, string>([["category-000000", "general"], ...told]);
    return Promise.resolve({ ok: lines !== undefined, message, items: [] });
  };
const dangers = (files: Readonly<Record<string, readonly string[]>>, ...actions: string[]) =>
  dangersOf(asking(files), new Set(["getconfig", ...actions]));

const HTTP = { "http.conf": ["enabled=yes", "bindaddr=127.0.0.1"] };
const ARI = { "ari.conf": ["enabled=yes"] };

test.each<[string, Readonly<Record<string, readonly string[]>>, boolean]>([
  ["webenabled=yes and a web server", { ...HTTP, "manager.conf": ["enabled=yes", "webenabled=yes"] }, true],
  ["webenabled = ON", { ...HTTP, "manager.conf": ["webenabled = ON"] }, true],
  ["webenabled=no", { ...HTTP, "manager.conf": ["webenabled=no"] }, false],
  ["said twice: the last counts", { ...HTTP, "manager.conf": ["webenabled=yes", "webenabled=no"] }, false],
  ["nothing said", { ...HTTP, "manager.conf": ["enabled=yes"] }, false],
  ["no web server", { "http.conf": ["enabled=no"], "manager.conf": ["webenabled=yes"] }, false],
  ["files that Asterisk does not show", {}, false],
])("logins over HTTP: %s", async (_, files, isTold) => {
  const told = await dangers(files);
  expect(told.some((danger) => danger.includes("webenabled = no"))).toBe(isTold);
  expect(told).toHaveLength(isTold ? 1 : 0);
});

test.each<[string, readonly string[], boolean]>([
  ["every address", ["enabled=yes", "bindaddr=0.0.0.0"], true],
  ["every address of IPv6", ["enabled=yes", "bindaddr=::"], true],
  ["what is the default", ["enabled=yes"], true],
  ["this machine alone", ["enabled=yes", "bindaddr = 127.0.0.1"], false],
  ["this machine alone, over IPv6", ["enabled=yes", "bindaddr=::1"], false],
  ["nothing", ["enabled=no", "bindaddr=0.0.0.0"], false],
])("guesses at ARI are not told of: a web server on %s", async (_, http, isTold) => {
  const told = await dangers({ "http.conf": http, ...ARI });
  expect(told).toEqual(isTold ? [expect.stringContaining("bindaddr = 127.0.0.1 into http.conf")] : []);
  expect(await dangers({ "http.conf": http })).toEqual([]);
});

test("nor are guesses at IAX2", async () => {
  expect(await dangers({}, "iaxpeerlist")).toEqual([expect.stringContaining("noload = chan_iax2.so")]);
});

test("a user that may originate calls may do anything", async () => {
  expect(await dangers({}, "originate")).toEqual([expect.stringContaining("read = security,system")]);
});

test("a user that may not read the configuration is told nothing of it", async () => {
  expect(
    await dangersOf(asking({ ...HTTP, "manager.conf": ["webenabled=yes"] }) as never, new Set()),
  ).toEqual([]);
});

test.each<[string, readonly string[] | undefined, readonly string[]]>([
  ["nothing said", [], ["allowguest = no"]],
  ["no sip.conf that Asterisk shows", undefined, ["allowguest = no"]],
  ["guests let in", ["allowguest=yes"], ["allowguest = no"]],
  ["guests kept out", ["allowguest=no"], []],
  ["who exists is told", ["allowguest=no", "alwaysauthreject=no"], ["alwaysauthreject = yes"]],
  ["who exists is not told", ["allowguest=no", "alwaysauthreject=yes"], []],
  ["both", ["alwaysauthreject = off"], ["allowguest = no", "alwaysauthreject = yes"]],
])("chan_sip: %s", async (_, sip, advice) => {
  const files = sip === undefined ? {} : { "sip.conf": sip };
  const told = await dangers(files, "sippeers");
  expect(told).toEqual(advice.map((text): unknown => expect.stringContaining(text)));
  expect(await dangers(files)).toEqual([]);
});

const endpoint = (name: string, change: object = {}) => ({
  ...{ name, hasInboundAuth: true, identifyBy: ["username", "ip"], context: "from-internal" },
  ...change,
});
const OPEN = { hasInboundAuth: false };

test.each<[string, ReturnType<typeof endpoint>[], readonly string[]]>([
  ["phones with a password", [endpoint("100"), endpoint("anonymous")], []],
  ["a trunk told by its address alone", [endpoint("carrier", { ...OPEN, identifyBy: ["ip"] })], []],
  [
    "one told by its name as well",
    [endpoint("carrier", OPEN)],
    ["Whoever writes carrier as the user of From"],
  ],
  [
    "several",
    ["a", "b", "c", "d", "e", "f"].map((name) => endpoint(name, OPEN)),
    ["a, b, c, d, e or 1 more"],
  ],
  ["anonymous", [endpoint("anonymous", { ...OPEN, context: "public" })], ["into the context public"]],
  ["a hostile name", [endpoint("x\r\ny", OPEN)], ["Whoever writes one with an odd name as"]],
])("who needs no password: %s", (_, endpoints, told) => {
  expect(openEndpoints(endpoints)).toEqual(told.map((text): unknown => expect.stringContaining(text)));
});
