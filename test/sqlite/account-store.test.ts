import { accountStore } from "../../src/sqlite/account-store.js";
import { clearTemp, tempDatabase } from "./support/temp.js";

afterEach(clearTemp);

test("keeps when each account was first and last listed", () => {
  const store = accountStore(tempDatabase());
  expect(store.load()).toEqual([]);
  store.saw(["104", "198"], 1_000);
  store.saw(["104", "o'hara\"; --"], 2_000);
  expect(store.load()).toEqual([
    { name: "104", firstAtMs: 1_000, lastAtMs: 2_000 },
    { name: "198", firstAtMs: 1_000, lastAtMs: 1_000 },
    { name: "o'hara\"; --", firstAtMs: 2_000, lastAtMs: 2_000 },
  ]);
});

test("a clock set back makes nobody older", () => {
  const store = accountStore(tempDatabase());
  store.saw(["104"], 2_000);
  store.saw(["104"], 1_000);
  expect(store.load()).toEqual([{ name: "104", firstAtMs: 2_000, lastAtMs: 2_000 }]);
});

test("forgets those longest gone first", () => {
  const store = accountStore(tempDatabase(), 3);
  store.saw(["a", "b"], 1_000);
  store.saw(["b", "c", "d"], 2_000);
  expect(store.load().map(({ name }) => name)).toEqual(["b", "c", "d"]);
});
