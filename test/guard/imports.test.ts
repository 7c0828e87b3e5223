import { BanBook } from "../../src/guard/bans.js";
import { Imports } from "../../src/guard/imports.js";
import { Protection } from "../../src/guard/protection.js";
import type { Target } from "../../src/domain/address.js";
import { FakeBanStore, FakeLog, FakeTime, newBan, target } from "./support/fakes.js";

const HOW = { durationMs: 3_600_000, note: "from fail2ban", by: "cli:ann", dryRun: false };
let store: FakeBanStore;
let listed: Target[];
let changes: number;
let imports: Imports;

beforeEach(() => {
  const [time, log] = [new FakeTime(), new FakeLog()];
  store = new FakeBanStore();
  [listed, changes] = [[target("198.51.100.1")], 0];
  const protection = new Protection({ own: [target("192.0.2.1")], configured: [], log });
  const bans = new BanBook({
    store,
    keeper: { enforce: () => undefined },
    protection,
    standingOf: () => "stranger",
    clock: time,
    tell: () => undefined,
    log,
  });
  bans.ban(newBan("203.0.113.1"));
  imports = new Imports({
    bans,
    rules: {
      neverBan: () => ({ targets: listed, notes: {}, policyVersion: 1 }),
      addNeverBans: (targets) => {
        changes++;
        listed = [...listed, ...targets];
        return null;
      },
    },
    protectedBecause: (of) => protection.reasonFor(of),
  });
});

const LIST = "203.0.113.1\n203.0.113.2\n192.0.2.1\nexample.com\n2001:db8::/32\n";
const BANNED = {
  added: ["203.0.113.2", "2001:db8::/32"],
  present: ["203.0.113.1"],
  refused: [
    { line: 3, text: "192.0.2.1", message: "it can't be shut out: 192.0.2.1 is the PBX's own" },
    { line: 4, text: "example.com", message: expect.stringContaining("names are not read") as string },
  ],
};

test("every address that may be is banned by hand; the rest is told with its line", async () => {
  expect(await imports.bans(LIST, HOW)).toEqual(BANNED);
  expect(store.bans.slice(1)).toMatchObject([
    { target: "203.0.113.2", trigger: "by-hand", by: "cli:ann", note: "from fail2ban" },
    { target: "2001:db8::/32" },
  ]);
});

test("a dry run tells the same and changes nothing", async () => {
  expect(await imports.bans(LIST, { ...HOW, dryRun: true })).toEqual(BANNED);
  expect(store.bans).toHaveLength(1);
});

test("a never-ban list is taken in with one change of the rules", () => {
  const text = "198.51.100.1\n203.0.113.0/24\n0.0.0.0/0\n203.0.113.9\n";
  const answer = {
    added: ["203.0.113.0/24", "203.0.113.9"],
    present: ["198.51.100.1"],
    refused: [
      {
        line: 3,
        text: "0.0.0.0/0",
        message: "it is every address, and nobody could be banned any more",
      },
    ],
  };
  expect(imports.neverBan(text, { ...HOW, dryRun: true })).toEqual(answer);
  expect(changes).toBe(0);
  expect(imports.neverBan(text, HOW)).toEqual(answer);
  expect([changes, listed.length]).toEqual([1, 3]);
});

test("ten thousand addresses", async () => {
  const text = Array.from({ length: 10_000 }, (_, index) => `10.1.${index >> 8}.${index & 255}`).join("\n");
  expect((await imports.bans(text, HOW)).added).toHaveLength(10_000);
});
