import { DEFAULT_INTRUSION } from "../../../src/domain/intrusion/settings.js";
import { script, source, T0 } from "./script.js";
import { World } from "./world.js";

/** Challenges to one account in one session at these times, and then silence: how many count. */
function counted(timesMs: readonly number[], over: Parameters<typeof script>[1] = {}): number {
  const events = timesMs.flatMap((ms) => script("C(100)", { ...over, atMs: T0 + ms }));
  const world = new World();
  world.see(events).tick(T0 + 10 * 60_000);
  return unanswered(world);
}

function unanswered(world: World): number {
  return world.judge.strikesOf(source("203.0.113.12"), T0 + 10 * 60_000, DEFAULT_INTRUSION).unanswered;
}

const TIMER_E = [0, 500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500];

test.each<[string, number[], number]>([
  ["a request that hears no answer", TIMER_E, 1],
  ["with delays of the network", [0, 620, 1_580, 3_710, 7_480, 11_900], 1],
  ["with one of them lost", [0, 1_500, 3_500, 7_500], 1],
  ["two such requests, a minute apart", [...TIMER_E, ...TIMER_E.map((ms) => ms + 60_000)], 2],
  ["a burst", [0, 10, 20, 30, 40], 5],
  ["a steady pace of a second saves one", Array.from({ length: 10 }, (_, n) => n * 1_000), 9],
  ["a steady pace of four seconds saves none", Array.from({ length: 5 }, (_, n) => n * 4_000), 5],
])("%s", (_, timesMs, count) => {
  expect(counted(timesMs)).toBe(count);
});

test("over TCP nothing is sent again", () => {
  expect(counted(TIMER_E, { transport: "tcp" })).toBe(TIMER_E.length);
});

test("challenges to different accounts are different requests", () => {
  const world = new World();
  world.see(TIMER_E.flatMap((ms, n) => script(`C(10${n % 5})`, { atMs: T0 + ms }))).tick(T0 + 10 * 60_000);
  expect(unanswered(world)).toBe(TIMER_E.length);
  expect(TIMER_E.length).toBeLessThan(DEFAULT_INTRUSION.unansweredChallenges);
});
