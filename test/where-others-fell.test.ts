import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Rows of the table, without its head. */
const rows = readFileSync(join(__dirname, "../docs/pitfalls.md"), "utf8")
  .split("\n")
  .filter((line) => /^\| .*`.*\.ts`/.test(line));

test("every one has tests", () => {
  expect(rows.length).toBeGreaterThanOrEqual(24);
});

test.each(rows)("%s", (row) => {
  const cell = row.split(" | ").at(-1) ?? "";
  const files = [...cell.matchAll(/`([^`]+\.ts)`/g)].map((match) => match[1] ?? "");
  expect(files.length).toBeGreaterThan(0);
  expect(files.filter((file) => !existsSync(join(__dirname, file)))).toEqual([]);
});
