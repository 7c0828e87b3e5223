import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

function check(files: Record<string, string>): { status: number | null; stderr: string } {
  const src = mkdtempSync(join(tmpdir(), "ringfence-imports-"));
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(src, name)), { recursive: true });
      writeFileSync(join(src, name), text);
    }
    return spawnSync(process.execPath, [join(__dirname, "../../scripts/check-imports.mjs"), src], {
      encoding: "utf8",
    });
  } finally {
    rmSync(src, { recursive: true });
  }
}

test("the project's own imports all follow the design", () => {
  const run = spawnSync(process.execPath, [join(__dirname, "../../scripts/check-imports.mjs")], {
    encoding: "utf8",
  });
  expect(run.stderr).toBe("");
  expect(run.status).toBe(0);
});

test.each([
  ["domain/a.ts", 'import { x } from "../guard/b.js";', "src/domain may not import src/guard/b.ts"],
  ["domain/a.ts", 'import net from "node:net";', "the package node:net"],
  ["domain/a.ts", 'import express from "express";', "the package express"],
  ["guard/a.ts", 'import type { X } from "../sqlite/b.js";', "src/guard may not import src/sqlite/b.ts"],
  ["guard/a.ts", 'import { readFileSync } from "node:fs";', "the package node:fs"],
  ["http/a.ts", 'const x = await import("../sqlite/b.js");', "src/http may not import src/sqlite/b.ts"],
  ["cli/a.ts", 'import { x } from "../domain/b.js";', "src/cli may not import src/domain/b.ts"],
  ["cli/a.ts", 'import { x } from "../http/server.js";', "src/cli may not import src/http/server.ts"],
  ["ui/a.ts", 'import { x } from "../http/contracts.js";', "src/ui may not import src/http/contracts.ts"],
  ["firewall/a.ts", 'import { x } from "../main.js";', "src/firewall may not import src/main.ts"],
  ["helpers/a.ts", "export {};", "no folder src/helpers"],
])("%s with %s is refused", (name, text, message) => {
  const run = check({ [name]: text });
  expect(run.status).toBe(1);
  expect(run.stderr).toContain(message);
});

test("what the design allows passes", () => {
  const run = check({
    "main.ts": 'import "./http/a.js"; import "./sqlite/a.js";',
    "http/a.ts":
      'import "../guard/b.js"; import "../domain/b.js"; import express from "express"; import "./contract.js";',
    "cli/a.ts":
      'import type { X } from "../http/contract.js"; import "../http/contract/paths.js"; import "./b.js"; import http from "node:http";',
    "domain/a.ts": 'import "libphonenumber-js/max"; import "./b.js";',
  });
  expect(run.stderr).toBe("");
  expect(run.status).toBe(0);
});
