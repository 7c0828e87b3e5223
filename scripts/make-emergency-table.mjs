// Writes src/domain/calling/emergency-table.json from the emergency numbers in google-libphonenumber's ShortNumberInfo:
// every string of two to five digits is asked for in every region, and only exact matches are kept. Two minutes.
// Usage: node scripts/make-emergency-table.mjs
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
const { PhoneNumberUtil, ShortNumberInfo } = require("google-libphonenumber");
const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const { version } = JSON.parse(
  readFileSync(join(dirname(require.resolve("google-libphonenumber")), "../package.json"), "utf8"),
);

const LONGEST = 5;
const info = ShortNumberInfo.getInstance();
const regions = PhoneNumberUtil.getInstance().getSupportedRegions().sort();

function* digitStrings() {
  for (let length = 2; length <= LONGEST; length += 1) {
    for (let value = 0; value < 10 ** length; value += 1) yield String(value).padStart(length, "0");
  }
}

const numbers = Object.fromEntries(
  regions.map((region) => {
    const found = [];
    for (const digits of digitStrings()) if (info.isEmergencyNumber(digits, region)) found.push(digits);
    process.stderr.write(`${region} ${found.join(" ")}\n`);
    return [region, found];
  }),
);
const table = {
  source: `google-libphonenumber ${version}, ShortNumberInfo.isEmergencyNumber, exact matches`,
  date: new Date().toISOString().slice(0, 10),
  numbers,
};
const path = join(root, "src/domain/calling/emergency-table.json");
writeFileSync(path, `${JSON.stringify(table, null, 2)}\n`);
