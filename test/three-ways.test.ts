import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(__dirname, "..");
const text = readFileSync(join(root, "docs/three-ways.md"), "utf8");
const files = [...text.matchAll(/`([\w./-]+\.(?:ts|tsx|conf))`/g)].map((match) => match[1] ?? "");

test("every file on the way is there", () => {
  expect(files.length).toBeGreaterThan(40);
  expect(files.filter((file) => !existsSync(join(root, "src", file)))).toEqual([]);
});
