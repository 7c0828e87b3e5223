import { sourceOf, type Source } from "../../src/domain/address.js";
import type { KnownSource } from "../../src/guard/ports.js";
import { knownSourceStore } from "../../src/sqlite/known-source-store.js";
import { clearTemp, tempDatabase } from "./support/temp.js";

afterEach(clearTemp);

function source(text: string): Source {
  const found = sourceOf(text);
  if (found === null) throw new Error(text);
  return found;
}

function seen(over: Partial<KnownSource> = {}): KnownSource {
  const times = { firstAtMs: 1_000, lastAtMs: 1_000, successes: 1 };
  return { source: source("198.51.100.7"), account: "100", ...times, ...over };
}

test("successes of a pair add up, its first and last time widen", () => {
  const known = knownSourceStore(tempDatabase());
  known.remember([seen()]);
  known.remember([seen({ firstAtMs: 5_000, lastAtMs: 6_000, successes: 3 })]);
  known.remember([seen({ firstAtMs: 500, lastAtMs: 700, successes: 1 })]);
  expect(known.since(0)).toEqual([seen({ firstAtMs: 500, lastAtMs: 6_000, successes: 5 })]);
});

test("finds by source, by account and by time, newest first", () => {
  const known = knownSourceStore(tempDatabase());
  const v6 = source("2001:db8:0:1::5");
  known.remember([
    seen(),
    seen({ source: v6, account: "100", lastAtMs: 3_000 }),
    seen({ source: v6, account: "', 0); --", lastAtMs: 2_000 }),
  ]);
  expect(known.ofSource(v6).map(({ account }) => account)).toEqual(["100", "', 0); --"]);
  expect(known.ofAccount("100").map((pair) => pair.source)).toEqual(["2001:db8:0:1::/64", "198.51.100.7"]);
  expect(known.since(2_000)).toHaveLength(2);
  expect(known.ofAccount("nobody")).toEqual([]);
});

test("a row that is no source names itself", () => {
  const db = tempDatabase();
  const known = knownSourceStore(db);
  known.remember([seen()]);
  db.exec("UPDATE known_sources SET source = '198.51.100.7/24'");
  expect(() => known.since(0)).toThrow(
    'table known_sources, row "198.51.100.7/24 100" cannot be read: source: not a source in its one form',
  );
});
