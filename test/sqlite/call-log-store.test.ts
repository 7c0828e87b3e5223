import type { E164, Verdict } from "../../src/domain/calling/verdict.js";
import type { CallFilter, CallLogEntry } from "../../src/guard/ports.js";
import { callLogStore } from "../../src/sqlite/call-log-store.js";
import { clearTemp, tempDatabase } from "./support/temp.js";

afterEach(clearTemp);

const refused: Verdict = {
  decision: "refuse",
  reason: "rate-over-cap",
  from: "100",
  digits: "0018765550123",
  number: "+18765550123" as E164,
  area: "JM",
  numberType: "mobile",
  rate: {
    deck: "default",
    prefix: "1876",
    destination: "Jamaica, mobile",
    microsPerMinute: 210_000,
    connectionMicros: 20_000,
    minimumSeconds: 30,
    incrementSeconds: 6,
  },
  cap: { microsPerMinute: 100_000, scope: "global" },
  detail: "costs more than the cap",
  policyVersion: 12,
};

const allowed: Verdict = {
  decision: "allow",
  reason: "emergency",
  from: null,
  digits: "911",
  number: null,
  area: null,
  numberType: null,
  rate: null,
  cap: null,
  detail: "an emergency number",
  policyVersion: 12,
};

function entry(over: Partial<Omit<CallLogEntry, "id">> = {}): Omit<CallLogEntry, "id"> {
  return {
    atMs: 1_000,
    channelId: "1700000000.1",
    verdict: refused,
    trunk: "carrier",
    payer: "forward",
    tookMs: 1.234,
    ...over,
  };
}

test("several are stored together, or none of them, and are there by channel and digits", () => {
  const store = callLogStore(tempDatabase());
  store.addAll([entry({ channelId: "1.1" }), entry({ channelId: "1.2" })]);
  expect(store.list(all).map(({ channelId }) => channelId)).toEqual(["1.2", "1.1"]);
  const broken = entry({ channelId: "1.4", verdict: { ...refused, decision: "perhaps" as "refuse" } });
  expect(() => store.addAll([entry({ channelId: "1.3" }), broken])).toThrow("log the calls");
  expect(["1.1", "1.2", "1.3"].map((id) => store.has(id, refused.digits))).toEqual([true, true, false]);
  expect(store.has("1.1", "911")).toBe(false);
});

const all = { refusedOnly: false, sinceMs: null, limit: 100 };

test.each<[string, Verdict]>([
  ["a refusal with everything", refused],
  ["an emergency call with nothing", allowed],
  [
    "a cap of the extension's own",
    { ...refused, cap: { microsPerMinute: 0, scope: { extension: "global" } } },
  ],
  ["digits of the caller's making", { ...refused, digits: "1&SIP/x',\u0000\r\n", number: null }],
])("keeps %s", (_, verdict) => {
  const calls = callLogStore(tempDatabase());
  calls.add(entry({ verdict }));
  expect(calls.list(all)).toEqual([{ ...entry({ verdict }), id: 1 }]);
});

test("one channel's decision on the same digits is logged once, on other digits again", () => {
  const calls = callLogStore(tempDatabase());
  calls.add(entry());
  calls.add(entry({ atMs: 2_000, verdict: { ...refused, reason: "area-closed" } }));
  calls.add(entry({ atMs: 3_000, verdict: { ...refused, digits: "911" } }));
  calls.add(entry({ atMs: 4_000, channelId: "1700000000.2" }));
  expect(calls.list(all).map(({ atMs }) => atMs)).toEqual([4_000, 3_000, 1_000]);
});

test("what the dialplan did takes the place of a verdict that came too late, and not the other way round", () => {
  const calls = callLogStore(tempDatabase());
  const fallback: Verdict = { ...allowed, digits: refused.digits, reason: "fallback" };
  const logged = () => calls.list(all).map(({ verdict }) => [verdict.decision, verdict.reason]);
  calls.add(entry());
  calls.add(entry({ atMs: 2_000, verdict: fallback }));
  expect(logged()).toEqual([["allow", "fallback"]]);
  expect(calls.list(all)).toMatchObject([{ atMs: 2_000, verdict: fallback }]);
  calls.add(entry({ atMs: 3_000 }));
  expect(logged()).toEqual([["allow", "fallback"]]);
});

test("lists the newest first, refusals alone, from a time on, so many", () => {
  const calls = callLogStore(tempDatabase());
  for (let n = 1; n <= 6; n++) {
    calls.add(entry({ atMs: n, channelId: String(n), verdict: n % 2 === 0 ? refused : allowed }));
  }
  const times = (filter: Parameters<typeof calls.list>[0]) => calls.list(filter).map(({ atMs }) => atMs);
  expect(times({ ...all, limit: 2 })).toEqual([6, 5]);
  expect(times({ ...all, refusedOnly: true })).toEqual([6, 4, 2]);
  expect(times({ ...all, sinceMs: 4 })).toEqual([6, 5, 4]);
  expect(calls.count(3)).toEqual({ allowed: 2, refused: 2 });
  expect(calls.count(7)).toEqual({ allowed: 0, refused: 0 });
});

test.each([
  ["reason", "'no-deck'", "outcome.reason: expected one of fallback"],
  ["number", "'1876'", "number: not a number in E.164"],
  ["number_type", "'carrier pigeon'", "number_type: expected one of fixed"],
])("a row with a wrong %s names itself", (column, value, message) => {
  const db = tempDatabase();
  const calls = callLogStore(db);
  calls.add(entry());
  db.exec(`UPDATE calls SET ${column} = ${value}`);
  expect(() => calls.list(all)).toThrow(`table calls, row 1 cannot be read: ${message}`);
});

test("each filter finds its calls, and pages follow one another", () => {
  const store = callLogStore(tempDatabase());
  const at = [1_000, 3_000, 2_000, 2_000];
  at.forEach((atMs, n) => {
    const logged = entry({ channelId: `c-${n}`, atMs, trunk: n === 1 ? "carrier-b" : null });
    store.add({
      ...logged,
      verdict: { ...logged.verdict, from: n === 2 ? "200" : "100", rule: `rule ${n}` },
    });
  });
  const found = (filter: Partial<CallFilter>) =>
    store
      .list({ refusedOnly: false, sinceMs: null, limit: 10, ...filter })
      .map(({ verdict }) => verdict.rule);
  expect(found({})).toEqual(["rule 1", "rule 3", "rule 2", "rule 0"]);
  expect(found({ limit: 2 })).toEqual(["rule 1", "rule 3"]);
  expect(found({ beforeId: 4 })).toEqual(["rule 2", "rule 0"]);
  expect(found({ extension: "200" })).toEqual(["rule 2"]);
  expect(found({ trunk: "carrier-b" })).toEqual(["rule 1"]);
  expect(found({ sinceMs: 2_000, untilMs: 3_000 })).toEqual(["rule 3", "rule 2"]);
  const [first] = store.list({ refusedOnly: false, sinceMs: null, limit: 1 });
  const { number, digits, area, reason, decision } = first!.verdict;
  expect(found({ numberPrefix: number!.slice(0, 4), area, reason, decision })).toHaveLength(4);
  expect(found({ numberPrefix: digits.slice(0, 3) })).toHaveLength(4);
  expect(found({ numberPrefix: "+999" })).toEqual([]);
  expect(found({ area: "' OR 1=1 --" })).toEqual([]);
});

test("the numbers of the log are read newest first, page by page, without emergency calls", () => {
  const store = callLogStore(tempDatabase());
  for (let at = 1; at <= 5; at++) store.add(entry({ atMs: Math.min(at, 3), channelId: `c${at}` }));
  store.add(entry({ atMs: 9, channelId: "sos", verdict: allowed }));
  const first = store.placed({ sinceMs: 2, before: null, limit: 2 });
  expect(first).toMatchObject([
    { id: 5, atMs: 3, extension: "100", number: "+18765550123", trunk: "carrier" },
    { id: 4, atMs: 3 },
  ]);
  const rest = store.placed({ sinceMs: 2, before: first[1] ?? null, limit: 10 });
  expect(rest.map(({ id }) => id)).toEqual([3, 2]);
});

test.each<[string, Partial<CallFilter>]>([
  ["nothing", {}],
  ["a time", { sinceMs: 1, untilMs: 2 }],
  ["refusals", { refusedOnly: true }],
  ["an extension", { extension: "100", refusedOnly: true }],
  ["an area", { area: "JM" }],
  ["a reason", { reason: "no-rate", sinceMs: 1 }],
  ["a trunk", { trunk: "carrier" }],
])("a page of the log filtered by %s is read by an index, in order", (_, filter) => {
  for (const plan of plansOf((store) => store.list({ ...all, beforeId: 7, ...filter }))) {
    expect(plan).not.toMatch(/TEMP B-TREE/);
    expect(plan).not.toMatch(/SCAN calls(?! USING INDEX)/);
  }
});

test.each<[string, string]>([
  ["+187655", "calls_by_number"],
  ["00187", "calls_by_digits"],
])(
  "the beginning %s is looked up where few calls have it, else the log is read by time",
  (numberPrefix, index) => {
    const few = plansOf((store) => store.list({ ...all, numberPrefix }));
    expect(few.at(-1)).toMatch(new RegExp(`USING INDEX ${index}`));
    const many = plansOf((store) => {
      for (let n = 0; n <= 2_001; n++) store.add(entry({ channelId: `c${n}`, atMs: n }));
      const found = store.list({ ...all, numberPrefix, limit: 2 });
      expect(found.map(({ atMs }) => atMs)).toEqual([2_001, 2_000]);
    });
    expect(many.at(-1)).toMatch(/SCAN calls USING INDEX calls_by_time/);
  },
);

test("the log is read for an effect by time", () => {
  const [effect] = plansOf((store) => store.placed({ sinceMs: 1, before: { id: 7, atMs: 9 }, limit: 10 }));
  expect(effect).toMatch(/SEARCH calls USING INDEX calls_by_time/);
  expect(effect).not.toMatch(/TEMP B-TREE/);
});

/** How SQLite goes about what `ask` does. */
function plansOf(ask: (store: ReturnType<typeof callLogStore>) => unknown): string[] {
  const db = tempDatabase();
  const prepared: string[] = [];
  const watched = new Proxy(db, {
    get: (target, name) => {
      if (name !== "prepare") return Reflect.get(target, name) as unknown;
      return (sql: string) => {
        const statement = target.prepare(sql);
        for (const method of ["all", "get"] as const) {
          const run = statement[method].bind(statement);
          statement[method] = (...values: unknown[]) => {
            prepared.push(planOf(sql, values));
            return run(...values) as never;
          };
        }
        return statement;
      };
    },
  });
  const planOf = (sql: string, values: unknown[]): string =>
    db
      .prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .all(...values)
      .map((row) => (row as { detail: string }).detail)
      .join("\n");
  ask(callLogStore(watched));
  return prepared;
}
