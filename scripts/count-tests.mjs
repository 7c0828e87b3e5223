// Adds up what scripts/test left in a folder (jest's JSON results and its own checks), lists what failed, and prints
// the closing line. A skipped test counts as failed: a skip hides a gap.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

const folder = process.argv[2];
if (folder === undefined) throw new Error("usage: count-tests.mjs FOLDER");
let passed = 0;
const failures = [];

for (const name of readdirSync(folder).sort()) {
  if (!name.endsWith(".json")) continue;
  const result = JSON.parse(readFileSync(join(folder, name), "utf8"));
  if ("check" in result) {
    if (result.passed) passed += 1;
    else failures.push(result.check);
    continue;
  }
  for (const suite of result.testResults) {
    const file = relative(process.cwd(), suite.name);
    const ran = suite.assertionResults;
    passed += ran.filter((test) => test.status === "passed").length;
    failures.push(
      ...ran
        .filter((test) => test.status !== "passed")
        .map((test) => `${file}: ${test.fullName} (${test.status})`),
    );
    if (ran.length === 0)
      failures.push(`${file}: could not run: ${String(suite.message).split("\n", 3).join(" ")}`);
  }
}

for (const failure of failures) console.log(`failed: ${failure}`);
console.log(`${passed} passed, ${failures.length} failed`);
process.exit(passed > 0 && failures.length === 0 ? 0 : 1);
