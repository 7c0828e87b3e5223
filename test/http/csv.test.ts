import fc from "fast-check";
import { parse } from "csv-parse/sync";
import { csvRow } from "../../src/http/csv.js";

/** What spreadsheets show, or run, of a row: the cells as a reader of CSV finds them. */
const read = (row: string): string[][] => parse(row, { relax_column_count: true });

test.each([
  ["=1+1", "'=1+1"],
  ["=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"],
  ["+18765550123", "'+18765550123"],
  ["-2+3", "'-2+3"],
  ["@SUM(1)", "'@SUM(1)"],
  ["|calc", "'|calc"],
  ["  =1+1", "'  =1+1"],
  ["\u00a0=1+1", "'\u00a0=1+1"],
  ["＝1+1", "'＝1+1"],
  ["＋1", "'＋1"],
  ["－1", "'－1"],
  ["＠x", "'＠x"],
  ["\t=1", "'\\x09=1"],
  ["\r\n=1", "'\\x0d\\x0a=1"],
  ["'=1", "''=1"],
  ['"=1', '"=1'],
  ['a","=1+1', 'a","=1+1'],
  ["a;=1+1", "a;=1+1"],
  ["a\n=1+1", "a\\x0a=1+1"],
  ["nul\u0000", "nul\\x00"],
  ["\u001b[2J", "\\x1b[2J"],
  ["<script>", "<script>"],
  ["100", "100"],
])("%j is the one cell %j", (cell, shown) => {
  expect(read(csvRow([cell, "next"]))).toEqual([[shown, "next"]]);
});

test("whatever somebody writes is one cell of one line, that no spreadsheet runs, and can be had back", () => {
  const starts = fc.constantFrom(
    "=",
    "+",
    "-",
    "@",
    "|",
    "＝",
    "＠",
    "\t",
    "\r",
    "\n",
    " ",
    "'",
    '"',
    ",",
    ";",
  );
  const text = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc
      .tuple(fc.array(starts, { maxLength: 4 }), fc.string({ unit: "binary" }))
      .map(([a, b]) => a.join("") + b),
  );
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 5 }), (cells) => {
      const row = csvRow(cells);
      expect(row.endsWith("\r\n")).toBe(true);
      expect(row.slice(0, -2)).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
      const found = read(row)[0] ?? [];
      expect(found).toHaveLength(cells.length);
      found.forEach((cell, at) => {
        expect(cell).not.toMatch(/^\s*[=+\-@＝＋－＠|]/u);
        // One apostrophe more, and control characters spelt out: nothing else is changed.
        const plain = (cells[at] ?? "").replaceAll(
          /[\p{Cc}\u2028\u2029]/gu,
          (control) => `\\x${control.charCodeAt(0).toString(16).padStart(2, "0")}`,
        );
        expect([plain, `'${plain}`]).toContain(cell);
      });
    }),
    { numRuns: 500 },
  );
});

test("numbers stay numbers, and nothing is an empty cell", () => {
  expect(csvRow([-1, 0.5, null, ""])).toBe("-1,0.5,,\r\n");
});
