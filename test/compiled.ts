import { transformFileSync } from "@swc/core";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";

const root = join(__dirname, "..");

export interface Compiled {
  /** Where the JavaScript of a TypeScript file of the project is. */
  file(path: string): string;
  remove(): void;
}

/** The project as JavaScript in a folder of its own, since a worker thread and a child process can't run TypeScript as jest
 *  does. The same compiler as jest's, no type check; nothing is put in the place of anything. */
export function compileProject(...more: string[]): Compiled {
  const out = mkdtempSync(join(tmpdir(), "ringfence-compiled-"));
  symlinkSync(join(root, "node_modules"), join(out, "node_modules"));
  for (const path of [...filesOf(join(root, "src")), ...more.map((file) => join(root, file))]) {
    const target = join(out, relative(root, path));
    mkdirSync(dirname(target), { recursive: true });
    if (path.endsWith(".d.ts")) continue;
    if (!path.endsWith(".ts")) {
      cpSync(path, target);
      continue;
    }
    const { code } = transformFileSync(path, {
      jsc: { parser: { syntax: "typescript" }, target: "es2022" },
      module: { type: "commonjs" },
    });
    writeFileSync(target.replace(/\.ts$/, ".js"), code);
  }
  return {
    file: (path) => join(out, path.replace(/\.ts$/, ".js")),
    remove: () => rmSync(out, { recursive: true }),
  };
}

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
