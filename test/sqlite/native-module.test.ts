import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

test("the compiled better-sqlite3 takes no cleanup hook away, which can end the process on Node 24", () => {
  const home = dirname(require.resolve("better-sqlite3/package.json"));
  const module = readFileSync(join(home, "build/Release/better_sqlite3.node"), "latin1");
  expect(module).toContain("_ZN4node");
  expect(module).not.toContain("RemoveEnvironmentCleanupHook");
});
