import type { AreaCode, NumberType } from "../policy.js";
import { firstMinuteMicros } from "./cost.js";
import { type Deck, prefixAt, tariffAt } from "./deck.js";
import { placeOfPrefix } from "./prefix-place.js";

/** Micro-dollars per minute over the prefixes of a deck that lie in one place. */
export interface PriceSpread {
  readonly cheapestMicros: number;
  /** Half of the prefixes cost as much or less. */
  readonly typicalMicros: number;
  readonly dearestMicros: number;
  readonly prefixes: number;
}

export interface AreaPrices extends PriceSpread {
  readonly types: ReadonlyMap<NumberType, PriceSpread>;
}

/** What a deck asks for each area, told by where its prefixes lie. To be run to its end, with pauses: a million rows take about a
 *  second, and each step some milliseconds. */
export function* pricesByArea(deck: Deck): Generator<void, ReadonlyMap<AreaCode, AreaPrices>> {
  const counts = new Map<AreaCode, Map<NumberType, Map<number, number>>>();
  const places = new Map<string, ReturnType<typeof placeOfPrefix>>();
  for (let row = 0; row < deck.rows; row++) {
    if (row % ROWS_A_STEP === ROWS_A_STEP - 1) yield;
    const prefix = prefixAt(deck, row);
    const tariff = tariffAt(deck, row);
    if (prefix === null || tariff === null) continue;
    const start = prefix.slice(0, TELLING_DIGITS);
    let place = places.get(start);
    if (place === undefined) places.set(start, (place = placeOfPrefix(start)));
    if (place === null || place.area === null) continue;
    const types = getOr(counts, place.area, () => new Map<NumberType, Map<number, number>>());
    const prices = getOr(types, place.numberType, () => new Map<number, number>());
    prices.set(tariff.microsPerMinute, (prices.get(tariff.microsPerMinute) ?? 0) + 1);
  }
  return new Map(
    [...counts].map(([area, types]) => {
      const all = new Map<number, number>();
      for (const prices of types.values()) {
        for (const [price, count] of prices) all.set(price, (all.get(price) ?? 0) + count);
      }
      const spreads = [...types].map(([type, prices]): [NumberType, PriceSpread] => [type, spreadOf(prices)]);
      return [area, { ...spreadOf(all), types: new Map(spreads) }];
    }),
  );
}

export interface PriceBar {
  /** Prices from `fromMicros`, and below `toMicros`; null: all above. */
  readonly fromMicros: number;
  readonly toMicros: number | null;
  readonly prefixes: number;
}

export interface PriceHistogram {
  readonly bars: readonly PriceBar[];
  readonly priced: number;
  /** That the carrier takes no calls for. */
  readonly blocked: number;
  /** Above the cap; 0 where there is none. */
  readonly dearerThanCap: number;
}

/** How many prefixes of a deck cost how much in their first minute, in bars that widen with the price, and how many of them
 *  a cap (null: none) cuts off. */
export function priceHistogram(
  deck: Deck,
  {
    capMicrosPerMinute,
    feeInFirstMinute,
  }: {
    readonly capMicrosPerMinute: number | null;
    readonly feeInFirstMinute: boolean;
  },
): PriceHistogram {
  const bars = EDGES.map((fromMicros, index) => ({
    fromMicros,
    toMicros: EDGES[index + 1] ?? null,
    prefixes: 0,
  }));
  let [priced, blocked, dearerThanCap] = [0, 0, 0];
  for (const [row, count] of rowsByTariff(deck)) {
    const tariff = tariffAt(deck, row);
    if (tariff === null) {
      blocked += count;
      continue;
    }
    const micros = firstMinuteMicros(tariff, feeInFirstMinute);
    priced += count;
    if (capMicrosPerMinute !== null && micros > capMicrosPerMinute) dearerThanCap += count;
    const bar = bars.findLast(({ fromMicros }) => micros >= fromMicros);
    if (bar !== undefined) bar.prefixes += count;
  }
  return { bars, priced, blocked, dearerThanCap };
}

/** Micro-dollars. */
const EDGES = [
  0, 5_000, 10_000, 20_000, 35_000, 50_000, 75_000, 100_000, 150_000, 200_000, 250_000, 350_000, 500_000,
  750_000, 1_000_000, 2_000_000, 5_000_000,
];

/** Beyond that many digits the type of a number is settled nearly everywhere, and far fewer prefixes are looked at. */
const TELLING_DIGITS = 7;
const ROWS_A_STEP = 500;

/** One row of each tariff, and how many rows have it. */
function rowsByTariff(deck: Deck): ReadonlyMap<number, number> {
  const known = tariffCounts.get(deck);
  if (known !== undefined) return known;
  const counts = new Map<number, { row: number; count: number }>();
  for (let row = 0; row < deck.rows; row++) {
    const tariff = deck.tariffOf[row] ?? 0;
    const found = counts.get(tariff);
    if (found === undefined) counts.set(tariff, { row, count: 1 });
    else found.count++;
  }
  const rows = new Map([...counts.values()].map(({ row, count }) => [row, count]));
  tariffCounts.set(deck, rows);
  return rows;
}

const tariffCounts = new WeakMap<Deck, ReadonlyMap<number, number>>();

function spreadOf(counts: ReadonlyMap<number, number>): PriceSpread {
  const sorted = [...counts].sort(([a], [b]) => a - b);
  const prefixes = sorted.reduce((sum, [, count]) => sum + count, 0);
  let left = Math.ceil(prefixes / 2);
  const middle = sorted.find(([, count]) => (left -= count) <= 0);
  return {
    cheapestMicros: sorted[0]?.[0] ?? 0,
    typicalMicros: middle?.[0] ?? 0,
    dearestMicros: sorted.at(-1)?.[0] ?? 0,
    prefixes,
  };
}

function getOr<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}
