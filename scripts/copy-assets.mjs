// tsc copies no files that are not TypeScript; migrations, data tables and pages must reach dist as well. The web UI is Vite's.
import { chmodSync, cpSync, existsSync, readdirSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const isAsset = (path) => statSync(path).isDirectory() || !/\.tsx?$/.test(path);

if (!existsSync(join(root, "dist"))) throw new Error("run tsc first: there is no dist folder");
for (const name of readdirSync(join(root, "src"))) {
  if (name === "ui") continue;
  cpSync(join(root, "src", name), join(root, "dist", name), { recursive: true, filter: isAsset });
}
chmodSync(join(root, "dist/ringfence.js"), 0o755);
console.log(`assets copied to ${relative(process.cwd(), join(root, "dist"))}`);
