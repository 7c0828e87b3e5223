import fc from "fast-check";
import { TextTable } from "../../src/domain/text-table.js";

test("finds what a map would find, whatever comes and goes", () => {
  let looked = 0;
  // Few texts and a small table: probes run into one another, and around its end.
  const aText = fc.nat({ max: 300 }).map((host) => `203.0.113.${host}`);
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), aText), { maxLength: 600, size: "max" }), (steps) => {
      const texts: string[] = [];
      const table = new TextTable((number) => texts[number] ?? "");
      const model = new Map<string, number>();
      for (const [isAdded, text] of steps) {
        if (!isAdded) {
          table.delete(text);
          model.delete(text);
        } else if (!model.has(text)) {
          model.set(text, texts.push(text) - 1);
          table.add(texts.length - 1);
        }
        looked++;
        expect(table.find(text)).toBe(model.get(text) ?? -1);
      }
      expect(table.size).toBe(model.size);
      for (let host = 0; host <= 300; host++) {
        const text = `203.0.113.${host}`;
        expect(table.find(text)).toBe(model.get(text) ?? -1);
      }
    }),
  );
  console.log(`${looked} steps`);
  expect(looked).toBeGreaterThan(1_000);
});

test("holds a hundred thousand, half of them gone again", () => {
  const texts = Array.from(
    { length: 100_000 },
    (_, host) => `10.${host >> 16}.${(host >> 8) & 255}.${host & 255}`,
  );
  const table = new TextTable((number) => texts[number] ?? "");
  for (let number = 0; number < texts.length; number++) table.add(number);
  for (let number = 0; number < texts.length; number += 2) table.delete(texts[number] ?? "");
  expect(table.size).toBe(50_000);
  const wrong = texts.filter((text, number) => table.find(text) !== (number % 2 === 0 ? -1 : number));
  expect(wrong).toEqual([]);
});

test("a number takes the place of another with the same text", () => {
  const texts = ["203.0.113.1", "203.0.113.1", "203.0.113.2"];
  const table = new TextTable((number) => texts[number] ?? "");
  table.add(0);
  table.replace(1);
  expect([table.find("203.0.113.1"), table.size]).toEqual([1, 1]);
  expect(() => table.replace(2)).toThrow("203.0.113.2 is not there");
  expect(table.find("203.0.113.2")).toBe(-1);
});
