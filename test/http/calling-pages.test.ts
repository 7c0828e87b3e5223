import type { z } from "zod";
import {
  AllowListReadSchema,
  AreaEffectSchema,
  AreasSchema,
  AreaTreeSchema,
  DeckHistogramSchema,
  DeckPageSchema,
  ExtensionsSchema,
  ExtensionWholeSchema,
  TriedSchema,
} from "../../src/http/contract.js";
import { RingfenceError } from "../../src/domain/error.js";
import type { E164 } from "../../src/domain/calling/verdict.js";
import { ask, startApi, type TestApi } from "./support/api.js";
import { NOW, block } from "./support/services.js";

let api: TestApi;
beforeEach(async () => {
  api = await startApi();
});
afterEach(async () => {
  await api.stop();
});

async function got<T>(schema: z.ZodType<T>, method: string, path: string, body?: unknown): Promise<T> {
  const answer = await ask({ socketPath: api.socket, method, path }, body);
  expect([answer.status, answer.text]).toEqual([200, expect.any(String)]);
  return schema.parse(JSON.parse(answer.text));
}

async function status(method: string, path: string, body?: unknown): Promise<number> {
  return (await ask({ socketPath: api.socket, method, path }, body)).status;
}

describe("try a number", () => {
  test("tells the verdict with every step that led to it", async () => {
    const wish = { from: "100", number: "01118765550123" };
    const tried = await got(TriedSchema, "POST", "/api/v1/try", wish);
    expect(tried.reading).toMatchObject({ is: "number", number: "+18765550123", areaName: "Jamaica" });
    expect(tried.place).toMatchObject({ open: false, rule: "global list: US" });
    expect(tried.verdict).toMatchObject({ decision: "refuse", reason: "area-closed" });
    expect(tried.rates).toMatchObject([{ prefix: "1876555", usdPerMinute: "0.3100" }]);
    expect(tried.spends).toMatchObject([{ extension: "100" }, { extension: null, limitUsd: "50.0000" }]);
    expect(tried.limits.map(({ name }) => name)).toContain("spend");
  });

  test.each([
    ["hostile digits", { from: "100", number: "<script>" }, "number-not-understood"],
    ["nothing yet", { from: "100", number: "" }, "number-not-understood"],
    ["an emergency call", { from: null, number: "911" }, "emergency"],
  ])("%s", async (_, wish, reason) => {
    const tried = await got(TriedSchema, "POST", "/api/v1/try", wish);
    expect(tried.verdict.reason).toBe(reason);
    expect(tried.place).toBeNull();
  });
});

describe("areas", () => {
  test("the tree has every country once, with its prices", async () => {
    const tree = await got(AreaTreeSchema, "GET", "/api/v1/areas/tree?extension=100");
    const countries = tree.continents.flatMap((each) => each.countries);
    expect(new Set(countries.map(({ code }) => code)).size).toBe(countries.length);
    expect(countries.length).toBeGreaterThan(240);
    const of = (code: string) => countries.find((each) => each.code === code);
    expect(of("US")).toMatchObject({ openness: "open", price: { dearest: "0.0100" } });
    expect(of("JM")).toMatchObject({
      openness: "closed",
      codes: ["+1658", "+1876"],
      price: { typical: "0.2100", dearest: "0.3100", prefixes: 2 },
    });
    expect(of("GB")?.types.find(({ type }) => type === "personal")).toMatchObject({
      open: false,
      price: { dearest: "0.9000" },
    });
    expect(tree.special.map(({ code }) => code)).toContain("satellite");
  });

  test("several changes are one", async () => {
    const changes = { allow: ["JM", "GB:mobile", "+5399"], deny: ["US"], highRisk: "allow" };
    const areas = await got(AreasSchema, "PUT", "/api/v1/areas", changes);
    expect(areas.areas).toEqual([
      { area: "JM", types: null },
      { area: "GB", types: ["mobile"] },
    ]);
    expect(areas).toMatchObject({ highRisk: "allow", prefixes: [{ prefix: "+5399", action: "allow" }] });
    expect(areas.policyVersion).toBe(13);
    const tree = await got(AreaTreeSchema, "GET", "/api/v1/areas/tree");
    const of = (code: string) =>
      tree.continents.flatMap((each) => each.countries).find((each) => each.code === code);
    expect(of("GB")?.openness).toBe("partly");
    expect(of("CU")).toMatchObject({ openness: "partly", prefixes: [{ prefix: "+5399", action: "allow" }] });
  });

  test.each([
    ["an area that is none", { allow: ["XX"] }],
    ["high-risk ranges of one extension", { extension: "100", highRisk: "allow" }],
    ["own lists that are not there", { extension: "100", inherit: true }],
  ])("%s changes nothing", async (_, changes) => {
    expect(await status("PUT", "/api/v1/areas", { deny: ["US"], ...changes })).toBe(422);
    const tree = await got(AreaTreeSchema, "GET", "/api/v1/areas/tree");
    expect(tree.policyVersion).toBe(13);
    expect(await status("POST", "/api/v1/areas/effect", { deny: ["US"], ...changes })).toBe(422);
  });

  test("the effect is told before anything is stored", async () => {
    const numbers = ["+12025550123", "+12025550123", "+12025550199", "+447400123456", "+18765550123"];
    numbers.forEach((number, index) =>
      api.services.placed.push({
        ...{ id: index + 1, atMs: NOW - index * 1_000, extension: index === 2 ? "104" : "100" },
        ...{ number: number as E164, trunk: null },
      }),
    );
    const effect = await got(AreaEffectSchema, "POST", "/api/v1/areas/effect", {
      deny: ["US"],
      allow: ["GB"],
    });
    expect(effect).toMatchObject({ looked: 5, cut: false });
    expect(effect.wouldRefuse).toMatchObject({ calls: 3, extensions: 2 });
    expect(effect.wouldRefuse.first[0]).toMatchObject({ extension: "100", number: "+12025550123", calls: 2 });
    expect(effect.wouldAllow).toMatchObject({ calls: 1, extensions: 1, first: [{ area: "United Kingdom" }] });
    const after = await got(AreaTreeSchema, "GET", "/api/v1/areas/tree");
    expect(after.policyVersion).toBe(13);
  });
});

describe("decks", () => {
  test("a deck is searched by prefix and by destination, page by page", async () => {
    const first = await got(DeckPageSchema, "GET", "/api/v1/decks/default/rates?q=%2B44&limit=2");
    expect(first.rates.map(({ prefix }) => prefix)).toEqual(["+44", "+447"]);
    const rest = await got(
      DeckPageSchema,
      "GET",
      `/api/v1/decks/default/rates?q=44&limit=2&after=${first.next}`,
    );
    expect(rest).toMatchObject({ rates: [{ prefix: "+4470", overCap: true }], next: null });
    const named = await got(DeckPageSchema, "GET", "/api/v1/decks/default/rates?q=MOBILE");
    expect(named.rates.map(({ destination }) => destination)).toEqual(["Jamaica mobile", "UK mobile"]);
    const blocked = await got(DeckPageSchema, "GET", "/api/v1/decks/default/rates?q=cuba");
    expect(blocked.rates).toMatchObject([{ usdPerMinute: null, overCap: false }]);
    expect(await status("GET", "/api/v1/decks/none/rates")).toBe(404);
  });

  test.each([
    ["", 2, "0.2500"],
    ["?cap=0.0300", 4, "0.0300"],
    ["?cap=none", 0, null],
  ])("the histogram with %s tells what the cap cuts off", async (query, dearer, cap) => {
    const found = await got(DeckHistogramSchema, "GET", `/api/v1/decks/default/histogram${query}`);
    expect(found).toMatchObject({ priced: 6, blocked: 1, dearerThanCap: dearer, cap });
    expect(found.bars.reduce((sum, { prefixes }) => sum + prefixes, 0)).toBe(6);
  });
});

describe("extensions", () => {
  test("are listed in the order of their numbers, page by page", async () => {
    const first = await got(ExtensionsSchema, "GET", "/api/v1/extensions?limit=3");
    expect(first.extensions.map(({ name }) => name)).toEqual(["9", "100", "104"]);
    expect(first).toMatchObject({ total: 5, asterisk: "22.10.1", next: "104" });
    const rest = await got(ExtensionsSchema, "GET", "/api/v1/extensions?limit=3&after=104");
    expect(rest.extensions).toMatchObject([{ name: "a<b>" }, { name: "carrier", kind: "trunk" }]);
    expect(rest.next).toBeNull();
  });

  test("are filtered by what their phones say", async () => {
    const contact = { extension: "104", contact: "c", address: "198.51.100.12", addressIs: "seen" as const };
    api.services.registered = [{ ...contact, userAgent: "Yealink <T46>", sinceMs: NOW }];
    const found = await got(ExtensionsSchema, "GET", "/api/v1/extensions?q=yealink&registered=1");
    expect(found.extensions).toMatchObject([
      { name: "104", registrations: [{ address: "198.51.100.12", userAgent: "Yealink <T46>" }] },
    ]);
    const out = await got(ExtensionsSchema, "GET", "/api/v1/extensions?registered=0&kind=extension");
    expect(out.extensions.map(({ name }) => name)).toEqual(["9", "100", "a<b>"]);
  });

  test("are listed though Asterisk can't say who is registered", async () => {
    api.services.fault = new RingfenceError("asterisk-refused", "no");
    const found = await got(ExtensionsSchema, "GET", "/api/v1/extensions");
    expect(found.extensions[0]?.registrations).toBeNull();
    expect(api.services.guardLog.lines).toMatchObject([{ level: "warn" }]);
  });

  test("one is shown with its own rules beside the global ones", async () => {
    api.services.blocked = [block({ account: "100" })];
    await got(AreasSchema, "PUT", "/api/v1/areas", { extension: "100", allow: ["JM"] });
    const whole = await got(ExtensionWholeSchema, "GET", "/api/v1/extensions/100");
    expect(whole).toMatchObject({
      inAsterisk: true,
      own: { areas: true, cap: false },
      blocks: [{ account: "100" }],
    });
    expect(whole.areas.inForce).toMatchObject({ scope: "100", areas: [{ area: "US" }, { area: "JM" }] });
    expect(whole.areas.global.areas).toEqual([{ area: "US", types: null }]);
    expect(whole.refusedLately).toMatchObject([{ address: "203.0.113.9", count: 2 }]);
    expect(await status("GET", "/api/v1/extensions/nobody")).toBe(404);
  });
});

describe("allow-lists", () => {
  test("each entry is understood or told what to write instead", async () => {
    const entries = [
      "195.168.1.1-195.168.1.100",
      "10.0.0.0/255.255.255.0",
      "2001:db8::/32",
      "10.0.0",
      "192.0.2.1",
    ];
    const read = await got(AllowListReadSchema, "POST", "/api/v1/allow-list/read", { entries });
    expect(read.entries.map(({ meaning }) => meaning)).toEqual([
      "100 addresses, 195.168.1.1 to 195.168.1.100",
      "256 addresses, 10.0.0.0 to 10.0.0.255",
      expect.stringMatching(/^very many addresses, 2001:db8:: to /),
      null,
      "1 address, 192.0.2.1",
    ]);
    expect(read.entries[3]?.fault).toMatch(/10\.0\.0/);
  });
});
