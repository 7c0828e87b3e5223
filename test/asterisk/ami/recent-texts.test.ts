import fc from "fast-check";
import { RecentTexts } from "../../../src/asterisk/ami/recent-texts.js";

const texts = new RecentTexts();

function of(text: string): string {
  const around = Buffer.from(`<${text}>`, "latin1");
  return texts.of(around, 1, around.length - 1);
}

test("gives every text as it stands, whatever was met before", () => {
  let checked = 0;
  const ascii = fc.string({ unit: "binary-ascii", maxLength: 40 });
  fc.assert(
    fc.property(fc.array(ascii, { maxLength: 50 }), (many) => {
      for (const text of [...many, ...many]) {
        expect(of(text)).toBe(text);
        checked++;
      }
    }),
    { numRuns: 500 },
  );
  expect(checked).toBeGreaterThan(1_000);
});

test("tells texts apart that share their place", () => {
  for (let number = 0; number < 20_000; number++) expect(of(`${number}`)).toBe(`${number}`);
  for (let number = 0; number < 20_000; number++) expect(of(`${number}`)).toBe(`${number}`);
});
