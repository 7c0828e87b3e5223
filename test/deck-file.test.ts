import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readDeckFile } from "../src/deck-file.js";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "ringfence-deck-"))));
afterEach(() => rmSync(folder, { recursive: true }));

function read(content: string | Buffer) {
  const file = join(folder, "deck.csv");
  writeFileSync(file, content);
  return readDeckFile(file);
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
  ["quoted all over", `"prefix","destination","usd_per_minute"\n"1876","Jamaica, mobile","0.21"\n`],
])("reads a file %s", async (_, content) => {
  expect(await read(content)).toEqual({ rows: [jamaica], refusedRows: 0, faults: [], duplicates: 0 });
});

test("names the line of a fault, past quoted line ends and empty lines", async () => {
  const content = `${HEADER}1,"two\nlines",0.01\n\nx,bad,0.01\n44,short\n`;
  expect(await read(content)).toMatchObject({
    rows: [{ prefix: "1", destination: "two\nlines" }],
    refusedRows: 2,
    faults: [{ line: 5 }, { line: 6 }],
  });
});

test.each<[string, string | Buffer, string]>([
  ["an empty file", "", "the file is empty: its first line must name prefix,destination,usd_per_minute"],
  ["no header", "1876,Jamaica,0.21\n", "the first line must name prefix,destination,usd_per_minute"],
  [
    "an open quote",
    `${HEADER}1876,"Jamaica,0.21\n44,UK,0.01\n`,
    'a quoted field is not closed (near line 3): put a "',
  ],
  ["a quote within", `${HEADER}1876,Jam"aica,0.21\n`, 'a " stands within a field (near line 2): write ""'],
  ["a quote closed too early", `${HEADER}1876,"Jam"aica,0.21\n`, 'a " stands within a field (near line 2)'],
  ["a row without end", `${HEADER}${"x".repeat(200_000)}`, "a row is longer than 65536 characters"],
  ["something else", Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2]), "no column prefix"],
])("refuses %s", async (_, content, message) => {
  expect(await read(content)).toEqual({ refused: "refused", message: expect.stringContaining(message) });
});

test("refuses what is no file", async () => {
  const missing = join(folder, "none.csv");
  expect(await readDeckFile(missing)).toMatchObject({ message: expect.stringContaining("ENOENT") });
  expect(await readDeckFile(folder)).toMatchObject({ message: `${folder} is no file` });
  const pipe = join(folder, "pipe");
  execFileSync("mkfifo", [pipe]);
  expect(await readDeckFile(pipe)).toMatchObject({ message: `${pipe} is no file` });
});
