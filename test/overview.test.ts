import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Lock } from "../src/domain/intrusion/ban.js";
import { overviewOf } from "../src/overview.js";
import { type Database, openDatabase } from "../src/sqlite/database.js";
import { readsDirectly } from "./reads-directly.js";

const NOW = Date.UTC(2026, 0, 31, 12, 30);

let folder: string;
let db: Database;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ringfence-overview-"));
  db = openDatabase(join(folder, "ringfence.db"));
});
afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true });
});

function lockOf(account: string, sources: number, by: string): Lock {
  const times = { fromMs: NOW - 60_000, untilMs: NOW + 60_000, liftedAtMs: null, liftedBy: null };
  return { id: 1, account, sources, by, ...times };
}

function overviewWith(locks: readonly Lock[]) {
  return overviewOf(
    {
      reads: readsDirectly(db),
      writeActivity: () => undefined,
      networks: { of: () => null, knowsCountries: () => false },
      locks: { inForce: () => [...locks] },
      groups: { proposals: () => [] },
      decks: { list: () => [] },
      clock: { nowMs: () => NOW },
    },
    24,
  );
}

test("an account that strangers try is for you, one that somebody locked by hand is not", async () => {
  const { forYou } = await overviewWith([lockOf("104", 0, "ui:alice"), lockOf("100", 40, "ringfence")]);
  expect(forYou).toMatchObject([
    { slug: "account-attacked", subject: "100", detail: expect.stringMatching(/^40 sources tried it/) },
  ]);
});

test("locks by hand take no room from those of attacks", async () => {
  const byHand = Array.from({ length: 9 }, (_, index) => lockOf(`2${index}`, 0, "ui:alice"));
  const { forYou } = await overviewWith([...byHand, lockOf("100", 40, "ringfence")]);
  expect(forYou).toHaveLength(1);
});
