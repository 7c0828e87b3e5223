import { BENCHMARKS } from "../../bench/registry.js";
import { isMet, type Figure } from "../../bench/benchmark.js";
import { spreadOf } from "../../bench/measure.js";
import { jsonOf, textOf } from "../../bench/report.js";

const options = { size: "tiny", withFail2ban: false, say: () => undefined } as const;

// Those that need a lab are left to whoever runs them.
test.each(["stream", "log"])(
  "%s does everything once on a tiny input, and says what it measured",
  async (name) => {
    const benchmark = BENCHMARKS.find((each) => each.name === name);
    if (benchmark === undefined) throw new Error(`no benchmark ${name}`);
    const figures = await benchmark.run(options);
    expect(figures.length).toBeGreaterThan(0);
    for (const { spread } of figures) expect(spread.median).toBeGreaterThan(0);
    for (const { what } of figures) expect(textOf(benchmark, figures)).toContain(what);
  },
  120_000,
);

test("each benchmark has a name of its own", () => {
  expect(new Set(BENCHMARKS.map(({ name }) => name)).size).toBe(BENCHMARKS.length);
});

test.each([
  [[5], { count: 1, min: 5, median: 5, p99: 5, max: 5 }],
  [[3, 1, 2], { count: 3, min: 1, median: 2, p99: 3, max: 3 }],
  [[4, 1, 2, 3], { count: 4, min: 1, median: 2.5, p99: 4, max: 4 }],
  [
    Array.from({ length: 200 }, (_, index) => index + 1),
    { count: 200, min: 1, median: 100.5, p99: 198, max: 200 },
  ],
])("the spread of %j", (values, spread) => {
  expect(spreadOf(values)).toEqual(spread);
});

test("nothing measured is no figure", () => {
  expect(() => spreadOf([])).toThrow(/nothing was measured/);
});

test.each([
  ["at least, reached", { of: "median", at: "least", value: 2 }, true],
  ["at least, missed", { of: "median", at: "least", value: 3 }, false],
  ["at most, reached", { of: "median", at: "most", value: 2 }, true],
  ["at most at p99, missed", { of: "p99", at: "most", value: 2 }, false],
  ["no goal", null, null],
] as const)("%s", (_, goal, met) => {
  const figure: Figure = { what: "speed", unit: "m/s", spread: spreadOf([1, 2, 3]), goal };
  expect(isMet(figure)).toBe(met);
  const machine = { cpu: "c", cores: 1, memoryGb: 1, kernel: "k", node: "v", load: 0 };
  const json: unknown = JSON.parse(jsonOf(machine, [{ name: "x", figures: [figure] }]));
  expect(json).toMatchObject({ machine, benchmarks: [{ name: "x", figures: [{ what: "speed", met }] }] });
});
