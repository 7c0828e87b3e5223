import type { Verdict } from "../../src/domain/calling/verdict.js";
import { CallRecord } from "../../src/guard/call-record.js";
import type { CallLogEntry, Happening, Log } from "../../src/guard/ports.js";

const verdict: Verdict = {
  decision: "refuse",
  reason: "number-not-understood",
  from: null,
  digits: "*1",
  number: null,
  area: null,
  numberType: null,
  rate: null,
  cap: null,
  detail: "Refused: …",
  policyVersion: 3,
};
const entry: Omit<CallLogEntry, "id"> = {
  atMs: 1,
  channelId: "1795317742.0",
  verdict,
  trunk: null,
  tookMs: 1.26,
};

function world(add: (entry: Omit<CallLogEntry, "id">) => void) {
  const lines: [string, string, unknown][] = [];
  const told: Happening[] = [];
  const at = (level: string) => (message: string, fields?: unknown) =>
    void lines.push([level, message, fields]);
  const log: Log = { error: at("error"), warn: at("warn"), info: at("info"), debug: at("debug") };
  return {
    record: new CallRecord({
      store: {
        add,
        addAll: (entries) => entries.forEach(add),
        has: (channelId) => channelId === "1795317742.0",
      },
      tell: (happening) => void told.push(happening),
      log,
    }),
    lines,
    told,
  };
}

test("a decision is stored, logged and told", () => {
  const stored: unknown[] = [];
  const { record, lines, told } = world((each) => void stored.push(each));
  record.add(entry);
  expect(stored).toEqual([entry]);
  expect([record.has(entry), record.has({ ...entry, channelId: "1795317742.1" })]).toEqual([true, false]);
  expect(told).toEqual([{ type: "verdict", verdict }]);
  expect(lines).toEqual([
    [
      "info",
      "call refused",
      expect.objectContaining({ from: null, number: "*1", reason: "number-not-understood", tookMs: 1.3 }),
    ],
  ]);
});

test("a store that fails costs the record, and says so; the rest still hears of it", () => {
  const { record, lines, told } = world(() => {
    throw new Error("disk full");
  });
  record.add(entry);
  expect(lines.map(([level]) => level)).toEqual(["info", "error"]);
  expect(told).toHaveLength(1);
});

test("of several, one that can't be stored costs its own record alone", () => {
  const stored: string[] = [];
  const { record, lines, told } = world(({ channelId }) => {
    if (channelId === "2") throw new Error("not that one");
    stored.push(channelId);
  });
  // The store takes all or none: what is tried again one by one is stored then.
  const batch = ["1", "2", "3"].map((channelId) => ({ ...entry, channelId }));
  expect(record.addAll(batch)).toBe(2);
  expect(stored).toEqual(["1", "1", "3"]);
  expect(lines.map(([level]) => level)).toEqual(["info", "info", "info", "error"]);
  expect(told).toHaveLength(3);
});
