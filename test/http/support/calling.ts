import { buildDeck } from "../../../src/domain/calling/deck.js";
import { pricesByArea } from "../../../src/domain/calling/deck-prices.js";
import type { Policy } from "../../../src/domain/policy.js";
import { effectOfChanges } from "../../../src/guard/area-effect.js";
import { CallJudge } from "../../../src/guard/calling.js";
import { Extensions } from "../../../src/guard/extensions.js";
import type { PlacedCall, Trunk } from "../../../src/guard/ports.js";
import { Prices } from "../../../src/guard/prices.js";
import { loadRules, type Rules } from "../../../src/guard/rules.js";
import { tryNumber } from "../../../src/guard/try-number.js";
import type { Services } from "../../../src/http/services.js";
import type { FakeServices } from "./services.js";

type Calling = Pick<Services, "extensions" | "prices" | "tryNumber" | "areaEffect"> & {
  readonly changeAreas: Rules["changeAreas"];
};

export const ENDPOINTS = ["104", "100", "9", "carrier", "a<b>"];

const ROWS: readonly [prefix: string, destination: string, micros: number | null][] = [
  ["1", "USA", 10_000],
  ["1876", "Jamaica", 210_000],
  ["1876555", "Jamaica mobile", 310_000],
  ["44", "United Kingdom", 20_000],
  ["447", "UK mobile", 40_000],
  ["4470", "UK personal", 900_000],
  ["53", "Cuba", null],
];

/** The guards behind the pages about calls, on a policy in memory. */
export function callingServices(fake: FakeServices, start: Policy, calls: readonly PlacedCall[]): Calling {
  let policy = start;
  const rules = loadRules({
    store: {
      load: () => policy,
      save: (next) => (policy = { ...next, version: policy.version + 1 }),
    },
    clock: fake.clock,
    log: { error: () => undefined, warn: () => undefined, info: () => undefined, debug: () => undefined },
    tell: () => undefined,
    onPolicy: [(next) => judge.usePolicy(next)],
  });
  const judge = new CallJudge(policy);
  const rows = ROWS.map(([prefix, destination, microsPerMinute]) => ({
    prefix,
    destination,
    microsPerMinute,
  }));
  const deck = buildDeck("default", rows);
  judge.useDecks([deck]);
  const prices = new Prices(judge, () => rules.policy());
  const work = pricesByArea(deck);
  for (let step = work.next(); ; step = work.next()) {
    if (step.done !== true) continue;
    prices.use("default", step.value);
    break;
  }
  const trunks: readonly Trunk[] = [{ endpoint: "carrier", targets: [] }];
  return {
    changeAreas: (...wish) => rules.changeAreas(...wish),
    prices,
    extensions: new Extensions({
      facts: () => ({
        version: "22.10.1",
        endpoints: ENDPOINTS,
        accounts: [],
        trunks,
        rewriting: [],
        dangers: [],
      }),
      trunks: () => trunks,
      registered: () => (fake.fault === null ? Promise.resolve(fake.registered) : Promise.reject(fake.fault)),
      refusedLately: (account) => [
        { account, address: "203.0.113.9", atMs: fake.nowMs, count: 2, userAgent: null, like: "untold" },
      ],
      rules,
      allowLists: fake.allowLists,
      known: { ofAccount: () => [] },
      blocksOf: (of) => fake.blocked.filter(({ account }) => account === of),
      lockOf: (of) => fake.locked.find(({ account }) => account === of) ?? null,
      faultOf: (account) => fake.notInForce[account] ?? null,
      spend: (extension) => fake.spend.spend(extension),
      clock: fake.clock,
      log: fake.guardLog,
    }),
    tryNumber: (request) =>
      tryNumber(request, { rules, judge, spend: (extension) => fake.spend.spend(extension) }),
    areaEffect: (changes, extension) =>
      effectOfChanges(changes, extension, {
        ...{ rules, clock: fake.clock },
        calls: { placed: ({ before, limit }) => calls.slice(before?.id ?? 0).slice(0, limit) },
        judgeBy: (by, request) => judge.judgeBy(by, request),
        breathe: () => Promise.resolve(),
      }),
  };
}
