import { DEFAULT_INTRUSION, type IntrusionSettings } from "../../src/domain/intrusion/settings.js";
import type { NewBan } from "../../src/domain/intrusion/ban.js";
import { BanBook } from "../../src/guard/bans.js";
import { Groups } from "../../src/guard/groups.js";
import { Protection } from "../../src/guard/protection.js";
import type { Happening } from "../../src/guard/ports.js";
import {
  FakeBanStore,
  FakeLog,
  FakeProposalStore,
  FakeTime,
  newBan,
  START_MS,
  target,
} from "./support/fakes.js";

const NET = target("203.0.113.0/24");
const DAY = 86_400_000;
let time: FakeTime;
let store: FakeBanStore;
let proposals: FakeProposalStore;
let protection: Protection;
let settings: IntrusionSettings;
let knownInside: string | null;
let told: Happening[];
let book: BanBook;
let groups: Groups;

beforeEach(() => {
  time = new FakeTime();
  store = new FakeBanStore();
  proposals = new FakeProposalStore();
  const log = new FakeLog();
  protection = new Protection({ own: [], configured: [], log });
  settings = { ...DEFAULT_INTRUSION, groupSources: 3 };
  knownInside = null;
  told = [];
  book = new BanBook({
    store,
    keeper: { enforce: () => undefined },
    protection,
    standingOf: () => "stranger",
    clock: time,
    tell: (happening) => {
      told.push(happening);
      if (happening.type === "ban") groups.noticed(happening.ban);
    },
    log,
  });
  groups = new Groups({
    settings: () => settings,
    bans: book,
    store,
    proposals,
    protection,
    known: { knownWithin: () => (knownInside === null ? null : target(knownInside)) },
    clock: time,
    after: time.after,
    random: () => 0.5,
    tell: (happening) => told.push(happening),
    log,
  });
});

async function ban(last: number, change: Partial<NewBan> = {}): Promise<void> {
  const fromMs = time.nowMs();
  book.ban(newBan(`203.0.113.${last}`, { fromMs, untilMs: fromMs + 900_000, ...change }));
  await time.pass(0);
}
const alarms = () => told.filter(({ type }) => type === "alarm");

test("neighbours are proposed, once, and the proposal is renewed", async () => {
  for (const last of [1, 2]) await ban(last);
  expect(groups.proposals()).toEqual([]);
  await ban(3);
  expect(groups.proposals()).toMatchObject([
    { network: NET, sources: ["203.0.113.3", "203.0.113.2", "203.0.113.1"], attempts: 30, atMs: START_MS },
  ]);
  expect(alarms()).toEqual([
    {
      type: "alarm",
      slug: "network-proposed",
      detail:
        "3 sources of 203.0.113.0/24 were shut out lately: ringfence bans accept 203.0.113.0/24 shuts the whole network out.",
    },
  ]);
  await time.pass(60_000);
  await ban(4);
  expect(groups.proposals()).toMatchObject([{ attempts: 40 }]);
  expect(alarms()).toHaveLength(1);
});

test("those of more than a day ago no longer count", async () => {
  await ban(1);
  await time.pass(DAY + 1);
  for (const last of [2, 3]) await ban(last);
  expect(groups.proposals()).toEqual([]);
});

test.each([
  ["a known source", () => void (knownInside = "203.0.113.200")],
  ["a protected one", () => protection.setNeverBan([target("203.0.113.200")])],
])("a network that holds %s is left open, and that is told once", async (_, arrange) => {
  arrange();
  settings = { ...settings, groupAction: "ban" };
  for (const last of [1, 2, 3, 4]) await ban(last);
  expect([groups.proposals(), book.banOf(NET)]).toEqual([[], null]);
  expect(alarms()).toMatchObject([
    { slug: "network-spared", detail: expect.stringContaining("203.0.113.200") },
  ]);
  await time.pass(61_000);
  await ban(5);
  expect(alarms()).toHaveLength(1);
});

test("by setting the network is banned, on its own ladder", async () => {
  settings = { ...settings, groupAction: "ban" };
  for (const last of [1, 2, 3]) await ban(last);
  expect(book.show(NET).inForce).toMatchObject([{ target: NET, trigger: "network", rung: 1 }]);
  await time.pass(3_600_000);
  for (const last of [4, 5, 6]) await ban(last);
  expect(book.show(NET).inForce).toMatchObject([{ target: NET, trigger: "network", rung: 2 }]);
});

test("what is set while a network is proposed takes effect with its next banned source", async () => {
  for (const last of [1, 2, 3]) await ban(last);
  expect(book.banOf(NET)).toBeNull();
  settings = { ...settings, groupAction: "ban" };
  await ban(4);
  expect(book.banOf(NET)).toMatchObject({ trigger: "network" });
});

test("forged packets cost no network", async () => {
  for (const last of [1, 2, 3, 4, 5]) await ban(last, { proof: "unproven" });
  expect(groups.proposals()).toEqual([]);
});

test("accepting bans the network by hand", async () => {
  for (const last of [1, 2, 3]) await ban(last);
  expect(groups.accept(NET, { durationMs: null, by: "cli:ann" })).toMatchObject({
    target: NET,
    trigger: "by-hand",
    untilMs: START_MS + 7 * DAY,
    by: "cli:ann",
    note: "proposed: 3 sources in it were shut out",
  });
  expect(groups.proposals()).toEqual([]);
  expect(proposals.proposals).toMatchObject([{ decision: "accepted", decidedBy: "cli:ann" }]);
  expect(groups.accept(NET, { durationMs: null, by: "cli:ann" })).toMatchObject({ refused: "not-found" });
});

test("what somebody signed in from since is not shut out by accepting", async () => {
  for (const last of [1, 2, 3]) await ban(last);
  knownInside = "203.0.113.200";
  expect(groups.accept(NET, { durationMs: null, by: "cli:ann" })).toMatchObject({
    refused: "refused",
    message: expect.stringContaining("203.0.113.200"),
  });
  expect(groups.proposals()).toHaveLength(1);
});

test("a network banned by hand is proposed no more", async () => {
  for (const last of [1, 2, 3]) await ban(last);
  book.banByHand(NET, { durationMs: null, note: null, by: "cli:bob" });
  expect(proposals.proposals).toMatchObject([{ decision: "accepted", decidedBy: "cli:bob" }]);
});

test("what was dismissed is not proposed again for a month", async () => {
  for (const last of [1, 2, 3]) await ban(last);
  expect(groups.dismiss(NET, "cli:ann")).toMatchObject({ decision: "dismissed" });
  expect(groups.dismiss(NET, "cli:ann")).toMatchObject({ refused: "not-found" });
  await time.pass(61_000);
  await ban(4);
  expect(groups.proposals()).toEqual([]);
  await time.pass(31 * DAY);
  for (const last of [1, 2, 3]) await ban(last);
  expect(groups.proposals()).toHaveLength(1);
});

test("a burst of bans is looked at once", async () => {
  let looks = 0;
  const ofNetwork = store.ofNetwork.bind(store);
  store.ofNetwork = (...of) => {
    looks++;
    return ofNetwork(...of);
  };
  for (let last = 1; last <= 200; last++) book.ban(newBan(`203.0.113.${last}`));
  await time.pass(0);
  for (let last = 201; last <= 250; last++) await ban(last);
  expect([looks, groups.proposals().length]).toEqual([1, 1]);
});
