import { sourceOf } from "../../../src/domain/address.js";
import { GUESSES, Guesses } from "../../../src/domain/portal/guesses.js";

const NOW = Date.UTC(2026, 10, 28);
const source = (last: number) => sourceOf(`203.0.113.${last}`)!;
const MINUTE = 60_000;

test("a source has five tries in a quarter of an hour, whatever extension it names", () => {
  const guesses = new Guesses();
  for (let n = 0; n < 5; n++) {
    expect(guesses.waitMs(source(1), `10${n}`, false, NOW + n)).toBe(0);
    guesses.count(source(1), `10${n}`, false, NOW + n);
  }
  expect(guesses.waitMs(source(1), "109", false, NOW + 5)).toBe(15 * MINUTE - 5);
  expect(guesses.waitMs(source(2), "100", false, NOW + 5)).toBe(0);
  expect(guesses.waitMs(source(1), "109", false, NOW + 15 * MINUTE)).toBe(0);
});

test("and twenty in a day", () => {
  const guesses = new Guesses();
  for (let n = 0; n < 20; n++) guesses.count(source(1), "104", true, NOW + n * 16 * MINUTE);
  expect(guesses.waitMs(source(1), "104", true, NOW + 20 * 16 * MINUTE)).toBeGreaterThan(10 * 3_600_000);
});

test("what was right does not count", () => {
  const guesses = new Guesses();
  for (let n = 0; n < 50; n++) {
    guesses.count(source(1), "104", false, NOW + n);
    guesses.right(source(1), "104", false);
  }
  expect(guesses.waitMs(source(1), "104", false, NOW + 50)).toBe(0);
});

test("guessing from many sources shuts an extension to strangers, and not to where it works", () => {
  const guesses = new Guesses();
  for (let n = 0; n < GUESSES.extension.failures; n++) guesses.count(source(n), "104", false, NOW + n);
  expect(guesses.waitMs(source(200), "104", false, NOW + 100)).toBeGreaterThan(0);
  expect(guesses.waitMs(source(200), "104", true, NOW + 100)).toBe(0);
  expect(guesses.waitMs(source(200), "105", false, NOW + 100)).toBe(0);
});

test("wrong PINs from where the extension works shut out nobody else, and right ones there forgive nobody else", () => {
  const guesses = new Guesses();
  for (let n = 0; n < GUESSES.extension.failures; n++) guesses.count(source(n), "104", true, NOW + n);
  expect(guesses.waitMs(source(200), "104", false, NOW + 100)).toBe(0);
  for (let n = 0; n < GUESSES.extension.failures; n++) guesses.count(source(n), "104", false, NOW + 100);
  for (let n = 0; n < 5; n++) {
    guesses.count(source(201), "104", true, NOW + 100);
    guesses.right(source(201), "104", true);
  }
  expect(guesses.waitMs(source(200), "104", false, NOW + 200)).toBeGreaterThan(0);
});

test("many strangers who are right do not shut the others out", () => {
  const guesses = new Guesses();
  for (let n = 0; n < GUESSES.all.failures; n++) {
    const who = sourceOf(`10.0.${n >> 8}.${n & 255}`)!;
    guesses.count(who, `${n}`, false, NOW);
    guesses.right(who, `${n}`, false);
  }
  expect(guesses.waitMs(source(1), "104", false, NOW + 1)).toBe(0);
});

test("and many extensions from many sources shut it to all strangers", () => {
  const guesses = new Guesses();
  for (let n = 0; n < GUESSES.all.failures; n++)
    guesses.count(sourceOf(`10.0.${n >> 8}.${n & 255}`)!, `${n}`, false, NOW);
  expect(guesses.waitMs(source(1), "104", false, NOW + 1)).toBeGreaterThan(0);
  expect(guesses.waitMs(source(1), "104", true, NOW + 1)).toBe(0);
  expect(guesses.waitMs(source(1), "104", false, NOW + GUESSES.all.windowMs)).toBe(0);
});

test("a spray of sources takes no more memory than there is room for, and the newest count", () => {
  const guesses = new Guesses();
  for (let n = 0; n < 30_000; n++)
    guesses.count(sourceOf(`10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`)!, "104", true, NOW);
  for (let n = 0; n < 5; n++) guesses.count(source(1), "104", true, NOW);
  expect(guesses.waitMs(source(1), "104", true, NOW)).toBeGreaterThan(0);
});
