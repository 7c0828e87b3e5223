import fc from "fast-check";
import { orderOf, parseDeckDate } from "../../../src/domain/calling/deck-date.js";
import { columnsOf, currencyOfHeading, isInCents } from "../../../src/domain/calling/deck-heading.js";
import { parseIncrements } from "../../../src/domain/calling/deck-increments.js";
import { parsePrefixes, parseSplitPrefixes } from "../../../src/domain/calling/deck-prefixes.js";
import {
  hundredth,
  markOf,
  microsOfAmount,
  parseAmount,
  parseDecimal,
  type DecimalMark,
} from "../../../src/domain/calling/deck-price.js";
import { nextChangeMs, rowsInForce } from "../../../src/domain/calling/deck-schedule.js";

describe("prefixes", () => {
  test.each<[string, string[]]>([
    ["1876", ["1876"]],
    [" +1 876 ", ["1876"]],
    ["001876", ["1876"]],
    ["+1-876-555", ["1876555"]],
    ["1-876", ["1876"]],
    ["44, 447; 4470-4473", ["44", "447", "4470", "4471", "4472", "4473"]],
    ["44,447", ["44", "447"]],
    ["4470-72", ["4470", "4471", "4472"]],
    ["4470 – 4471", ["4470", "4471"]],
    ["4470 to 4471", ["4470", "4471"]],
    ["+4470-+4471", ["4470", "4471"]],
    ["44700000-44799999", ["447"]],
    ["447x", ["447"]],
    ["447*", ["447"]],
    ['="447"', ["447"]],
    ["'447", ["447"]],
    ["447.0", ["447"]],
    ["44|447", ["44", "447"]],
    ["44\n447", ["44", "447"]],
    ["44;44", ["44"]],
  ])("%j is %j", (text, prefixes) => {
    expect(parsePrefixes(text)).toEqual({ prefixes });
  });

  test.each([
    ["", "1 to 15 digits"],
    ["Jamaica", "1 to 15 digits"],
    ["1234567890123456", "1 to 15 digits"],
    ["0207", "no country code begins with 0"],
    ["4.47E+11", "a spreadsheet has damaged"],
    ["44 7400", "can be read in two ways"],
    ["44-79", "can be read in two ways"],
    ["44-4479", "1 to 15 digits"],
    ["4479-4470", "1 to 15 digits"],
    ["370-471", "can be read in two ways"],
    ["1,876", "write 1876, or 1; 876"],
    ["44[78]", "1 to 15 digits"],
    ["٤٤", "1 to 15 digits"],
  ])("%j is refused: %s", (text, message) => {
    expect(parsePrefixes(text)).toEqual({ fault: expect.stringContaining(message) });
  });

  test.each<[string, string, string[]]>([
    ["44", "20, 7400-7402", ["4420", "447400", "447401", "447402"]],
    ["+39", "06", ["3906"]],
    ["1", "", ["1"]],
    ["1", "All others", ["1"]],
    ["7", "7, 495", ["77", "7495"]],
  ])("%j and %j are %j", (country, areas, prefixes) => {
    expect(parseSplitPrefixes(country, areas)).toEqual({ prefixes });
  });

  test.each([
    ["DE", "30", "country code must be digits"],
    ["49", "030", "begins with a trunk prefix"],
    ["49", "Berlin", "area code must be digits"],
  ])("%j and %j are refused", (country, areas, message) => {
    expect(parseSplitPrefixes(country, areas)).toEqual({ fault: expect.stringContaining(message) });
  });

  test("a range holds its numbers and no other", () => {
    const bounds = fc
      .record({ first: fc.integer({ min: 100, max: 999_999 }), span: fc.nat(30_000) })
      .map(({ first, span }) => [first, first + span] as const)
      .filter(([first, last]) => String(first).length === String(last).length)
      .filter(([first, last]) => String(first).at(0) === String(last).at(0));
    fc.assert(
      fc.property(bounds, fc.integer({ min: 100, max: 999_999 }), ([first, last], number) => {
        const parsed = parsePrefixes(`${first}-${last}`);
        if ("fault" in parsed) throw new Error(parsed.fault);
        for (const each of [first, last, number]) {
          if (String(each).length !== String(first).length) continue;
          const inside = each >= first && each <= last;
          expect(parsed.prefixes.some((prefix) => String(each).startsWith(prefix))).toBe(inside);
        }
      }),
      { numRuns: 300 },
    );
  });

  test("whatever is written, there are prefixes of digits or a fault", () => {
    const unit = fc.constantFrom(..."0123456789+-,;/| .xE".split(""));
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit, maxLength: 30 }), fc.string({ maxLength: 30 })), (text) => {
        const parsed = parsePrefixes(text);
        if ("fault" in parsed) expect(parsed.fault).not.toBe("");
        else for (const prefix of parsed.prefixes) expect(prefix).toMatch(/^[1-9]\d{0,14}$/);
      }),
      { numRuns: 3_000 },
    );
  });
});

describe("prices", () => {
  test.each<[string, DecimalMark, number, string | null]>([
    ["0.2100", ".", 210_000, null],
    [".0085", ".", 8_500, null],
    ["$0.21", ".", 210_000, "USD"],
    ["US$ 0.21", ".", 210_000, "USD"],
    ["0.21 USD", ".", 210_000, "USD"],
    ["0.21/min", ".", 210_000, null],
    ["€ 0,21", ",", 210_000, "EUR"],
    ["0,21€", ",", 210_000, "EUR"],
    ["1.234,56", ",", 1_234_560_000, null],
    ["1,234.56", ".", 1_234_560_000, null],
    ["1 234,56", ",", 1_234_560_000, null],
    ["1'234.56", ".", 1_234_560_000, null],
    ["1.2E-03", ".", 1_200, null],
    ["0.0000001", ".", 1, null],
    ["0.0123456", ".", 12_346, null],
    ["3", ",", 3_000_000, null],
  ])("%j with the mark %s is %d micro-dollars", (text, mark, micros, currency) => {
    const parsed = parseAmount(text, mark);
    if (!("amount" in parsed)) throw new Error(JSON.stringify(parsed));
    expect([microsOfAmount(parsed.amount), parsed.currency]).toEqual([micros, currency]);
  });

  test.each([
    ["", "is no price"],
    ["free", "is no price"],
    ["-1", "below zero"],
    ["0,21", "with the decimal mark ."],
    ["1,23.4", "with the decimal mark ."],
    ["1.2.3", "with the decimal mark ."],
    ["¤ 0.21", "currency of"],
    ["$0.21 EUR", "names two currencies"],
    ["٠.٢", "is no price"],
  ])("%j is refused: %s", (text, message) => {
    expect(parseAmount(text, ".")).toEqual({ fault: expect.stringContaining(message) });
  });

  test.each(["N/A", "blocked", "Not available", "gesperrt", "Bloqueado"])(
    "%j: no calls are taken",
    (text) => {
      expect(parseAmount(text, ".")).toEqual({ blocked: true });
    },
  );

  test.each<[string, DecimalMark | null]>([
    ["0.21", "."],
    ["0,21", ","],
    ["0,123", ","],
    ["1,234", null],
    ["1.234,5", ","],
    ["3", null],
    ["$1,234.50", "."],
  ])("of %j the decimal mark is %j", (text, mark) => {
    expect(markOf(text)).toBe(mark);
  });

  test("any amount in any currency is exact, and rounded up", () => {
    const decimal = fc.record({ whole: fc.nat(9_999), fraction: fc.nat(99_999_999), places: fc.nat(8) });
    const written = ({ whole, fraction, places }: { whole: number; fraction: number; places: number }) =>
      places === 0 ? String(whole) : `${whole}.${String(fraction).padStart(8, "0").slice(0, places)}`;
    const scaled = (text: string): bigint => {
      const [whole = "", fraction = ""] = text.split(".");
      return BigInt(whole + fraction.padEnd(8, "0"));
    };
    fc.assert(
      fc.property(decimal, decimal, fc.boolean(), (price, rate, inCents) => {
        const [amount, worth] = [parseDecimal(written(price), "."), parseDecimal(written(rate), ".")];
        if (amount === null || worth === null) throw new Error("not read");
        const exact = scaled(written(price)) * scaled(written(rate)); // in 10^-16 dollars
        const divisor = 10n ** 10n * (inCents ? 100n : 1n);
        const micros = exact / divisor + (exact % divisor === 0n ? 0n : 1n);
        const got = microsOfAmount(amount, inCents ? hundredth(worth) : worth);
        expect(got === null ? null : BigInt(got)).toBe(micros < 10_000_000_000n ? micros : null);
      }),
      { numRuns: 2_000 },
    );
  });

  test("a decimal point and a decimal comma say the same", () => {
    fc.assert(
      fc.property(fc.nat(9_999_999), fc.nat(999_999), (whole, fraction) => {
        const digits = String(fraction).padStart(6, "0");
        expect(parseDecimal(`${whole.toLocaleString("en-US")}.${digits}`, ".")).toEqual(
          parseDecimal(`${whole.toLocaleString("de-DE")},${digits}`, ","),
        );
      }),
    );
  });
});

describe("dates", () => {
  test.each([
    ["2026-12-31", "2026-12-31T00:00:00.000Z"],
    ["2026-12-31 23:59:59", "2026-12-31T23:59:59.000Z"],
    ["2026-12-31T18:30Z", "2026-12-31T18:30:00.000Z"],
    ["2026/3/1", "2026-03-01T00:00:00.000Z"],
    ["20261231", "2026-12-31T00:00:00.000Z"],
    ["01.03.2026", "2026-03-01T00:00:00.000Z"],
    ["31/12/26", "2026-12-31T00:00:00.000Z"],
    ["12/31/2026", "2026-12-31T00:00:00.000Z"],
    ["5/5/2026", "2026-05-05T00:00:00.000Z"],
    ["31-Dec-26", "2026-12-31T00:00:00.000Z"],
    ["1 März 2026", "2026-03-01T00:00:00.000Z"],
    ["15 août 2026", "2026-08-15T00:00:00.000Z"],
    ["Dec 31, 2026", "2026-12-31T00:00:00.000Z"],
    ["46022", "2025-12-31T00:00:00.000Z"],
    ["12/31/2026 1:05 PM", "2026-12-31T13:05:00.000Z"],
  ])("%j is %s", (text, iso) => {
    const date = parseDeckDate(text, null);
    if (!("ms" in date)) throw new Error(JSON.stringify(date));
    expect(new Date(date.ms).toISOString()).toBe(iso);
  });

  test("between slashes the order decides, and without one nothing does", () => {
    expect(parseDeckDate("01/12/2026", null)).toEqual({ ambiguous: true });
    expect(parseDeckDate("01/12/2026", "dmy")).toEqual({ ms: Date.UTC(2026, 11, 1) });
    expect(parseDeckDate("01/12/2026", "mdy")).toEqual({ ms: Date.UTC(2026, 0, 12) });
    expect([orderOf("13/12/2026"), orderOf("12/13/2026"), orderOf("12/12/2026")]).toEqual([
      "dmy",
      "mdy",
      null,
    ]);
  });

  test.each(["31.02.2026", "2026-13-01", "2026-12-31 25:00", "soon", "99/99/2026"])(
    "%j is no date",
    (text) => {
      expect(parseDeckDate(text, "dmy")).toEqual({ fault: expect.stringMatching(/is no/) });
    },
  );

  test("every day comes back in every form", () => {
    fc.assert(
      fc.property(fc.integer({ min: 10_000, max: 47_481 }), (day) => {
        const ms = day * 86_400_000;
        const [year = "", month = "", date = ""] = new Date(ms).toISOString().slice(0, 10).split("-");
        const forms = [`${year}-${month}-${date}`, `${date}.${month}.${year}`, `${year}${month}${date}`];
        for (const text of forms.filter((form) => Number(year) >= 2000 || form.includes("-"))) {
          expect(parseDeckDate(text, null)).toEqual({ ms });
        }
        expect(parseDeckDate(`${date}/${month}/${year}`, "dmy")).toEqual({ ms });
        expect(parseDeckDate(`${month}/${date}/${year}`, "mdy")).toEqual({ ms });
      }),
    );
  });
});

test.each([
  ["60/60", 60, 60],
  ["30/6", 30, 6],
  ["1+1", 1, 1],
  ["60 / 1", 60, 1],
  ["60", 60, 60],
  ["6s", 6, 6],
  ["30 sec / 6 sec", 30, 6],
])("increments %j", (text, minimumSeconds, incrementSeconds) => {
  expect(parseIncrements(text)).toEqual({ minimumSeconds, incrementSeconds });
});

test.each(["", "0/0", "60/0", "often", "1/2/3", "99999/1"])("%j are no increments", (text) => {
  expect(parseIncrements(text)).toEqual({ fault: expect.stringContaining("write them as 60/60") });
});

test.each([
  [["Destination", "Dial Code", "Rate"], { prefix: [1], destination: [0], rate: [2] }],
  [["Land", "Ziel", "Vorwahl", "Preis pro Minute"], { prefix: [2], destination: [1], rate: [3] }],
  [
    ["Préfixe", "Tarif HT", "Palier", "Date d'effet"],
    { prefix: [0], rate: [1], billing: [2], effective: [3] },
  ],
  [["Código", "Precio por minuto", "Fecha de vigencia"], { prefix: [0], rate: [1], effective: [2] }],
  [["Prefixo", "Preço (USD/min)", "Situação"], { prefix: [0], rate: [1], status: [2] }],
  [["Prefix", "Current Rate", "New Rate"], { prefix: [0], rate: [1, 2] }],
  [["Code", "Peak", "Off-Peak", "Setup fee (USD)"], { prefix: [0], rate: [1, 2], "connection-fee": [3] }],
  [["prefix", "usd_per_minute"], { prefix: [0], rate: [1] }],
])("the headings %j", (headings, columns) => {
  expect(columnsOf(headings)).toEqual(columns);
});

test("a heading tells its currency and its unit", () => {
  expect(currencyOfHeading("Rate (EUR)")).toBe("EUR");
  expect(currencyOfHeading("Preis €/min")).toBe("EUR");
  expect(currencyOfHeading("Rate")).toBeNull();
  expect([isInCents("Rate (US cents)"), isInCents("Price in pence"), isInCents("Rate")]).toEqual([
    true,
    true,
    false,
  ]);
});

test("of the rows of a prefix the one in force is that which began last and has not ended", () => {
  const rows = [
    { prefix: "1", name: "always" },
    { prefix: "1", name: "began", fromMs: 10, untilMs: 30 },
    { prefix: "1", name: "later", fromMs: 50 },
    { prefix: "2", name: "over", untilMs: 20 },
  ];
  const at = (ms: number) => [...rowsInForce(rows, ms)].map(({ name }) => name);
  expect([5, 10, 29, 30, 50].map(at)).toEqual([
    ["always", "over"],
    ["began", "over"],
    ["began"],
    ["always"],
    ["later"],
  ]);
  expect([5, 10, 20, 30, 50].map((ms) => nextChangeMs(rows, ms))).toEqual([10, 20, 30, 50, null]);
});
