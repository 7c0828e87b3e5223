import type { Registration } from "../../src/domain/registration/affected.js";
import { AllowListBook, type AllowListInForce, type AllowListParts } from "../../src/guard/allow-lists.js";
import { loadRules, type RuleRefused } from "../../src/guard/rules.js";
import { allowListHistory } from "../../src/sqlite/allow-list-history.js";
import { auditStore } from "../../src/sqlite/audit.js";
import { policyStore } from "../../src/sqlite/policy-store.js";
import { clearTemp, tempDatabase } from "../sqlite/support/temp.js";
import { FakeLog, FakeTime, START_MS } from "./support/fakes.js";

afterEach(clearTemp);

/** The book on real rules and their real store. */
function world(over: Partial<AllowListParts> = {}) {
  const db = tempDatabase();
  const clock = new FakeTime();
  const rules = loadRules({
    store: policyStore(db),
    clock,
    log: new FakeLog(),
    tell: () => undefined,
    onPolicy: [],
  });
  const book = new AllowListBook({
    rules,
    history: allowListHistory(db),
    registered: () => Promise.resolve([]),
    endpoints: () => ["100", "104", "carrier"],
    isTrunk: (account) => account === "carrier",
    faultOf: () => null,
    refused: () => [],
    clock,
    ...over,
  });
  const changes = () =>
    auditStore(db)
      .recent(100)
      .filter(({ subject }) => subject === "policy").length;
  return { book, rules, clock, changes };
}

const entry = (text: string, untilMs: number | null = null) => ({ text, note: null, untilMs });
const on = (...texts: string[]) => ({ on: true, nobody: false, entries: texts.map((text) => entry(text)) });

function done(answer: AllowListInForce | RuleRefused): AllowListInForce {
  if ("refused" in answer) throw new Error(answer.message);
  return answer;
}

function texts(answer: AllowListInForce | RuleRefused): string[] {
  return done(answer).list.entries.map(({ text }) => text);
}

test("a list is off and empty until somebody sets it", () => {
  const { book } = world();
  expect(book.show(null)).toMatchObject({
    scope: "global",
    list: { on: false, entries: [] },
    own: [],
    warnings: [],
  });
  expect(book.show("100")).toMatchObject({ scope: "global", list: { on: false, entries: [] }, warnings: [] });
});

test("set: the later of two entries of one text counts, and the list as it was is no change", () => {
  const { book, rules, changes } = world();
  const wish = { ...on("192.0.2.1"), entries: [entry("192.0.2.1"), { ...entry("192.0.2.1"), note: "desk" }] };
  const version = rules.policyVersion();
  expect(done(book.set(wish, null, "cli:root"))).toMatchObject({
    list: { on: true, entries: [{ text: "192.0.2.1", note: "desk", untilMs: null }] },
    policyVersion: version + 1,
  });
  expect(done(book.set(wish, null, "cli:root")).policyVersion).toBe(version + 1);
  expect(changes()).toBe(1);
});

test("set: a list with a fault is refused whole, with each fault named", () => {
  const { book, changes } = world();
  const refusal = book.set(on("192.0.2.1", "192.0.2.300", "office"), null, "cli:root");
  expect(refusal).toMatchObject({ refused: "refused" });
  expect("message" in refusal && refusal.message).toMatch(/192\.0\.2\.300.*; .*office/);
  expect(changes()).toBe(0);
});

describe("the most entries of a list", () => {
  const many = (count: number) => on(...Array.from({ length: count }, (_, n) => `10.0.${n >> 8}.${n & 255}`));

  test.each([
    ["set", ({ book }: ReturnType<typeof world>, count: number) => book.set(many(count), null, "cli:root")],
    [
      "one by one",
      ({ book }: ReturnType<typeof world>, count: number) => {
        done(book.set(many(count - 1), null, "cli:root"));
        return book.add(entry("192.0.2.1"), null, "cli:root");
      },
    ],
  ])("%s: 1,000, and not one more", (_how, fill) => {
    expect(texts(fill(world(), 1_000))).toHaveLength(1_000);
    expect(fill(world(), 1_001)).toMatchObject({
      refused: "refused",
      message: expect.stringMatching(/1000 entries at most/) as string,
    });
  });

  test("in the place of one that is there another fits in", () => {
    const { book } = world();
    done(book.set(many(1_000), null, "cli:root"));
    expect(texts(book.add({ ...entry("10.0.0.0"), note: "the same" }, null, "cli:root"))).toHaveLength(1_000);
  });
});

describe("a list that lets nobody in", () => {
  test.each([
    ["empty", []],
    ["whose entries are past", [entry("192.0.2.1", START_MS)]],
  ])("%s, is put in force where it is meant alone", (_what, entries) => {
    const { book, changes } = world();
    const wish = { on: true, nobody: false, entries };
    expect(book.set(wish, null, "cli:root")).toMatchObject({
      refused: "refused",
      message: expect.stringMatching(/--yes-nobody/) as string,
    });
    expect(changes()).toBe(0);
    const set = done(book.set({ ...wish, nobody: true }, null, "cli:root"));
    expect(set.warnings).toEqual([
      "Nobody can register on any extension without a list of its own, not even you.",
    ]);
  });

  test("an entry that counts for a moment yet is somebody", () => {
    const { book } = world();
    const wish = { on: true, nobody: false, entries: [entry("192.0.2.1", START_MS + 1)] };
    expect(done(book.set(wish, null, "cli:root")).warnings).toEqual([]);
  });

  test("off, it may be empty", () => {
    const { book } = world();
    expect(done(book.set({ on: false, nobody: false, entries: [] }, null, "cli:root")).warnings).toEqual([]);
  });

  test("comes neither of turning on, nor of taking the last entry away, nor of undoing", () => {
    const { book } = world();
    expect(book.turn(true, false, null, "cli:root")).toMatchObject({ refused: "refused" });
    done(book.set(on("192.0.2.1"), null, "cli:root"));
    expect(book.remove("192.0.2.1", false, null, "cli:root")).toMatchObject({ refused: "refused" });
    expect(texts(book.show(null))).toEqual(["192.0.2.1"]);
    expect(texts(book.remove("192.0.2.1", true, null, "cli:root"))).toEqual([]);
    done(book.set(on("192.0.2.2"), null, "cli:root"));
    expect(book.undo(null, false, "cli:root")).toMatchObject({ refused: "refused" });
    expect(texts(book.undo(null, true, "cli:root"))).toEqual([]);
  });
});

test("turned off, the entries are kept; turned on, they count again", () => {
  const { book } = world();
  done(book.set(on("192.0.2.1"), null, "cli:root"));
  expect(done(book.turn(false, false, null, "cli:root")).list).toMatchObject({ on: false, entries: [{}] });
  expect(done(book.turn(true, false, null, "cli:root")).list).toMatchObject({ on: true, entries: [{}] });
});

test("an extension's first entry begins from everyone's list, which stays as it is", () => {
  const { book } = world();
  done(book.set(on("192.0.2.1"), null, "cli:root"));
  const own = done(book.add(entry("198.51.100.0/24"), "104", "cli:root"));
  expect(own.scope).toBe("own");
  expect(texts(own)).toEqual(["192.0.2.1", "198.51.100.0/24"]);
  expect(texts(book.show(null))).toEqual(["192.0.2.1"]);
  expect(book.show(null).own).toEqual(["104"]);
  expect(book.show("104").own).toEqual([]);
  expect(book.show("100").scope).toBe("global");
});

test("an entry goes by its addresses, however it is written", () => {
  const { book } = world();
  done(book.set(on("198.51.100.0/24", "2001:db8::7"), null, "cli:root"));
  expect(texts(book.add(entry("198.51.100.0/255.255.255.0"), null, "cli:root"))).toEqual([
    "2001:db8::7",
    "198.51.100.0/255.255.255.0",
  ]);
  // The same first address, or the same last, is not the same network; nor is the same number of the other family.
  for (const other of ["198.51.100.0/25", "198.51.100.128/25", "0.0.0.7", "198.51.100.255"]) {
    expect(book.remove(other, false, null, "cli:root")).toEqual({
      refused: "not-found",
      message: `${other} is not on the list`,
    });
  }
  expect(book.remove("nonsense", false, null, "cli:root")).toMatchObject({
    refused: "not-found",
    message: expect.stringMatching(/nonsense/) as string,
  });
  expect(texts(book.remove("198.51.100.0-198.51.100.255", false, null, "cli:root"))).toEqual(["2001:db8::7"]);
});

test("inherit: everyone's list holds again; there must be one to take away", () => {
  const { book } = world();
  expect(book.inherit("104", "cli:root")).toMatchObject({ refused: "not-found" });
  done(book.set(on("192.0.2.1"), "104", "cli:root"));
  expect(done(book.inherit("104", "cli:root"))).toMatchObject({ scope: "global", list: { on: false } });
  // Of another rule of its own no list was made.
  expect(book.inherit("104", "cli:root")).toMatchObject({ refused: "not-found" });
});

test("undo brings the list before back, and a second one takes that back", () => {
  const { book } = world();
  expect(book.undo(null, false, "cli:root")).toMatchObject({
    refused: "not-found",
    message: expect.stringMatching(/never changed/) as string,
  });
  done(book.set(on("192.0.2.1"), "104", "cli:root"));
  done(book.set(on("192.0.2.2"), "104", "cli:root"));
  expect(texts(book.undo("104", false, "cli:root"))).toEqual(["192.0.2.1"]);
  expect(texts(book.undo("104", false, "cli:root"))).toEqual(["192.0.2.2"]);
  done(book.inherit("104", "cli:root"));
  expect(done(book.undo("104", false, "cli:root"))).toMatchObject({ scope: "own" });
  expect(done(book.undo("104", false, "cli:root"))).toMatchObject({ scope: "global" });
});

test.each([
  ["a trunk", "carrier", /trunks have no allow-list/],
  ["what can't be an endpoint's name", "1 0\n4", /the name of an endpoint/],
  ["a name that every object has", "__proto__", /the name of an endpoint/],
])("%s has no list", async (_what, extension, message) => {
  const { book, changes } = world();
  expect(book.set(on("192.0.2.1"), extension, "cli:root")).toMatchObject({
    refused: "refused",
    message: expect.stringMatching(message) as string,
  });
  expect(book.add(entry("192.0.2.1"), extension, "cli:root")).toMatchObject({
    refused: "refused",
    message: expect.stringMatching(message) as string,
  });
  expect(book.turn(false, false, extension, "cli:root")).toMatchObject({
    refused: "refused",
    message: expect.stringMatching(message) as string,
  });
  expect(await book.preview(on("192.0.2.1"), extension, null)).toMatchObject({
    refused: "refused",
    message: expect.stringMatching(message) as string,
  });
  expect(changes()).toBe(0);
});

test("running calls: set once, and no change a second time", () => {
  const { book, changes } = world();
  expect(book.setRunningCalls("end", "cli:root").runningCalls).toBe("end");
  expect(book.setRunningCalls("end", "cli:root").runningCalls).toBe("end");
  expect(changes()).toBe(1);
  expect(book.setRunningCalls("keep", "cli:root").runningCalls).toBe("keep");
  expect(changes()).toBe(2);
});

describe("what is shown beside a list", () => {
  test.each([
    ["an extension that Asterisk lacks", "999", ["Asterisk has no endpoint 999: the list waits for it."]],
    ["one that it has", "104", ["The list is not in force in Asterisk: the disk is full."]],
    ["everyone's", null, ["The list is not in force in Asterisk: the disk is full."]],
  ])("%s", (_what, extension, warnings) => {
    const { book } = world({ faultOf: () => "the disk is full" });
    expect(done(book.set(on("192.0.2.1"), extension, "cli:root")).warnings).toEqual(warnings);
    expect(book.show(extension).warnings).toEqual(warnings);
  });

  test("nothing of an extension's list that is off, for which there is nothing to be in force", () => {
    const { book } = world({ faultOf: () => "the disk is full" });
    expect(done(book.set({ ...on("192.0.2.1"), on: false }, "104", "cli:root")).warnings).toEqual([]);
  });

  test("nothing of endpoints while Asterisk has not said which it has", () => {
    const { book } = world({ endpoints: () => null });
    expect(done(book.set(on("192.0.2.1"), "999", "cli:root")).warnings).toEqual([]);
  });
});

describe("a preview", () => {
  const phone = (extension: string, address: string | null): Registration => ({
    extension,
    contact: `${extension}@${address}`,
    address,
    addressIs: "seen",
    userAgent: null,
    sinceMs: null,
  });
  const phones = [
    phone("100", "192.0.2.1"),
    phone("100", "198.51.100.1"),
    phone("101", null),
    phone("104", "198.51.100.1"),
  ];
  const withPhones = () => world({ registered: () => Promise.resolve(phones) });

  test("of everyone's list: who is thrown out, but those with a list of their own; and nothing is changed", async () => {
    const { book, changes } = withPhones();
    done(book.set(on("198.51.100.1"), "104", "cli:root"));
    const before = changes();
    const seen = await book.preview(on("192.0.2.0/24"), null, "192.0.2.9");
    expect(seen).toMatchObject({
      throwsOut: [phones[1], phones[2]],
      you: { address: "192.0.2.9", listed: true },
    });
    expect(changes()).toBe(before);
    expect(book.show(null).list.on).toBe(false);
  });

  test("of an extension's list: its own phones alone", async () => {
    const { book } = withPhones();
    const seen = await book.preview(on("203.0.113.1"), "104", "::ffff:203.0.113.2");
    expect(seen).toMatchObject({ throwsOut: [phones[3]], you: { address: "203.0.113.2", listed: false } });
  });

  test("of a list that is off: nobody; from nowhere: nothing of you; with a fault: the fault", async () => {
    const { book } = withPhones();
    const off = { ...on("203.0.113.1"), on: false };
    expect(await book.preview(off, null, "a tunnel")).toMatchObject({ throwsOut: [], you: null });
    expect(await book.preview(on("office"), null, null)).toMatchObject({ refused: "refused" });
  });

  test("says that nobody would get in", async () => {
    const { book } = withPhones();
    expect(await book.preview(on(), "104", null)).toMatchObject({
      warnings: ["Nobody can register as extension 104, not even you."],
    });
  });
});

test("whom a list refused lately: of one extension or of all", () => {
  const asked: unknown[] = [];
  const { book } = world({ refused: (of) => (asked.push(of), []) });
  book.refused(null);
  book.refused("104");
  expect(asked).toEqual([{}, { account: "104" }]);
});
