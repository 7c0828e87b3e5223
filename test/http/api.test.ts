import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { explainAddress } from "../../src/guard/explain.js";
import { RingfenceError } from "../../src/domain/error.js";
import { type Answer, ask, eventually, startApi, type TestApi } from "./support/api.js";
import { ban, NOW, target } from "./support/services.js";

/** What the tests look at in an answer. */
interface Json {
  readonly status?: number;
  readonly error?: { readonly code: string; readonly message: string; readonly line?: number };
  readonly code?: string;
  readonly from?: string | null;
  readonly detail?: string;
  readonly calls?: readonly unknown[];
}

let api: TestApi;
beforeEach(async () => {
  api = await startApi();
});
afterEach(async () => {
  await api.stop();
});

function send(method: string, path: string, body?: unknown, headers = {}): Promise<Answer> {
  return ask({ socketPath: api.socket, method, path, headers }, body);
}

async function json(method: string, path: string, body?: unknown, headers = {}): Promise<Json> {
  const answer = await send(method, path, body, headers);
  return { status: answer.status, ...(JSON.parse(answer.text) as object) };
}

const CSV = { "content-type": "text/csv" };

test("status tells times as text", async () => {
  expect(await json("GET", "/api/v1/status")).toMatchObject({
    status: 200,
    startedAt: "2026-01-31T11:00:00.000Z",
    policyVersion: 12,
    decks: [{ name: "default", rows: 3, importedAt: "2026-01-31T11:00:00.000Z", importedBy: "cli:alice" }],
  });
});

test("a ban by hand is made, listed, shown and lifted, in the caller's name", async () => {
  const made = await json(
    "POST",
    "/api/v1/bans",
    { target: "203.0.113.0/24", duration: "2h", note: "noisy" },
    { "ringfence-user": "alice" },
  );
  expect(made).toMatchObject({
    status: 201,
    target: "203.0.113.0/24",
    until: "2026-01-31T14:00:00.000Z",
    note: "noisy",
  });
  expect(api.services.asked).toEqual([
    { ban: "203.0.113.0/24", durationMs: 7_200_000, note: "noisy", by: "cli:alice" },
  ]);
  expect(await json("GET", "/api/v1/bans")).toMatchObject({ bans: [{ target: "203.0.113.0/24" }] });
  expect(await json("GET", "/api/v1/bans/203.0.113.0%2F24")).toMatchObject({ status: 200, history: [] });
  expect(await json("DELETE", "/api/v1/bans/203.0.113.0%2F24")).toMatchObject({
    lifted: [{ target: "203.0.113.0/24", liftedBy: "cli", liftedAt: "2026-01-31T12:00:00.000Z" }],
  });
  expect(await json("GET", "/api/v1/bans/203.0.113.0%2F24")).toMatchObject({ status: 404 });
});

test.each([
  ["no JSON", "POST", "/api/v1/bans", "{", 400, "bad-request"],
  ["no target", "POST", "/api/v1/bans", {}, 400, "bad-request"],
  ["an unknown key", "POST", "/api/v1/bans", { target: "203.0.113.1", for: "1h" }, 400, "bad-request"],
  ["no address", "POST", "/api/v1/bans", { target: "010.0.0.1" }, 400, "bad-request"],
  [
    "a duration without unit",
    "POST",
    "/api/v1/bans",
    { target: "203.0.113.1", duration: "15" },
    400,
    "bad-request",
  ],
  ["no time at all", "POST", "/api/v1/bans", { target: "203.0.113.1", duration: "0m" }, 400, "bad-request"],
  [
    "a note of two lines",
    "POST",
    "/api/v1/bans",
    { target: "203.0.113.1", note: "a\nb" },
    400,
    "bad-request",
  ],
  ["the PBX itself", "POST", "/api/v1/bans", { target: "192.0.2.1" }, 409, "protected"],
  ["a ban that is not there", "DELETE", "/api/v1/bans/203.0.113.9", undefined, 404, "not-found"],
  ["an area that is none", "POST", "/api/v1/areas/open", { areas: ["XX"] }, 422, "refused"],
  ["no areas", "POST", "/api/v1/areas/open", { areas: [] }, 400, "bad-request"],
  ["a hostile extension", "GET", "/api/v1/areas?extension=1%0a2", undefined, 400, "bad-request"],
  ["no limits", "PATCH", "/api/v1/limits", { limits: {} }, 400, "bad-request"],
  ["a limit nobody knows", "PATCH", "/api/v1/limits", { limits: { money: "1" } }, 422, "refused"],
  ["limits that are not its own", "DELETE", "/api/v1/limits/100", undefined, 404, "not-found"],
  ["a cap that is not its own", "DELETE", "/api/v1/cap/100", undefined, 404, "not-found"],
  ["a price in words", "PUT", "/api/v1/cap", { usdPerMinute: "a lot" }, 400, "bad-request"],
  ["a price as a number", "PUT", "/api/v1/cap", { usdPerMinute: 0.25 }, 400, "bad-request"],
  ["a country in words", "PUT", "/api/v1/dial-plan", { country: "Jamaica" }, 400, "bad-request"],
  ["a limit of none", "GET", "/api/v1/calls?limit=0", undefined, 400, "bad-request"],
  ["an unknown filter", "GET", "/api/v1/calls?sine=2026-01-31T00:00:00Z", undefined, 400, "bad-request"],
  ["a broken time", "GET", "/api/v1/calls?since=yesterday", undefined, 400, "bad-request"],
  ["an unknown route", "GET", "/api/v1/bnas", undefined, 404, "not-found"],
  ["an unknown address", "GET", "/api/v1/why/203.0.113.77", undefined, 404, "not-found"],
  ["a broken escape", "GET", "/api/v1/why/%ff", undefined, 400, "bad-request"],
  ["a deck name with a slash", "POST", "/api/v1/decks/a%2Fb", undefined, 400, "bad-request"],
  [
    "an entry that is not on the list",
    "DELETE",
    "/api/v1/never-ban/203.0.113.9",
    undefined,
    404,
    "not-found",
  ],
  ["a rate that no deck has", "GET", "/api/v1/rates/15550100", undefined, 404, "not-found"],
])("%s is refused", async (_what, method, path, body, status, code) => {
  const headers = typeof body === "string" ? { "content-type": "application/json" } : {};
  const answer = await json(method, path, body, headers);
  expect({ status: answer.status, code: answer.code }).toEqual({ status, code });
  expect(answer.detail).toMatch(/\w/);
});

test("a body over the limit is refused", async () => {
  const body = { target: "x".repeat(300_000) };
  expect(await json("POST", "/api/v1/bans", body)).toMatchObject({
    status: 413,
    code: "too-large",
  });
});

test.each([
  ["busy", new RingfenceError("busy", "the database is locked"), 503, "busy", "the database is locked"],
  [
    "away",
    new RingfenceError("asterisk-unreachable", "AMI is away"),
    503,
    "asterisk-unreachable",
    "AMI is away",
  ],
  [
    "a bug",
    new TypeError("secret inside"),
    500,
    "internal",
    "Something broke in the daemon; its log says what.",
  ],
])("a broken world answers: %s", async (_what, fault, status, code, message) => {
  api.services.fault = fault;
  expect(await json("GET", "/api/v1/status")).toEqual({
    type: "about:blank",
    title: expect.any(String) as string,
    status,
    detail: message,
    code,
  });
  expect(api.log.lines).toContainEqual(
    expect.objectContaining({ level: "error", message: "request failed" }),
  );
});

test("calls pass the filter on and keep the verdict's form", async () => {
  const answer = await json("GET", "/api/v1/calls?refused=1&since=2026-01-31T00:00:00Z&limit=5");
  expect(api.services.asked).toEqual([{ refusedOnly: true, sinceMs: NOW - 12 * 3_600_000, limit: 6 }]);
  expect(answer.calls).toEqual([
    {
      id: 7,
      at: "2026-01-31T11:59:00.000Z",
      decision: "refuse",
      rule: null,
      reason: "rate-over-cap",
      from: "100",
      number: "+18765550123",
      area: "JM",
      numberType: "mobile",
      rate: { deck: "default", prefix: "1876", usdPerMinute: "0.2100" },
      cap: { usdPerMinute: "0.1000", scope: "global" },
      detail: "Jamaica mobile costs $0.2100 a minute, over the global cap of $0.1000.",
      policyVersion: 12,
      dialled: "0018765550123",
      payer: null,
      trunk: null,
      channel: "1769860740.3",
      tookMs: 1.4,
    },
  ]);
});

test("a deck comes in as CSV, and its file is gone afterwards", async () => {
  const text = "prefix,destination,usd_per_minute\n1876,Jamaica,0.21\n1,US,\n";
  const rise = {
    prefix: "1876",
    destination: "Jamaica",
    usdPerMinuteBefore: "0.0900",
    usdPerMinute: "0.2100",
  };
  expect(await json("POST", "/api/v1/decks/default?dryRun=1", text, CSV)).toEqual({
    status: 200,
    deck: "default",
    dryRun: true,
    rows: 2,
    read: 3,
    refusedRows: 1,
    faults: [{ line: 3, message: "no price" }],
    duplicates: 1,
    firstDuplicates: [{ prefix: "1876", line: 4, usdPerMinute: "0.2100", usdPerMinuteDropped: "0.0900" }],
    passedOver: { remarks: 1, deleted: 0, ended: 0 },
    scheduled: { count: 1, nextAt: "2026-02-01T12:00:00.000Z" },
    withoutIncrements: 2,
    unknownStatus: [],
    format: {
      columns: { prefix: ["Code"], rate: ["Rate"] },
      unused: ["Note"],
      delimiter: ";",
      encoding: "utf-8",
      decimalMark: ".",
      dates: null,
      currency: "USD",
      inCents: false,
      before: "",
    },
    added: 1,
    changed: 1,
    removed: 0,
    dearerThanCap: 1,
    blocked: 1,
    newlyBlocked: { count: 1, first: [rise] },
    rises: { count: 1, biggest: [rise] },
    presentFault: null,
  });
  expect(api.services.importedText).toBe(text);
  const [asked] = api.services.asked as { file: string }[];
  expect(existsSync(dirname(asked!.file))).toBe(false);
  expect(await json("POST", "/api/v1/decks/default", "nonsense", CSV)).toMatchObject({ status: 422 });
  expect(await json("POST", "/api/v1/decks/default", { a: 1 })).toMatchObject({ status: 415 });
});

test("rules are read and set", async () => {
  expect(await json("POST", "/api/v1/areas/open", { areas: ["JM"], extension: "100" })).toMatchObject({
    scope: "100",
    areas: [{ area: "US" }, { area: "JM" }],
  });
  expect(await json("POST", "/api/v1/areas/close", { areas: ["US"] })).toMatchObject({
    areas: [{ area: "JM" }],
  });
  expect(await json("PUT", "/api/v1/cap", { usdPerMinute: "0.2" })).toMatchObject({ usdPerMinute: "0.2000" });
  expect(api.services.capMicros).toBe(200_000);
  expect(await json("PUT", "/api/v1/cap", { usdPerMinute: null })).toMatchObject({ usdPerMinute: null });
  expect(await json("POST", "/api/v1/never-ban", { target: "2001:db8::7" })).toMatchObject({
    neverBan: ["2001:db8::/64"],
  });
  const plan = { country: "JM", outsidePrefix: "9", internationalPrefixes: ["00"] };
  expect(await json("PUT", "/api/v1/dial-plan", plan)).toEqual({
    status: 200,
    ...plan,
    ...{ areaCode: null, trunkPrefix: null, shortestOutside: null, policyVersion: 12 },
  });
  expect(await json("GET", "/api/v1/rates/0018765550123")).toMatchObject({
    number: "+18765550123",
    rates: [{ deck: "default", prefix: "1876", destination: "Jamaica mobile", usdPerMinute: "0.2100" }],
  });
});

test("the settings of an import are passed on as they are meant", async () => {
  const query = new URLSearchParams({
    map: 'prefix=Code,rate="Rate, per min"',
    delimiter: "tab",
    decimal: ",",
    dates: "dmy",
    currency: "EUR=1.0850",
    increments: "30/6",
    before: "1",
    skipBad: "1",
  }).toString();
  await send("POST", `/api/v1/decks/default?${query}`, "prefix,\n", CSV);
  expect(api.services.asked.at(-1)).toMatchObject({
    name: "default",
    dryRun: false,
    settings: {
      columns: { prefix: ["Code"], rate: ["Rate, per min"] },
      delimiter: "\t",
      decimalMark: ",",
      dates: "dmy",
      worth: { EUR: { units: 10_850n, scale: 4 } },
      increments: { minimumSeconds: 30, incrementSeconds: 6 },
      before: "1",
      skipBad: true,
    },
  });
});

test.each([
  ["map=colour=Red", "the columns are prefix, country-code"],
  ["delimiter=x", "delimiter is one of"],
  ["decimal=;", "decimal is . or ,"],
  ["dates=ymd", "dates is dmy"],
  ["currency=EUR", "such as EUR=1.0850"],
  ["increments=often", "write them as 60/60"],
  ["before=0", "before is digits"],
  ["color=red", "color"],
])("an import with %s is refused", async (query, message) => {
  expect(await json("POST", `/api/v1/decks/default?${query}`, "prefix,\n", CSV)).toMatchObject({
    status: 400,
    detail: expect.stringContaining(message),
  });
});

test("decks are undone, taken away and bound to trunks", async () => {
  expect(await json("POST", "/api/v1/trunk-decks", { deck: "default", trunks: ["a", "b"] })).toMatchObject({
    trunkDecks: { a: "default", b: "default" },
  });
  expect(await json("POST", "/api/v1/trunk-decks", { deck: null, trunks: ["a"] })).toMatchObject({
    trunkDecks: { b: "default" },
  });
  expect(await json("GET", "/api/v1/decks")).toMatchObject({
    decks: [{ name: "default", old: false, previousAt: null, trunks: ["b"] }],
  });
  expect(await json("POST", "/api/v1/decks/default/undo")).toMatchObject({ deck: { rows: 2 } });
  expect(await json("DELETE", "/api/v1/decks/default")).toMatchObject({ deck: null });
  expect(await json("POST", "/api/v1/decks/default/undo")).toMatchObject({ status: 422 });
  expect(await json("PUT", "/api/v1/rate-rules", { withoutRate: "allow" })).toMatchObject({
    withoutRate: "allow",
    feeInFirstMinute: true,
  });
  expect(await json("PUT", "/api/v1/rate-rules", { withoutRate: "maybe" })).toMatchObject({ status: 400 });
});

test("why carries the explanation with times as text", async () => {
  const facts = {
    target: target("203.0.113.12"),
    standing: "stranger" as const,
    protectedBecause: null,
    inForce: [ban({ target: target("203.0.113.12") })],
    history: [],
    blocks: [],
    place: null,
    refusedByList: [],
    callsPaused: null,
    pinging: null,
    unknownAccounts: [],
    locks: [],
    devices: [],
    known: [],
    recent: { count: 0, accounts: [], tried: [], firstAtMs: null, lastAtMs: null, left: null },
  };
  api.services.explanation = explainAddress(facts, NOW);
  expect(await json("GET", "/api/v1/why/203.0.113.12")).toMatchObject({
    kind: "address",
    headline: "203.0.113.12 is shut out for another 12 min.",
    inForce: [{ until: "2026-01-31T12:12:00.000Z" }],
  });
});

describe("check-call --batch", () => {
  async function batch(text: string): Promise<Json[]> {
    const answer = await send("POST", "/api/v1/check-call/batch", text, CSV);
    expect(answer.status).toBe(200);
    return answer.text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Json);
  }

  test("answers each row in order, also those that can't be read", async () => {
    const rows = await batch(
      '\uFEFFFrom,Number,Trunk\r\n100,"1,876",carrier\r\n101\r\n"102,5\r\n103,5,,9\r\n,911,\r\n\r\n104, 5 ,x',
    );
    expect(rows.map((row) => row.error?.line ?? [row.from, row.detail])).toEqual([
      ["100", "carrier"],
      3,
      4,
      5,
      [null, "no trunk"],
      ["104", "x"],
    ]);
    expect(rows[1]?.error).toEqual({
      code: "bad-row",
      message: "Line 3 can't be read: it has no number.",
      line: 3,
    });
  });

  test("a line without end costs its own row only", async () => {
    const rows = await batch(`number,from\n${"9".repeat(100_000)},100\n5,101\n`);
    expect(rows.map((row) => row.error?.line ?? row.from)).toEqual([2, "101"]);
  });

  test.each([["100,18765550123\n"], ["from,nummer\n1,2\n"], [""], ["\n\n"]])(
    "refuses the header %j",
    async (text) => {
      expect(await json("POST", "/api/v1/check-call/batch", text, CSV)).toMatchObject({ status: 422 });
    },
  );

  test("10,000 rows pass through while they are sent", async () => {
    const rows = Array.from({ length: 10_000 }, (_, index) => `${index},5550100`);
    const answers = await batch(`from,number\n${rows.join("\n")}\n`);
    expect(answers.map((answer) => answer.from)).toEqual(rows.map((_, index) => String(index)));
  });
});

test("the live feed carries what happens, and forgets clients that leave", async () => {
  const { request } = await import("node:http");
  let text = "";
  const sent = request({ socketPath: api.socket, path: "/api/v1/events" }, (response) => {
    response.setEncoding("utf8");
    response.on("data", (chunk: string) => (text += chunk));
  });
  sent.on("error", () => undefined);
  sent.end();
  await eventually(() => text.includes("connected"));
  api.services.tell({ type: "alarm", slug: "odd", detail: "line\n\nevent: ban" });
  await eventually(() => text.includes("alarm"));
  expect(text).toContain(
    '\nevent: alarm\ndata: {"type":"alarm","slug":"odd","detail":"line\\n\\nevent: ban"}\n\n',
  );
  sent.destroy();
  // Twelve at once are let in: the one that left counts no more.
  const others = Array.from({ length: 12 }, () => {
    const other = { status: 0, request: request({ socketPath: api.socket, path: "/api/v1/events" }) };
    other.request
      .on("response", ({ statusCode = 0 }) => (other.status = statusCode))
      .on("error", () => undefined);
    other.request.end();
    return other;
  });
  await eventually(() => others.every(({ status }) => status !== 0));
  expect(others.map(({ status }) => status)).toEqual(others.map(() => 200));
  for (const other of others) other.request.destroy();
});

test("a client of the feed that reads nothing is told how much it missed", async () => {
  const { connect } = await import("node:net");
  const client = connect(api.socket);
  client.write("GET /api/v1/events HTTP/1.1\r\nHost: x\r\n\r\n");
  await new Promise((resolve) => client.once("data", resolve));
  client.pause();
  const detail = "x".repeat(10_000);
  for (let index = 0; index < 500; index++) api.services.tell({ type: "alarm", slug: "s", detail });
  let text = "";
  client.resume().on("data", (chunk: Buffer) => (text += chunk.toString("utf8")));
  await eventually(() => text.includes('"type":"missed"'));
  const missed = Number(/"type":"missed","count":(\d+)/.exec(text)?.[1]);
  expect(missed + text.split("event: alarm").length - 1).toBe(500);
  client.destroy();
});

test("limits are read, set and taken away, and spend is told in dollars", async () => {
  const wish = { limits: { spend: "25", attempts: "off" }, extension: "100" };
  expect(await json("PATCH", "/api/v1/limits", wish)).toMatchObject({
    limits: expect.arrayContaining([
      expect.objectContaining({ name: "spend", value: "25.0000", default: "20.0000", scope: "100" }),
      expect.objectContaining({ name: "attempts", value: "off", scope: "100" }),
      expect.objectContaining({ name: "international-length", value: "1h", scope: "global" }),
    ]) as unknown,
  });
  await json("DELETE", "/api/v1/limits/100");
  const after = await send("GET", "/api/v1/limits?extension=100");
  expect(after.text).not.toContain("25.0000");
  expect(after.text).not.toContain("system-spend");
  const all = {
    extension: null,
    spentUsd: "1.2500",
    reservedUsd: "0.2500",
    limitUsd: "50.0000",
    runningCalls: 1,
  };
  expect(await json("GET", "/api/v1/spend")).toMatchObject({
    total: all,
    extensions: [{ ...all, extension: "100", limitUsd: null }],
  });
});
