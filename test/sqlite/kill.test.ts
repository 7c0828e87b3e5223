import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { auditStore } from "../../src/sqlite/audit.js";
import { banStore } from "../../src/sqlite/ban-store.js";
import { findDamage } from "../../src/sqlite/database.js";
import { policyStore } from "../../src/sqlite/policy-store.js";
import { compileProject, type Compiled } from "../compiled.js";
import { clearTemp, tempDatabase, tempFolder } from "./support/temp.js";

jest.setTimeout(60_000);

let compiled: Compiled;
beforeAll(
  () =>
    (compiled = compileProject(
      "test/sqlite/support/writer.ts",
      "test/sqlite/support/bans.ts",
      "test/target.ts",
    )),
);
afterAll(() => compiled.remove());
afterEach(clearTemp);

/** Starts the writer and kills it (SIGKILL) somewhere behind its `lines`-th line; what it had said by then. */
async function writeAndDie(path: string, lines: number): Promise<string[]> {
  const writer = spawn(process.execPath, [compiled.file("test/sqlite/support/writer.ts"), path]);
  const ended = once(writer, "exit");
  let said = "";
  let complaint = "";
  writer.stderr.on("data", (chunk: Buffer) => (complaint += chunk.toString()));
  writer.stdout.on("data", (chunk: Buffer) => {
    said += chunk.toString();
    if (said.split("\n").length > lines) writer.kill("SIGKILL");
  });
  await ended;
  if (complaint !== "") throw new Error(complaint);
  return said.split("\n").slice(0, -1);
}

test("what was stored before a kill -9 is there, and nothing by halves", async () => {
  const path = join(tempFolder(), "ringfence.db");
  for (const lines of [1, 50, 333]) {
    const said = await writeAndDie(path, lines);
    const db = tempDatabase(path);
    expect(findDamage(db)).toEqual([]);

    const bans = banStore(db).recent(1_000_000);
    const lastSaid = (kind: string) =>
      Number(said.findLast((line) => line.startsWith(kind))?.slice(kind.length + 1) ?? 0);
    const newest = bans[0]?.id ?? 0;
    // At most the one write that was under way is there without having been told.
    expect([lastSaid("ban"), lastSaid("ban") + 1]).toContain(newest);
    expect(bans).toHaveLength(newest);

    const policy = policyStore(db).load();
    expect([lastSaid("policy") || 1, (lastSaid("policy") || 1) + 1]).toContain(policy.version);
    const audit = auditStore(db).recent(1_000_000);
    expect(audit.filter(({ subject }) => subject === "policy")).toHaveLength(policy.version - 1);
    expect(audit.filter(({ change }) => change === "banned")).toHaveLength(newest);
    db.close();
  }
});
