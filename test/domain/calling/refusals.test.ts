import { REFUSAL_REASON_NAMES, refusalEntries } from "../../../src/domain/calling/refusals.js";

test("every reason has an entry: its own, else that of default, else cause 21 and no word", () => {
  expect(new Set(refusalEntries({}).values())).toEqual(new Set(["21:"]));
  const entries = refusalEntries({
    default: { cause: 34, announcement: "standard" },
    "area-closed": { cause: 1, announcement: "ss-noservice&vm-goodbye" },
    "no-rate": { cause: 21, announcement: null },
  });
  expect([...entries.keys()]).toEqual(REFUSAL_REASON_NAMES);
  expect(entries.get("area-closed")).toBe("1:ss-noservice&vm-goodbye");
  expect(entries.get("no-rate")).toBe("21:");
  expect(entries.get("too-many-calls")).toBe("34:all-circuits-busy-now");
  expect(entries.get("number-not-understood")).toBe("34:cannot-complete-as-dialed");
});
