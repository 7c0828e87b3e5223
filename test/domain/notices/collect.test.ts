import { Collector } from "../../../src/domain/notices/collect.js";
import type { Notice } from "../../../src/domain/notices/notice.js";

const MINUTE = 60_000;
const TEN = 10 * MINUTE;
const notice = (atMs: number, of: Partial<Notice> = {}): Notice => ({
  kind: "known-source",
  key: "known-source",
  title: "A known source was shut out",
  atMs,
  line: `At ${atMs}.`,
  ...of,
});

function collector() {
  let n = 0;
  return new Collector(() => `m${++n}`);
}

test("the first goes at once, what follows in one when the time is over", () => {
  const collected = collector();
  expect(collected.take(notice(0), 0, TEN)).toMatchObject({ id: "m1", count: 1, lines: ["At 0."] });
  expect(collected.take(notice(1), 1, TEN)).toBeNull();
  expect(collected.take(notice(MINUTE), MINUTE, TEN)).toBeNull();
  expect(collected.nextMs(TEN)).toBe(TEN);
  expect(collected.due(TEN - 1, TEN)).toEqual([]);
  expect(collected.due(TEN, TEN)).toEqual([
    expect.objectContaining({
      id: "m2",
      count: 2,
      firstAtMs: 1,
      lastAtMs: MINUTE,
      lines: ["At 1.", "At 60000."],
    }),
  ]);
  // And then the time runs again.
  expect(collected.take(notice(TEN + 1), TEN + 1, TEN)).toBeNull();
});

test("after a quiet time the next is a first one again", () => {
  const collected = collector();
  collected.take(notice(0), 0, TEN);
  expect(collected.due(TEN, TEN)).toEqual([]);
  expect(collected.nextMs(TEN)).toBeNull();
  expect(collected.take(notice(TEN), TEN, TEN)).toMatchObject({ count: 1 });
});

test("kinds don't wait for one another, nor does a limit reached for a warning of it", () => {
  const collected = collector();
  expect(collected.take(notice(0, { key: "spend-80" }), 0, TEN)).not.toBeNull();
  expect(collected.take(notice(1, { key: "spend-100" }), 1, TEN)).not.toBeNull();
});

test("ten thousand in nine minutes are two messages of twenty lines", () => {
  const collected = collector();
  const sent = [];
  for (let n = 0; n < 10_000; n++) {
    const atMs = n * 54;
    const message = collected.take(notice(atMs, { line: `${n}${"x".repeat(10_000)}` }), atMs, TEN);
    if (message !== null) sent.push(message);
  }
  sent.push(...collected.due(TEN, TEN));
  expect(sent.map(({ count }) => count)).toEqual([1, 9_999]);
  expect(sent[1]?.lines).toHaveLength(20);
  expect(JSON.stringify(sent).length).toBeLessThan(12_000);
});

test("what is collected lives on with what it is stored as", () => {
  const before = collector();
  before.take(notice(0), 0, TEN);
  before.take(notice(1), 1, TEN);
  const stored = before.takeChanges().flatMap(({ window }) => window ?? []);
  const after = new Collector(() => "after", stored);
  expect(after.take(notice(2), 2, TEN)).toBeNull();
  expect(after.due(TEN, TEN)).toMatchObject([{ id: "after", count: 2 }]);
});

test("a clock set back holds nothing up for long", () => {
  const collected = collector();
  collected.take(notice(1_000 * MINUTE), 1_000 * MINUTE, TEN);
  expect(collected.take(notice(MINUTE), MINUTE, TEN)).not.toBeNull();
});
