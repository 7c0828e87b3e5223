import { Accounts } from "../../src/guard/accounts.js";
import type { AccountStore, KnownAccount, Log } from "../../src/guard/ports.js";

const HOUR = 3_600_000;
const quiet: Log = {
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
};

/** Keeps what it is told, as the real one does. */
class Memory implements AccountStore {
  readonly rows = new Map<string, KnownAccount>();
  writes = 0;
  broken = false;

  load(): KnownAccount[] {
    return [...this.rows.values()];
  }

  saw(names: readonly string[], atMs: number): void {
    if (this.broken) throw new Error("disk full");
    this.writes += 1;
    for (const name of names) {
      this.rows.set(name, { name, firstAtMs: this.rows.get(name)?.firstAtMs ?? atMs, lastAtMs: atMs });
    }
  }
}

function world(store = new Memory()) {
  const clock = { now: 1_000_000, nowMs: () => clock.now };
  const errors: string[] = [];
  const log = { ...quiet, error: (message: string) => void errors.push(message) };
  const accounts = new Accounts({ store, clock, log });
  const stop = accounts.start();
  const list = (...names: string[]) =>
    accounts.use({ accounts: names.map((name) => ({ name, authNames: [] })) });
  return { accounts, store, clock, list, stop, errors };
}

test("before Asterisk has answered, nothing is said of any name", () => {
  const { accounts } = world();
  expect(accounts.standingOf("104")).toEqual({ state: "unknown", lastSeenMs: null });
  expect(accounts.exists("104")).toBeNull();
});

test("an account exists, is gone, and comes back", () => {
  const { accounts, list, clock } = world();
  list("104", "198");
  expect(accounts.standingOf("198")).toEqual({ state: "exists", lastSeenMs: 1_000_000 });
  clock.now += 1_000;
  list("104", "198");
  clock.now += 1_000;
  list("104");
  expect(accounts.standingOf("198")).toEqual({ state: "existed", lastSeenMs: 1_001_000 });
  expect(accounts.exists("198")).toBe(false);
  list("198");
  expect(accounts.exists("198")).toBe(true);
  expect(accounts.standingOf("999")).toEqual({ state: "never", lastSeenMs: null });
});

test("history outlives the daemon, to the last list before the account went", async () => {
  const first = world();
  first.list("104", "198");
  first.clock.now += 60_000;
  first.list("104", "198");
  await first.stop();
  const { accounts, list, clock } = world(first.store);
  expect(accounts.standingOf("198")).toEqual({ state: "unknown", lastSeenMs: 1_060_000 });
  expect(accounts.nearest("140")).toBe("104");
  clock.now = 2_000_000;
  list("104");
  expect(accounts.standingOf("198")).toEqual({ state: "existed", lastSeenMs: 1_060_000 });
});

test("an Asterisk that is still loading makes no account go", () => {
  const { accounts, list } = world();
  list("104");
  list();
  expect(accounts.exists("104")).toBe(true);
});

test("lists are written when they change, and every hour", () => {
  const { store, list, clock } = world();
  list("104");
  list("104");
  expect(store.writes).toBe(1);
  clock.now += HOUR;
  list("104");
  expect(store.writes).toBe(2);
  clock.now += 1_000;
  list("105");
  expect([...store.rows.values()]).toEqual([
    { name: "104", firstAtMs: 1_000_000, lastAtMs: 1_000_000 + HOUR },
    { name: "105", firstAtMs: 1_001_000 + HOUR, lastAtMs: 1_001_000 + HOUR },
  ]);
});

test("what a full disk did not take is written later", async () => {
  const { store, list, stop, errors } = world();
  store.broken = true;
  list("104");
  expect(errors).toHaveLength(1);
  store.broken = false;
  await stop();
  expect([...store.rows.keys()]).toEqual(["104"]);
});

test("an account that works though no list has it exists; of its later days nothing is known", () => {
  const { accounts, list, clock } = world();
  list("104");
  clock.now += 1_000;
  accounts.saw("iax-user", clock.now);
  accounts.saw("104", clock.now);
  expect(accounts.exists("iax-user")).toBe(true);
  clock.now += 1_000;
  list("104");
  expect(accounts.standingOf("iax-user")).toEqual({ state: "unknown", lastSeenMs: 1_001_000 });
});

test("without any list, what works exists, and is what a slip is near to", () => {
  const { accounts, list } = world();
  accounts.saw("104", 1_000_000);
  expect(accounts.standingOf("104")).toEqual({ state: "exists", lastSeenMs: 1_000_000 });
  expect(accounts.standingOf("140").state).toBe("unknown");
  expect(accounts.nearest("140")).toBe("104");
  list("205");
  expect(accounts.nearest("140")).toBe("104");
});

test.each([
  [["pjsip"], "never"],
  [["iax2"], "unknown"],
  [["pjsip", "sip"], "never"],
  [["sip", "iax2"], "unknown"],
  [["ami"], "unknown"],
])("a name that was tried at %j and is in no list: %s", (services, state) => {
  const { accounts, list } = world();
  list("104");
  expect(accounts.standingOf("999", services).state).toBe(state);
});

test("the nearest is a real account now, or the owner of a password's user name", () => {
  const { accounts, list } = world();
  list("104", "198");
  expect(accounts.nearest("140")).toBe("104");
  expect(accounts.nearest("189")).toBe("198");
  expect(accounts.nearest("104")).toBeNull();
  list("104");
  expect(accounts.nearest("189")).toBeNull();
  accounts.use({
    accounts: [
      { name: "120", authNames: ["u-office-120", "104"] },
      { name: "104", authNames: [] },
    ],
  });
  expect(accounts.nearest("u-office-120")).toBe("120");
  expect(accounts.nearest("104")).toBeNull();
});

test.each([
  "__proto__",
  "constructor",
  "toString",
  "x".repeat(100_000),
  "",
  "\0",
  "1'; DROP TABLE accounts; --",
])("the hostile name %.20j was never there and is near to nothing", (name) => {
  const { accounts, list } = world();
  list(...Array.from({ length: 5_000 }, (_, at) => String(10_000 + at)));
  expect(accounts.standingOf(name).state).toBe("never");
  expect(accounts.nearest(name)).toBeNull();
});
