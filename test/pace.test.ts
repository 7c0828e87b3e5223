import { performance } from "node:perf_hooks";
import { callCount, Pace } from "../src/pace.js";

/** Keeps the processor at it for longer than is taken for one piece of work. */
function work(): void {
  const end = performance.now() + 4;
  while (performance.now() < end);
}

test("it rests after each piece of work while calls come, and not while none do", () => {
  const calls = callCount();
  const pace = new Pace(calls);
  for (let n = 0; n < 5; n++) {
    work();
    pace.breathe();
  }
  expect(pace.rests).toBe(0);
  for (let n = 0; n < 5; n++) {
    Atomics.add(calls, 0, 1);
    work();
    pace.breathe();
  }
  expect(pace.rests).toBe(5);
});

test("rows come through as they are, each once", () => {
  const calls = callCount();
  const pace = new Pace(calls);
  const rows = Array.from({ length: 3_000 }, (_, n) => n);
  const through: number[] = [];
  for (const row of pace.paced(rows)) {
    if (row % 1_000 === 0) {
      Atomics.add(calls, 0, 1);
      work();
    }
    through.push(row);
  }
  expect(through).toEqual(rows);
  expect(pace.rests).toBeGreaterThan(0);
});
