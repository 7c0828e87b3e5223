import { buildDeck, type RateRow } from "../../../src/domain/calling/deck.js";
import { priceHistogram, pricesByArea } from "../../../src/domain/calling/deck-prices.js";
import { searchDeck } from "../../../src/domain/calling/deck-search.js";

function row(prefix: string, microsPerMinute: number | null, destination = prefix): RateRow {
  return { prefix, destination, microsPerMinute };
}

function ended<T>(work: Generator<void, T>): T {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

test("the price of an area is told over its prefixes, by type", () => {
  const deck = buildDeck("d", [
    row("44", 10_000),
    row("4420", 20_000),
    row("447", 50_000),
    row("4474", 70_000),
    row("4475", 70_000),
    row("4470", null),
    row("999", 1),
  ]);
  const prices = ended(pricesByArea(deck));
  expect([...prices.keys()]).toEqual(["GB"]);
  expect(prices.get("GB")).toMatchObject({
    ...{ cheapestMicros: 10_000, typicalMicros: 50_000, dearestMicros: 70_000, prefixes: 5 },
  });
  expect(prices.get("GB")?.types.get("mobile")).toMatchObject({
    typicalMicros: 70_000,
    dearestMicros: 70_000,
  });
});

test("a prefix whose numbers all have a longer one prices no call, and is passed over", () => {
  const tens = Array.from({ length: 10 }, (_, digit) => row(`7${digit}`, 20_000));
  const deck = buildDeck("d", [row("7", 900_000), ...tens]);
  expect(searchDeck(deck, "", null, 100).rates.map(({ prefix }) => prefix)).toEqual(
    tens.map((each) => each.prefix),
  );
  expect(ended(pricesByArea(deck)).get("RU")?.dearestMicros).toBe(20_000);
});

test("a shorter prefix is found beside the longer ones that begin where it does", () => {
  const deck = buildDeck("d", [row("49", 1), row("490", 2), row("4900", 3), row("4999", 4)]);
  expect(searchDeck(deck, "49", null, 10).rates.map(({ prefix }) => prefix)).toEqual([
    "49",
    "490",
    "4900",
    "4999",
  ]);
  expect(searchDeck(deck, "490", null, 10).rates.map(({ prefix }) => prefix)).toEqual(["490", "4900"]);
});

test("the histogram counts each price once, the fee where the cap counts it", () => {
  const fee = { connectionMicros: 100_000, minimumSeconds: 60, incrementSeconds: 60 };
  const deck = buildDeck("d", [row("1", 10_000), { ...row("44", 240_000), terms: fee }, row("53", null)]);
  const of = (feeInFirstMinute: boolean, capMicrosPerMinute: number | null) =>
    priceHistogram(deck, { feeInFirstMinute, capMicrosPerMinute });
  expect(of(true, 250_000)).toMatchObject({ priced: 2, blocked: 1, dearerThanCap: 1 });
  expect(of(false, 250_000)).toMatchObject({ dearerThanCap: 0 });
  expect(of(true, null)).toMatchObject({ dearerThanCap: 0 });
  const bars = of(true, 250_000).bars.filter(({ prefixes }) => prefixes > 0);
  expect(bars).toEqual([
    { fromMicros: 10_000, toMicros: 20_000, prefixes: 1 },
    { fromMicros: 250_000, toMicros: 350_000, prefixes: 1 },
  ]);
});

test("an empty deck has nothing", () => {
  const deck = buildDeck("d", []);
  expect(searchDeck(deck, "x", null, 10)).toEqual({ rates: [], next: null });
  expect(ended(pricesByArea(deck)).size).toBe(0);
});
