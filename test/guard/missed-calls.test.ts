import { DEFAULT_POLICY } from "../../src/domain/policy.js";
import { MissedCallBook } from "../../src/guard/missed-calls.js";
import type { CallLogEntry, Happening, MissedCall } from "../../src/guard/ports.js";

const missed = (key: string, of: Partial<MissedCall> = {}): MissedCall => ({
  key,
  channelId: key,
  atMs: 1_000,
  kind: "allow",
  digits: "12127365000",
  trunk: null,
  from: "100",
  payer: "endpoint",
  ...of,
});

/** One look at what Asterisk holds. */
async function fetched(calls: MissedCall[], { unreadable = [] as string[], stores = true } = {}) {
  const entries: Omit<CallLogEntry, "id">[] = [];
  const told: Happening[] = [];
  const forgotten: string[] = [];
  const nothing = () => undefined;
  const book = new MissedCallBook({
    missed: {
      list: () => Promise.resolve({ calls, unreadable }),
      forget: (key) => Promise.resolve(void forgotten.push(key)),
    },
    record: (entry) => {
      entries.push(entry);
      return stores;
    },
    policy: () => DEFAULT_POLICY,
    tell: (happening) => void told.push(happening),
    after: () => nothing,
    log: { error: nothing, warn: nothing, info: nothing, debug: nothing },
  });
  await book.start()();
  return { entries, told, forgotten };
}

test("what the dialplan decided alone is logged, and then forgotten there", async () => {
  const { entries, forgotten, told } = await fetched([
    missed("1.1"),
    missed("1.2", { kind: "refuse", digits: "18765550123" }),
    missed("1.3", { kind: "strange", digits: "" }),
  ]);
  expect(entries.map(({ channelId, verdict }) => [channelId, verdict.decision, verdict.reason])).toEqual([
    ["1.1", "allow", "fallback"],
    ["1.2", "refuse", "fallback"],
    ["1.3", "refuse", "number-not-understood"],
  ]);
  expect(entries[1]?.verdict).toMatchObject({ number: "+18765550123", area: "JM", from: "100" });
  expect(forgotten).toEqual(["1.1", "1.2", "1.3"]);
  expect(told).toEqual([]);
});

test("an emergency call is told", async () => {
  const { entries, told } = await fetched([missed("1.1", { kind: "emergency", digits: "911" })]);
  expect(entries[0]?.verdict).toMatchObject({ decision: "allow", reason: "emergency", digits: "911" });
  expect(told).toEqual([
    { type: "alarm", slug: "emergency-call", detail: "Extension 100 called the emergency number 911." },
  ]);
});

test("what can't be stored stays in Asterisk", async () => {
  const { forgotten, told } = await fetched([missed("1.1", { kind: "emergency" }), missed("1.2")], {
    stores: false,
  });
  expect(forgotten).toEqual([]);
  expect(told).toEqual([]);
});

test("what can't be read is forgotten", async () => {
  expect((await fetched([], { unreadable: ["x"] })).forgotten).toEqual(["x"]);
});
