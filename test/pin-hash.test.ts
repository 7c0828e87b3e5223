import { pinHash } from "../src/pin-hash.js";

test("a PIN matches its own hash alone, and nobody's matches nothing", async () => {
  const hash = pinHash();
  const stored = await hash.hash("482913");
  expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(stored).not.toBe(await hash.hash("482913"));
  expect(await hash.matches(stored, "482913")).toBe(true);
  expect(await hash.matches(stored, "482914")).toBe(false);
  expect(await hash.matches(stored, "")).toBe(false);
  expect(await hash.matches(null, "482913")).toBe(false);
  expect(await hash.matches(null, "0000000000000")).toBe(false);
});

test("of a crowd that asks at once, some are told to come again", async () => {
  const hash = pinHash();
  const stored = await hash.hash("482913");
  const answers = await Promise.all(Array.from({ length: 30 }, () => hash.matches(stored, "482913")));
  expect(answers.filter((answer) => answer === true).length).toBeGreaterThanOrEqual(8);
  expect(answers.filter((answer) => answer === null).length).toBeGreaterThanOrEqual(20);
  expect(await hash.matches(stored, "482913")).toBe(true);
});
