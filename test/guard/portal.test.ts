import { sourceOf, type Source } from "../../src/domain/address.js";
import type { Ban, Block } from "../../src/domain/intrusion/ban.js";
import { DEFAULT_INTRUSION } from "../../src/domain/intrusion/settings.js";
import { Portal, type PortalParts } from "../../src/guard/portal.js";
import type { PinStore, PortalLift } from "../../src/guard/ports.js";
import { ban, block, FakeLog, NOW, target } from "../http/support/services.js";

const HERE = sourceOf("198.51.100.7")!;
const MINUTE = 60_000;

function world(
  of: {
    bans?: Ban[];
    blocks?: Block[];
    home?: boolean;
    callsPausedUntilMs?: number;
    tried?: number | null;
  } = {},
) {
  let nowMs = NOW;
  let { bans = [], blocks = [] } = of;
  const lifted: string[] = [];
  const lifts: PortalLift[] = [];
  const guessed: Source[] = [];
  const used: string[] = [];
  const store: PortalParts["store"] = {
    of: (extension) =>
      ["104", "105"].includes(extension)
        ? { extension, hash: `hash of ${extension}`, setAtMs: 0, setBy: "cli", usedAtMs: null }
        : null,
    used: (extension) => void used.push(extension),
    lifts: ({ extension, source }, sinceMs) =>
      lifts.filter((lift) => lift.atMs > sinceMs && (lift.extension === extension || lift.source === source)),
    lifted: (lift) => void lifts.push(lift),
  } satisfies Partial<PinStore>;
  const parts: PortalParts = {
    bans: {
      show: () => ({ inForce: bans, history: [] }),
      lift: (of, by) => {
        lifted.push(`${of} by ${by}`);
        const gone = bans.filter((each) => each.target === of);
        bans = bans.filter((each) => each.target !== of);
        return gone;
      },
    },
    blocks: {
      inForceOf: () => blocks,
      lift: (account, source, by) => {
        lifted.push(`${account} at ${source} by ${by}`);
        blocks = blocks.filter((each) => each.account !== account);
        return [];
      },
    },
    locks: { lockOf: () => null },
    known: { lastSuccessAtMs: () => (of.home === true ? NOW - 86_400_000 : null) },
    accounts: { exists: (name) => ["104", "105"].includes(name) },
    refusedByList: ({ account }) =>
      account === "105"
        ? [{ account, address: "198.51.100.7", atMs: NOW, count: 3, userAgent: null, like: "untold" }]
        : [],
    callsPausedUntilMs: () => of.callsPausedUntilMs ?? null,
    lastHeardMs: () => null,
    firewall: { lastTried: () => Promise.resolve(of.tried ?? null) },
    settings: () => DEFAULT_INTRUSION,
    store,
    hash: { matches: (hash, pin) => Promise.resolve(hash !== null && pin === "482913") },
    onGuess: (source) => void guessed.push(source),
    clock: { nowMs: () => nowMs },
    log: new FakeLog(),
  };
  return {
    portal: new Portal(parts),
    lifted,
    guessed,
    used,
    pass: (ms: number) => void (nowMs += ms),
    banAgain: (again: Ban) => void (bans = [{ ...again, fromMs: nowMs }]),
  };
}

const tries = {
  name: "104",
  tries: 10,
  firstAtMs: NOW,
  lastAtMs: NOW,
  gapMs: 40_000,
  gapDeviationMs: 0,
  kinds: [],
};
const innocent = ban({
  target: target("198.51.100.7"),
  cause: "outdated-credentials",
  evidence: {
    ...ban({ target: target("198.51.100.7") }).evidence,
    accounts: ["104"],
    tried: [tries],
    hint: "Extension 104 keeps trying.",
  },
});

test("who looks learns since when, until when, why, when it last tried and how soon it would be back", async () => {
  const { portal } = world({ bans: [innocent], tried: 40_000 });
  expect(await portal.look(HERE)).toEqual({
    source: HERE,
    mayAsk: true,
    callsPausedUntilMs: null,
    shut: [
      {
        what: "ban",
        target: "198.51.100.7",
        cause: "credentials",
        fromMs: innocent.fromMs,
        untilMs: innocent.untilMs,
        advice: innocent.evidence.advice,
        lastTriedMs: NOW - 40_000,
        backInMs: 400_000,
      },
    ],
  });
});

test("the same page for an attack on an account that exists, a typo and a forgotten device", async () => {
  const looks = await Promise.all(
    (["attack", "typo", "stale-device", "outdated-credentials"] as const).map((cause) =>
      world({ bans: [{ ...innocent, cause }] }).portal.look(HERE),
    ),
  );
  for (const look of looks) expect(look).toEqual(looks[0]);
});

test("with the PIN it is lifted, with hints, and audited under the extension", async () => {
  const { portal, lifted, used } = world({ bans: [innocent], tried: 40_000 });
  expect(await portal.letIn(HERE, "104", "482913")).toEqual({
    result: "lifted",
    hints: ["Extension 104 keeps trying."],
    left: 2,
    lastTriedMs: NOW - 40_000,
    backInMs: 400_000,
  });
  expect(lifted).toEqual(["198.51.100.7 by portal:104"]);
  expect(used).toEqual(["104"]);
});

test("once at once, then after a while, three times a day, and then only the administrator", async () => {
  const { portal, pass, banAgain, lifted } = world({ bans: [innocent] });
  expect(await portal.letIn(HERE, "104", "482913")).toMatchObject({ result: "lifted", left: 2 });
  banAgain(innocent);
  pass(6 * MINUTE);
  expect(await portal.letIn(HERE, "104", "482913")).toMatchObject({
    result: "mend-first",
    waitMs: 4 * MINUTE,
  });
  // A colleague's PIN at the same place is no way round.
  expect(await portal.letIn(HERE, "105", "482913")).toMatchObject({ result: "mend-first" });
  pass(4 * MINUTE);
  expect(await portal.letIn(HERE, "104", "482913")).toMatchObject({ result: "lifted", left: 1 });
  banAgain(innocent);
  pass(11 * MINUTE);
  expect(await portal.letIn(HERE, "105", "482913")).toMatchObject({ result: "lifted", left: 0 });
  banAgain(innocent);
  pass(60 * MINUTE);
  expect(await portal.letIn(HERE, "104", "482913")).toMatchObject({
    result: "administrator",
    why: "used-up",
  });
  pass(24 * 60 * MINUTE);
  expect(await portal.letIn(HERE, "104", "482913")).toMatchObject({ result: "lifted" });
  expect(lifted).toHaveLength(4);
});

test("what was lifted at another address, or for a colleague, is no relapse here", async () => {
  const there = sourceOf("198.51.100.8")!;
  const before = { ...innocent, fromMs: NOW - 60_000 };
  const two = world({ bans: [before] });
  expect(await two.portal.letIn(there, "104", "482913")).toMatchObject({ result: "lifted" });
  two.banAgain(before);
  expect(await two.portal.letIn(HERE, "104", "482913")).toMatchObject({ result: "lifted", left: 1 });
  // Each lifts the block of their own extension, and none uses up another's.
  const own = (account: string) => block({ account, fromMs: NOW - 60_000 });
  const office = world({ blocks: [own("104"), own("105")] });
  expect(await office.portal.letIn(HERE, "104", "482913")).toMatchObject({ result: "lifted", left: 2 });
  expect(await office.portal.letIn(HERE, "105", "482913")).toMatchObject({ result: "lifted", left: 2 });
});

test("with the PIN one is told the cause itself, and nothing is lifted nor counted", async () => {
  const { portal, lifted } = world({ bans: [innocent] });
  for (let n = 0; n < 4; n++) {
    expect(await portal.tell(HERE, "104", "482913")).toEqual({
      result: "told",
      hints: ["Extension 104 keeps trying."],
    });
  }
  expect((await portal.look(HERE, true)).shut).toMatchObject([{ cause: "outdated-credentials", advice: "" }]);
  expect((await portal.look(HERE)).shut).toMatchObject([{ cause: "credentials" }]);
  expect(lifted).toEqual([]);
  expect(await portal.letIn(HERE, "104", "482913")).toMatchObject({ result: "lifted", left: 2 });
  expect(await world().portal.tell(HERE, "104", "482913")).toEqual({ result: "open", hints: [] });
});

test("to ask what it is counts as a guess like any other", async () => {
  const { portal, guessed } = world({ bans: [innocent] });
  for (let n = 0; n < 5; n++)
    expect(await portal.tell(HERE, "104", `00000${n}`)).toEqual({ result: "wrong" });
  expect(await portal.tell(HERE, "104", "482913")).toMatchObject({ result: "wait" });
  expect(await portal.letIn(HERE, "104", "482913")).toMatchObject({ result: "wait" });
  expect(guessed).toEqual([HERE, HERE]);
});

test("where calls are refused since a program places them, the page knows until when, and who shows a PIN is told", async () => {
  const { portal } = world({ callsPausedUntilMs: NOW + 10 * MINUTE });
  expect(await portal.look(HERE)).toMatchObject({ shut: [], callsPausedUntilMs: NOW + 10 * MINUTE });
  expect(await portal.letIn(HERE, "104", "482913")).toEqual({
    result: "open",
    hints: [expect.stringContaining("Calls from this address are refused for a while")],
  });
});

test("two requests at the same moment lift once", async () => {
  const { portal, lifted } = world({ bans: [innocent] });
  const answers = await Promise.all([
    portal.letIn(HERE, "104", "482913"),
    portal.letIn(HERE, "104", "482913"),
  ]);
  expect(answers.map(({ result }) => result)).toEqual(["lifted", "open"]);
  expect(lifted).toHaveLength(1);
});

test.each<[string, Partial<Ban>, string]>([
  ["an attack", { cause: "attack" }, "attack"],
  ["one by hand", { cause: "by-hand", trigger: "by-hand" }, "by-hand"],
  ["a network", { cause: "attack", trigger: "network", target: target("198.51.100.0/24") }, "network"],
])("%s is not lifted, and nothing beside it", async (_, of, why) => {
  const { portal, lifted } = world({
    bans: [innocent, { ...innocent, ...of }],
    blocks: [block({ account: "104" })],
  });
  expect(await portal.letIn(HERE, "104", "482913")).toMatchObject({ result: "administrator", why });
  expect(lifted).toEqual([]);
});

test("one lifts the block of one's own extension, or of a name that nobody has, and nobody else's", async () => {
  const own = block({ account: "104" });
  const mistyped = block({ account: "140", cause: "typo" });
  const other = block({ account: "105" });
  const all = world({ blocks: [own, mistyped, other] });
  expect(await all.portal.letIn(HERE, "104", "482913")).toMatchObject({ result: "lifted" });
  expect(all.lifted).toEqual(["104 at 198.51.100.7 by portal:104", "140 at 198.51.100.7 by portal:104"]);
  const others = world({ blocks: [other] });
  expect(await others.portal.letIn(HERE, "104", "482913")).toMatchObject({
    result: "administrator",
    why: "others",
  });
});

test("an extension that its list keeps out here is told so, after its PIN alone", async () => {
  const { portal } = world();
  expect(JSON.stringify(await portal.look(HERE))).not.toContain("listed");
  expect(await portal.letIn(HERE, "105", "482913")).toEqual({
    result: "open",
    hints: [expect.stringContaining("Extension 105 may only register from listed addresses")],
  });
});

test("a wrong PIN, an extension without one and one that does not exist are answered alike, five times", async () => {
  const { portal, lifted, guessed, pass } = world({ bans: [innocent] });
  for (const extension of ["104", "199", "<script>", "105", "104"]) {
    expect(await portal.letIn(HERE, extension, "000001")).toEqual({ result: "wrong" });
  }
  expect(guessed).toEqual([]);
  // Not even the right one is looked at now.
  expect(await portal.letIn(HERE, "104", "482913")).toEqual({ result: "wait", waitMs: 15 * MINUTE });
  expect(guessed).toEqual([HERE]);
  expect(lifted).toEqual([]);
  pass(15 * MINUTE);
  expect(await portal.letIn(HERE, "104", "482913")).toMatchObject({ result: "lifted" });
});
