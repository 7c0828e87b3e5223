import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The version in package.json, which lies beside dist and src alike. */
export const VERSION = (
  JSON.parse(readFileSync(join(__dirname, "../package.json"), "utf8")) as { version: string }
).version;
