import type { Target } from "../../src/domain/address.js";
import type { Ban, NewBan } from "../../src/domain/intrusion/ban.js";
import { RingfenceError } from "../../src/domain/error.js";
import { Keeper } from "../../src/guard/keeper.js";
import { Protection } from "../../src/guard/protection.js";
import type { Stop } from "../../src/guard/ports.js";
import {
  FakeBanStore,
  FakeFirewall,
  FakeLog,
  FakeTime,
  gate,
  newBan,
  settle,
  START_MS,
  target,
} from "./support/fakes.js";

let time: FakeTime;
let log: FakeLog;
let store: FakeBanStore;
let firewall: FakeFirewall;
let protection: Protection;
let keeper: Keeper;
let stop: Stop;

beforeEach(() => {
  time = new FakeTime();
  log = new FakeLog();
  store = new FakeBanStore();
  firewall = new FakeFirewall(time);
  protection = new Protection({ own: [], configured: [], log });
  keeper = new Keeper({ firewall, bans: store, protection, clock: time, after: time.after, log });
});
afterEach(() => stop());

async function start(): Promise<void> {
  stop = keeper.start();
  await settle();
}

/** As the ban book does: stored first, then sent. */
function decide(of: string, change: Partial<NewBan> = {}): Ban {
  const ban = store.add(newBan(of, { fromMs: time.nowMs(), untilMs: time.nowMs() + 900_000, ...change }));
  keeper.enforce([ban], []);
  return ban;
}

function lift(of: string): void {
  store.lift(target(of), time.nowMs(), "admin");
  keeper.enforce([], [target(of)]);
}

const A = "203.0.113.1";
const B = "203.0.113.2";
const C = "198.51.100.0/24";
const fail = (): never => {
  throw new Error("nft said no");
};

/** Fails the first `times` of an operation. */
function failing(which: string, times = Infinity): FakeFirewall["fault"] {
  let left = times;
  return (operation) => {
    if (operation === which && left-- > 0) fail();
  };
}

describe("on start", () => {
  test("puts the bans of the last run into force in one change", async () => {
    for (let i = 0; i < 300; i++) store.add(newBan(`10.0.${i >> 8}.${i & 255}`));
    store.add(newBan(B, { untilMs: START_MS - 1 }));
    await start();
    expect(firewall.shut).toHaveLength(300);
    expect(firewall.changes).toHaveLength(1);
    expect(keeper.state()).toMatchObject({
      inForce: 300,
      held: 300,
      pending: 0,
      failures: 0,
      comparedAtMs: START_MS,
    });
  });

  test("puts very many into force in several changes, and compares them all", async () => {
    for (let i = 0; i < 12_000; i++) store.add(newBan(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`));
    await start();
    for (let i = 0; i < 20; i++) await settle();
    expect(firewall.changes.map(({ shut }) => shut.length)).toEqual([5_000, 5_000, 2_000]);
    expect(keeper.state()).toMatchObject({
      inForce: 12_000,
      pending: 0,
      failures: 0,
      comparedAtMs: START_MS,
    });
  });

  test("gives a ban that is held in another scope its own", async () => {
    store.add(newBan(A, { scope: "voip" }));
    firewall.table = true;
    firewall.tamper(target(A), START_MS + 900_000, "host");
    await start();
    expect(firewall.scopeOf(target(A))).toBe("voip");
    expect(log.messages("warn")).toEqual(["the kernel had bans with another end or scope"]);
  });

  test("leaves alone what the kernel holds already", async () => {
    store.add(newBan(A));
    firewall.table = true;
    firewall.tamper(target(A), START_MS + 900_000);
    await start();
    expect(firewall.changes).toEqual([]);
    expect(log.messages("warn")).toEqual([]);
  });

  test("protects before it shuts anyone out", async () => {
    protection.setNeverBan([target(B)]);
    store.add(newBan(A));
    let shielded: readonly Target[] = [];
    firewall.fault = (operation) => {
      if (operation === "apply") shielded = firewall.shielded;
    };
    await start();
    expect(shielded).toContain(B);
  });

  test("keeps a decision that comes before the firewall is in place", async () => {
    stop = keeper.start();
    decide(A);
    expect(firewall.changes).toEqual([]);
    await settle();
    expect(firewall.shut).toEqual([A]);
  });

  test("tries again while the firewall fails, and says so", async () => {
    firewall.fault = fail;
    store.add(newBan(A));
    await start();
    await time.pass(3_000);
    expect(firewall.shut).toEqual([]);
    expect(keeper.state()).toMatchObject({ comparedAtMs: null, lastError: "nft said no" });
    expect(keeper.state().failures).toBeGreaterThan(3);
    expect(log.messages("error").length).toBeGreaterThan(1);

    firewall.fault = () => undefined;
    decide(B);
    await time.pass(10_000);
    expect(firewall.shut).toEqual([A, B]);
    expect(keeper.state()).toMatchObject({ failures: 0, lastError: null, pending: 0 });
  });

  test("backs off: some ten tries in the first half minute", async () => {
    firewall.fault = fail;
    await start();
    await time.pass(30_000);
    expect(firewall.prepared).toBeGreaterThan(6);
    expect(firewall.prepared).toBeLessThan(14);
  });
});

describe("a decision", () => {
  test("is sent at once, without a listing first, and with the time that is left", async () => {
    await start();
    await time.pass(1_000);
    firewall.fault = failing("held");
    const ban = decide(A);
    expect(firewall.changes).toEqual([
      { shut: [{ target: A, timeoutMs: 900_000, scope: "host" }], open: [] },
    ]);
    await settle();
    expect(firewall.endOf(target(A))).toBe(ban.untilMs);
  });

  test("forms the next change with all that come while one is under way; the last wish for a target counts", async () => {
    await start();
    const { promise, open } = gate();
    firewall.gate = promise;
    decide("203.0.113.9");
    decide(A);
    decide(B);
    decide(C, { untilMs: null });
    lift(B);
    decide("203.0.113.4");
    lift("203.0.113.9");
    await settle();
    expect(firewall.changes).toHaveLength(1);
    expect(keeper.state().pending).toBe(6);
    open();
    await settle();
    expect(firewall.changes).toHaveLength(2);
    expect(firewall.changes[1]!.open).toEqual([B, "203.0.113.9"]);
    expect(firewall.shut).toEqual([C, A, "203.0.113.4"]);
    expect(keeper.state().pending).toBe(0);
  });

  test("does not wait for a listing that takes long, and the listing does not undo it", async () => {
    store.add(newBan(B));
    await start();
    const { promise, open } = gate();
    firewall.heldGate = promise;
    await time.pass(5_000);
    decide(A);
    lift(B);
    await settle();
    expect(firewall.shut).toEqual([A]);
    const sent = firewall.changes.length;
    firewall.heldGate = null;
    open();
    await settle();
    expect(firewall.changes).toHaveLength(sent);
    await time.pass(20_000);
    expect(firewall.shut).toEqual([A]);
    expect(log.messages("warn")).toEqual([]);
  });

  test("is in force while they come too fast for a listing, which is no fault and waits", async () => {
    await start();
    const calm = firewall.fault;
    firewall.fault = (operation) => {
      if (operation === "held") throw new RingfenceError("busy", "the sets change too fast");
    };
    decide(A);
    await time.pass(30_000);
    expect(firewall.shut).toEqual([A]);
    expect(keeper.state()).toMatchObject({ failures: 0, pending: 0, comparedAtMs: START_MS });
    expect([log.messages("warn"), log.messages("error")]).toEqual([[], []]);
    firewall.fault = calm;
    await time.pass(10_000);
    expect(keeper.state()).toMatchObject({ inForce: 1, held: 1 });
  });

  test("that failed is put into force by the comparison that follows at once", async () => {
    await start();
    firewall.fault = failing("apply", 1);
    decide(A);
    lift(B);
    await time.pass(0);
    expect(firewall.shut).toEqual([A]);
    expect(log.messages("warn")).toEqual(["the firewall did not take a change; trying again"]);
    expect(log.messages("error")).toEqual([]);
  });

  test("of lifting that failed is not forgotten, even while comparing fails too", async () => {
    store.add(newBan(A));
    await start();
    firewall.fault = fail;
    lift(A);
    await time.pass(60_000);
    expect(firewall.shut).toEqual([A]);
    firewall.fault = failing("held");
    await time.pass(10_000);
    expect(firewall.shut).toEqual([]);
  });

  test("newer than one that fails meanwhile wins", async () => {
    await start();
    const { promise, open } = gate();
    firewall.gate = promise;
    firewall.fault = failing("apply", 1);
    decide(A);
    await settle();
    lift(A);
    firewall.gate = null;
    open();
    await time.pass(0);
    expect(firewall.shut).toEqual([]);
    expect(keeper.state().pending).toBe(0);
  });

  test("newer than one that has failed wins", async () => {
    await start();
    firewall.fault = failing("apply", 1);
    decide(A);
    await settle();
    lift(A);
    await time.pass(0);
    expect(firewall.changes.map(({ shut }) => shut.length)).toEqual([1, 0]);
    expect(firewall.shut).toEqual([]);
  });

  test("that is over before the firewall works is not sent", async () => {
    firewall.fault = failing("prepare");
    await start();
    decide(A, { untilMs: time.nowMs() + 1_000 });
    await time.pass(2_000);
    firewall.fault = () => undefined;
    decide(B);
    await time.pass(10_000);
    expect(firewall.changes.flatMap(({ shut }) => shut.map((each) => each.target))).toEqual([B]);
  });

  test("is not tried one by one where the firewall takes nothing", async () => {
    await start();
    firewall.fault = failing("apply");
    await time.pass(1_000);
    for (let i = 0; i < 50; i++) {
      decide(`10.0.0.${i}`);
      await time.pass(10);
    }
    expect(firewall.changes.length).toBeLessThan(25);
    firewall.fault = () => undefined;
    await time.pass(10_000);
    expect(firewall.shut).toHaveLength(50);
  });

  test("that the firewall never takes does not hold up the others", async () => {
    firewall.fault = (operation, change) => {
      if (operation === "apply" && change!.shut.some((each) => each.target === B)) fail();
    };
    for (let i = 0; i < 50; i++) store.add(newBan(`10.0.0.${i}`));
    store.add(newBan(B));
    await start();
    await time.pass(5_000);
    expect(firewall.shut).toHaveLength(50);
    expect(keeper.state()).toMatchObject({ lastError: "nft said no", pending: 1 });

    decide(A);
    await settle();
    expect(firewall.shut).toContain(A);
    firewall.fault = () => undefined;
    await time.pass(15_000);
    expect(firewall.shut).toHaveLength(52);
    expect(keeper.state()).toMatchObject({ failures: 0, pending: 0 });
  });

  test("is not tried in ever more parts where the firewall takes nothing at all", async () => {
    await start();
    firewall.fault = failing("apply");
    for (let i = 0; i < 1_000; i++) store.add(newBan(`10.0.${i >> 8}.${i & 255}`));
    await time.pass(30_000);
    expect(firewall.changes.length).toBeGreaterThan(10);
    expect(firewall.changes.length).toBeLessThan(200);
  });
});

describe("every five seconds", () => {
  test("a flushed table is made anew, with every ban and what is protected", async () => {
    protection.setNeverBan([target(B)]);
    store.add(newBan(A));
    store.add(newBan(C, { untilMs: null }));
    await start();
    firewall.flush();
    await time.pass(5_000);
    expect(firewall.shut).toEqual([C, A]);
    expect(log.messages("warn")).toEqual(["the firewall was emptied or damaged, and is made anew"]);
  });

  test("a table that was flushed is made anew at once by the next decision", async () => {
    store.add(newBan(A));
    await start();
    firewall.flush();
    decide(B);
    await time.pass(0);
    expect(firewall.shut).toEqual([A, B]);
  });

  test("what is missing comes back, and what has a wrong end gets its own", async () => {
    const bans = [A, B, C].map((each) => store.add(newBan(each)));
    await start();
    firewall.tamper(target(A), "gone");
    firewall.tamper(target(B), null);
    await time.pass(5_000);
    expect(firewall.shut).toEqual([C, A, B]);
    for (const ban of bans) expect(firewall.endOf(ban.target)).toBe(ban.untilMs);
    expect(log.lines).toContainEqual({
      level: "warn",
      message: "the kernel lacked bans",
      fields: { count: 1, targets: [A] },
    });
  });

  test("what nobody banned is opened, but not on the word of one listing", async () => {
    await start();
    firewall.tamper(target(A), null);
    await time.pass(5_000);
    expect(firewall.shut).toEqual([A]);
    await time.pass(5_000);
    expect(firewall.shut).toEqual([]);
  });

  test("a listing that leaves out rows costs nobody a ban", async () => {
    for (let i = 0; i < 100; i++) store.add(newBan(`10.0.0.${i}`));
    await start();
    firewall.listing = (held) => held.slice(0, 10);
    await time.pass(20_000);
    expect(firewall.shut).toHaveLength(100);
    expect(firewall.changes.every(({ open }) => open.length === 0)).toBe(true);
  });

  test("a ban ends in the kernel by itself, and is no longer asked for", async () => {
    decideBeforeStart(A, 60_000);
    await start();
    await time.pass(70_000);
    expect(firewall.shut).toEqual([]);
    expect(firewall.changes).toHaveLength(1);
    expect(keeper.state()).toMatchObject({ inForce: 0, held: 0 });
  });

  test("comparing rests longer where it takes long", async () => {
    await start();
    let compared = 0;
    firewall.fault = (operation) => {
      if (operation === "held") compared += 1;
    };
    await time.pass(60_000);
    const usual = compared;
    expect(usual).toBe(12);

    compared = 0;
    firewall.listing = (held) => {
      time.slip(2_000);
      return held;
    };
    await time.pass(120_000);
    expect(compared).toBeLessThan(5);
    expect(compared).toBeGreaterThan(1);

    compared = 0;
    firewall.listing = (held) => {
      time.slip(20_000);
      return held;
    };
    await time.pass(600_000);
    expect(compared).toBeGreaterThan(10);
  });

  test("a store that fails is waited for", async () => {
    store.add(newBan(A));
    const inForce = store.inForce.bind(store);
    store.inForce = fail;
    await start();
    expect(keeper.state().lastError).toBe("nft said no");
    store.inForce = inForce;
    await time.pass(1_000);
    expect(firewall.shut).toEqual([A]);
  });
});

function decideBeforeStart(of: string, ms: number): void {
  store.add(newBan(of, { untilMs: START_MS + ms }));
}

test("what comes to be protected reaches the kernel at once", async () => {
  await start();
  protection.setTrunks([{ endpoint: "carrier", targets: [target(A)] }]);
  await settle();
  expect(firewall.shielded).toContain(A);
});

test("what comes to be protected during a comparison reaches the kernel after it", async () => {
  await start();
  const { promise, open } = gate();
  firewall.heldGate = promise;
  await time.pass(5_000);
  protection.setNeverBan([target(A)]);
  await settle();
  expect(firewall.shielded).not.toContain(A);
  firewall.heldGate = null;
  open();
  await time.pass(0);
  expect(firewall.shielded).toContain(A);
});

test("protection that could not be set is tried again", async () => {
  await start();
  firewall.fault = failing("protect", 2);
  protection.setNeverBan([target(A)]);
  await time.pass(1_000);
  expect(firewall.shielded).toContain(A);
});

test("after the stop the bans stay, what was under way is done, and nothing more happens", async () => {
  await start();
  const { promise, open } = gate();
  firewall.gate = promise;
  decide(A);
  decide(B);
  const stopped = stop();
  open();
  await stopped;
  expect(firewall.shut).toEqual([A, B]);
  expect(time.waiting).toBe(0);
  const { prepared } = firewall;
  await time.pass(60_000);
  expect(firewall.prepared).toBe(prepared);
  stop = () => Promise.resolve();
});
