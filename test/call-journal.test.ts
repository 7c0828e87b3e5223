import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CallJournalFile, recoverCalls } from "../src/call-journal.js";
import type { DecidedCall } from "../src/guard/ports.js";
import { keptLog, verdictOn } from "./asterisk/ari/support.js";

let folder: string;
let path: string;
let log: ReturnType<typeof keptLog>;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ringfence-call-journal-"));
  path = join(folder, "calls");
  log = keptLog();
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The digits are an attacker's. */
function decided(channelId: string, digits = '0"\n[1,{}]\u2028\ud800'): DecidedCall {
  const verdict = verdictOn({ from: "100", digits, trunk: null });
  return {
    entry: { atMs: 1_763_779_000_000, channelId, verdict, trunk: null, payer: "endpoint", tookMs: 0.25 },
    changes: [{ type: "country", extension: "100", area: "US", atMs: 1_763_779_000_000 }],
  };
}

function recovered(isStored: (call: DecidedCall) => boolean = () => true): DecidedCall[] {
  const calls: DecidedCall[] = [];
  const store = (call: DecidedCall): boolean => calls.push(call) > 0 && isStored(call);
  recoverCalls(path, store, log);
  return calls;
}

test("what is written is found, in its order, once", async () => {
  const journal = new CallJournalFile(path, log);
  const calls = Array.from({ length: 50 }, (_, n) => decided(`1.${n}`));
  for (const call of calls) await journal.write(call);
  expect(recovered()).toEqual(calls);
  expect(recovered()).toEqual([]);
  // Whoever writes there still writes on.
  await journal.write(decided("2.1"));
  expect(recovered()).toEqual([decided("2.1")]);
  await journal.close();
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(log.lines).toEqual([]);
});

test("it is emptied when all are stored, and not before", async () => {
  const journal = new CallJournalFile(path, log);
  for (let n = 0; n < 3; n++) await journal.write(decided(`1.${n}`));
  journal.kept(2);
  expect(statSync(path).size).toBeGreaterThan(0);
  journal.kept(3);
  // Written while it is being emptied.
  await journal.write(decided("1.4"));
  expect(readFileSync(path, "utf8").split("\n")).toHaveLength(2);
  journal.kept(3);
  expect(recovered()).toHaveLength(1);
  await journal.close();
});

test("what a broken store does not take stays", async () => {
  const journal = new CallJournalFile(path, log);
  await journal.write(decided("1.1"));
  await journal.write(decided("1.2"));
  await journal.close();
  recovered(({ entry }) => entry.channelId === "1.1");
  const broken = () => {
    throw new Error("the disk is gone");
  };
  expect(recovered(broken)).toHaveLength(2);
  expect(log.lines.join("\n")).toContain("the disk is gone");
  expect(recovered()).toHaveLength(2);
});

test("what could not be stored outlives the calls of the next thread", async () => {
  const journal = new CallJournalFile(path, log);
  await journal.write(decided("1.1"));
  await journal.close();
  expect(recovered(() => false)).toHaveLength(1);
  const next = new CallJournalFile(path, log);
  await next.write(decided("2.1"));
  next.kept(1);
  await next.close();
  expect(recovered()).toEqual([decided("1.1"), decided("2.1")]);
});

test("half a line, of a process that was killed or a disk that was full, costs that call alone", async () => {
  const journal = new CallJournalFile(path, log);
  await journal.write(decided("1.1"));
  await journal.write(decided("1.2"));
  await journal.close();
  const whole = readFileSync(path, "utf8").split("\n");
  rmSync(path);
  for (const text of [
    `${whole[0]}\n`,
    `${whole[0]!.slice(0, 80)}\n`,
    "[7,{}]\n",
    `${whole[1]}\n`,
    whole[1]!.slice(0, -9),
  ])
    appendFileSync(path, text);
  expect(recovered()).toEqual([decided("1.1"), decided("1.2")]);
  expect(log.lines.filter((line) => line.includes("can't be read"))).toHaveLength(2);
  expect(readFileSync(path, "utf8")).toBe("");
});

test("a full disk, a missing folder and a file of somebody else are said once, and no call waits for them", async () => {
  for (const where of ["/dev/full", join(folder, "none", "calls")]) {
    const told = keptLog();
    const journal = new CallJournalFile(where, told);
    for (let n = 0; n < 3; n++) await journal.write(decided(`1.${n}`));
    journal.kept(3);
    await journal.close();
    expect(told.lines).toHaveLength(1);
    expect(told.lines[0]).toContain("can't be noted");
  }
  recoverCalls(folder, () => true, log);
  expect(log.lines.join("\n")).toContain("EISDIR");
});

test("a store that is broken for long does not fill the disk", async () => {
  const journal = new CallJournalFile(path, log);
  const call = decided("1.1", "1".repeat(40_000));
  for (let n = 0; n < 1_000; n++) await journal.write(call);
  await journal.close();
  expect(statSync(path).size).toBeLessThanOrEqual(16 << 20);
  expect(log.lines).toHaveLength(1);
  expect(recovered().length).toBeGreaterThan(100);
});
