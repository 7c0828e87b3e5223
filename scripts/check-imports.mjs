// Fails on an import that the design forbids: domain <- guard <- adapters <- main, adapters never import each other,
// ui and cli know the API's contract only. Usage: node scripts/check-imports.mjs [SRC]
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const ADAPTERS = ["asterisk", "firewall", "sqlite", "http", "notify"];
/** What the command and the web UI may know of the API. */
const CONTRACT = /^http\/contract(\.ts$|\/)/;

/** Which other folders a folder may import; its own is always allowed. The root folder (main and its kin) may import all. */
const ALLOWED = {
  domain: [],
  guard: ["domain"],
  ...Object.fromEntries(ADAPTERS.map((name) => [name, ["domain", "guard"]])),
  ui: [],
  cli: [],
};
/** The packages that a folder may import; the folders that are not named may import any. `node:` counts as a package. */
const PACKAGES = { domain: ["libphonenumber-js"], guard: [] };

export function forbiddenImports(src) {
  const faults = [];
  for (const file of typescriptFiles(src)) {
    const from = folderOf(relative(src, file));
    if (from === "") continue;
    if (!(from in ALLOWED)) faults.push(`${relative(src, file)}: the design knows no folder src/${from}`);
    for (const { fileName } of ts.preProcessFile(readFileSync(file, "utf8"), true, true).importedFiles) {
      const fault = faultOf(src, file, from, fileName);
      if (fault !== null) faults.push(`${relative(src, file)}: ${fault}`);
    }
  }
  return faults;
}

function faultOf(src, file, from, specifier) {
  if (!specifier.startsWith(".")) {
    const allowed = PACKAGES[from];
    if (
      allowed === undefined ||
      allowed.some((name) => specifier === name || specifier.startsWith(`${name}/`))
    )
      return null;
    return `src/${from} may not import the package ${specifier}`;
  }
  const target = relative(src, resolve(dirname(file), specifier)).replace(/\.js$/, ".ts");
  const to = folderOf(target);
  if (to === from || ALLOWED[from]?.includes(to)) return null;
  if ((from === "ui" || from === "cli") && CONTRACT.test(target)) return null;
  return `src/${from} may not import src/${target}`;
}

/** The first folder of a path below src; empty for files right in src. */
function folderOf(path) {
  const parts = path.split("/");
  return parts.length > 1 ? parts[0] : "";
}

function* typescriptFiles(folder) {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) yield* typescriptFiles(path);
    else if (/\.tsx?$/.test(name)) yield path;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const src = resolve(process.argv[2] ?? join(dirname(fileURLToPath(import.meta.url)), "../src"));
  const faults = forbiddenImports(src);
  for (const fault of faults) console.error(fault);
  console.log(`imports: ${faults.length} forbidden`);
  process.exit(faults.length === 0 ? 0 : 1);
}
