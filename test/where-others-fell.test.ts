import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const rows = readFileSync(join(__dirname, "where-others-fell.md"), "utf8")
  .split("\n")
  .filter((line) => /^\| \d+\. /.test(line));

test("there are twenty-four", () => {
  expect(rows.map((row) => Number(/\d+/.exec(row)?.[0]))).toEqual(
    Array.from({ length: 24 }, (_, index) => index + 1),
  );
});

test.each(rows)("%s", (row) => {
  const files = [...row.matchAll(/`([^`]+\.test\.ts)`/g)].map((match) => match[1] ?? "");
  expect(files.length).toBeGreaterThan(0);
  expect(files.filter((file) => !existsSync(join(__dirname, file)))).toEqual([]);
});
