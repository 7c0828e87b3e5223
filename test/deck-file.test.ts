import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readDeckFile } from "../src/deck-file.js";

const NOW = Date.UTC(2026, 0, 31, 12);
let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "ringfence-deck-"))));
afterEach(() => rmSync(folder, { recursive: true }));

function read(content: string | Buffer) {
  const file = join(folder, "deck.csv");
  writeFileSync(file, content);
  return readDeckFile(file, {}, NOW);
}

const HEADER = "prefix,destination,usd_per_minute\n";
const jamaica = { prefix: "1876", destination: "Jamaica, mobile", microsPerMinute: 210_000 };

test.each<[string, string | Buffer]>([
  ["plain", `${HEADER}1876,"Jamaica, mobile",0.2100\n`],
  ["without a last line end", `${HEADER}1876,"Jamaica, mobile",0.2100`],
  ["with CRLF", `${HEADER}1876,"Jamaica, mobile",0.2100\n`.replaceAll("\n", "\r\n")],
  ["with a byte-order mark", `\ufeff${HEADER}1876,"Jamaica, mobile",0.21\n`],
  ["in UTF-16", Buffer.from(`\ufeff${HEADER}1876,"Jamaica, mobile",0.21\n`, "utf16le")],
  ["with empty lines", `\n${HEADER}\n\n1876,"Jamaica, mobile",0.21\n\n`],
  ["with columns in another order", `usd_per_minute,prefix,destination\n0.21,1876,"Jamaica, mobile"\n`],
  ["with a column more", `prefix,destination,usd_per_minute,note\n1876,"Jamaica, mobile",.21,x\n`],
  ["in UTF-16 without a mark", Buffer.from(`${HEADER}1876,"Jamaica, mobile",0.21\n`, "utf16le")],
  [
    "in UTF-16, high bytes first",
    Buffer.from(`\ufeff${HEADER}1876,"Jamaica, mobile",0.21\n`, "utf16le").swap16(),
  ],
  ["with semicolons", `prefix;destination;usd_per_minute\n1876;Jamaica, mobile;0,21\n`],
  ["with tabs", `prefix\tdestination\tusd_per_minute\n1876\tJamaica, mobile\t0.21\n`],
  ["with bars", `prefix|destination|usd_per_minute\n1876|Jamaica, mobile|0.21\n`],
  ["that names its delimiter", `sep=;\r\nprefix;destination;usd_per_minute\r\n1876;Jamaica, mobile;0,21\r\n`],
  ["quoted all over", `"prefix","destination","usd_per_minute"\n"1876","Jamaica, mobile","0.21"\n`],
])("reads a file %s", async (_, content) => {
  expect(await read(content)).toMatchObject({ rows: [jamaica], refusedRows: 0, faults: [], duplicates: 0 });
});

test("names the line of a fault, past quoted line ends and empty lines", async () => {
  const content = `${HEADER}1,"two\nlines",0.01\n\nx,bad,0.01\n44,short\n`;
  expect(await read(content)).toMatchObject({
    rows: [{ prefix: "1", destination: "two lines" }],
    refusedRows: 2,
    faults: [{ line: 5 }, { line: 6 }],
  });
});

test.each<[string, string | Buffer, string]>([
  ["an empty file", "", "the file is empty"],
  [
    "no price",
    "1876,Jamaica\n44,UK\n",
    "such as prefix=Code,rate=Price or prefix=1,rate=3 (line 1 reads 1876 | Jamaica)",
  ],
  [
    "an open quote",
    `${HEADER}1876,"Jamaica,0.21\n44,UK,0.01\n`,
    'a quoted field is not closed (near line 3): put a "',
  ],
  [
    "a quote that swallows rows",
    `${HEADER}1876,"Jamaica,0.21\n44,UK,0.01\n7,"Russia,0.02\n1,USA,0.01\n`,
    'a quoted field is not closed, or has a " within (near line 4)',
  ],
  ["a row without end", `${HEADER}${"x".repeat(200_000)}`, "a row is longer than 65536 characters"],
  [
    "something else",
    Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2]),
    "the columns with the prefix and the price",
  ],
])("refuses %s", async (_, content, message) => {
  expect(await read(content)).toEqual({ refused: "refused", message: expect.stringContaining(message) });
});

test("refuses what is no file", async () => {
  const missing = join(folder, "none.csv");
  expect(await readDeckFile(missing, {}, NOW)).toMatchObject({ message: expect.stringContaining("ENOENT") });
  expect(await readDeckFile(folder, {}, NOW)).toMatchObject({ message: `${folder} is no file` });
  const pipe = join(folder, "pipe");
  execFileSync("mkfifo", [pipe]);
  expect(await readDeckFile(pipe, {}, NOW)).toMatchObject({ message: `${pipe} is no file` });
});

test("what turns out to be Latin-1 late in the file is read so from the start", async () => {
  const rows = Array.from({ length: 20_000 }, (_, n) => `${100_000 + n},somewhere,0.01`).join("\n");
  const result = await read(Buffer.from(`${HEADER}${rows}\n226,C\u00f4te,0.02\n`, "latin1"));
  expect(result).toMatchObject({ encoding: "windows-1252", refusedRows: 0 });
  if ("refused" in result) throw new Error(result.message);
  expect(result.rows).toHaveLength(20_001);
  expect(result.rows.at(-1)).toMatchObject({ destination: "C\u00f4te" });
});
