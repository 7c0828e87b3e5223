import type { Ban } from "../../src/domain/intrusion/ban.js";
import { Nftables } from "../../src/firewall/nftables.js";
import { Keeper } from "../../src/guard/keeper.js";
import { Protection } from "../../src/guard/protection.js";
import type { After, Stop } from "../../src/guard/ports.js";
import { Namespace } from "../firewall/namespace.js";
import { until } from "../firewall/until.js";
import { FakeBanStore, FakeLog, newBan, target } from "./support/fakes.js";

/** The keeper over the real kernel, on the real clock. */
jest.setTimeout(120_000);
/** The keeper rests up to 30 s where comparing is slow, and so it is on a busy machine. */
const HEALED_MS = 50_000;

const clock = { nowMs: () => Date.now() };
const after: After = (ms, job) => {
  const timer = setTimeout(job, ms);
  return () => clearTimeout(timer);
};

let namespace: Namespace;
beforeAll(() => void (namespace = new Namespace()));
afterAll(() => namespace.remove());

let store: FakeBanStore;
let protection: Protection;
let firewall: Nftables;
let keeper: Keeper;
let stop: Stop;

beforeEach(() => {
  nft("flush", "ruleset");
  store = new FakeBanStore();
  protection = new Protection({ own: [target("192.0.2.1")], configured: [], log: new FakeLog() });
  run(namespace.nft);
});
afterEach(() => stop());

function run(binary: string): void {
  firewall = new Nftables({ binary, deadlineMs: 20_000 });
  keeper = new Keeper({ firewall, bans: store, protection, clock, after, log: new FakeLog() });
  stop = keeper.start();
}

function ban(of: string, ms: number | null = 3_600_000): Ban {
  const nowMs = Date.now();
  return store.add(newBan(of, { fromMs: nowMs, untilMs: ms === null ? null : nowMs + ms }));
}

function decide(of: string, ms: number | null = 3_600_000): void {
  keeper.enforce([ban(of, ms)], []);
}

const nft = (...args: string[]): string => namespace.run("nft", ...args);
const held = async (): Promise<string[]> => (await firewall.held()).map((each) => String(each.target)).sort();
const holds = (...targets: string[]): Promise<void> =>
  until(async () => {
    const now = await held().catch(() => []);
    return JSON.stringify(now) === JSON.stringify([...targets].sort());
  }, HEALED_MS);

test("a decision comes into the kernel, and out again when it is lifted", async () => {
  decide("203.0.113.1");
  decide("198.51.100.0/24", null);
  decide("2001:db8:0:1::/64");
  await holds("198.51.100.0/24", "2001:db8:0:1::/64", "203.0.113.1");
  store.lift(target("198.51.100.0/24"), Date.now(), "admin");
  keeper.enforce([], [target("198.51.100.0/24")]);
  await holds("2001:db8:0:1::/64", "203.0.113.1");
});

test("nft flush ruleset heals by itself, with what is protected", async () => {
  decide("203.0.113.1");
  decide("10.0.0.0/8", null);
  await holds("10.0.0.0/8", "203.0.113.1");
  nft("flush", "ruleset");
  await holds("10.0.0.0/8", "203.0.113.1");
  expect(nft("list", "set", "inet", "ringfence", "protected4_32")).toContain("192.0.2.1");
});

test("a flushed set heals by itself", async () => {
  decide("203.0.113.1");
  await holds("203.0.113.1");
  nft("flush", "set", "inet", "ringfence", "ban4_32");
  await holds("203.0.113.1");
});

test("an element put in by hand goes, a ban stays", async () => {
  decide("203.0.113.1");
  await holds("203.0.113.1");
  nft("add element inet ringfence ban4_32 { 203.0.113.99 }");
  await until(async () => !(await held()).includes("203.0.113.99"), 2 * HEALED_MS);
  expect(await held()).toEqual(["203.0.113.1"]);
});

test("10,000 bans of the last run come back, overlapping ones too, and the daemon's end changes nothing", async () => {
  await stop();
  const wanted = Array.from({ length: 10_000 }, (_, i) => `10.7.${i >> 8}.${i & 255}`);
  wanted.push("10.0.0.0/8", "10.7.0.0/16", "10.7.1.0/24", "2001:db8::/32", "2001:db8:0:1::/64");
  for (const each of wanted) ban(each);
  run(namespace.nft);
  await holds(...wanted);
  await stop();
  const before = nft("-a", "list", "chain", "inet", "ringfence", "prerouting");

  run(namespace.nft);
  await until(() => keeper.state().comparedAtMs !== null);
  expect(keeper.state()).toMatchObject({ inForce: wanted.length, held: wanted.length, failures: 0 });
  expect(nft("-a", "list", "chain", "inet", "ringfence", "prerouting")).toBe(before);
});

test("bans decided while nft fails are in force soon after it works again", async () => {
  await stop();
  const flag = `${namespace.nft}.works`;
  run(namespace.script("sick", `if [ -e ${flag} ]; then exec nft "$@"; fi; kill -9 $$`));
  decide("203.0.113.1");
  await until(() => keeper.state().failures > 2);
  decide("203.0.113.2");
  expect(keeper.state()).toMatchObject({ pending: 2, comparedAtMs: null });
  namespace.run("touch", flag);
  await holds("203.0.113.1", "203.0.113.2");
  await until(() => keeper.state().failures === 0);
});

test("a flood of decisions ends with every one of them in the kernel", async () => {
  const wanted = Array.from({ length: 3_000 }, (_, i) => `10.8.${i >> 8}.${i & 255}`);
  for (const [i, each] of wanted.entries()) {
    decide(each);
    // As they come from a stream: some at once, some a moment later.
    if (i % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await holds(...wanted);
  expect(keeper.state().failures).toBe(0);
});

test("once stopped nothing more reaches the kernel, so that it can be emptied for good", async () => {
  decide("203.0.113.1");
  decide("198.51.100.0/24", null);
  await holds("198.51.100.0/24", "203.0.113.1");
  await keeper.stop();
  expect(await held()).toEqual(["198.51.100.0/24", "203.0.113.1"]);
  await firewall.remove();
  decide("203.0.113.2");
  await keeper.stop();
  expect(nft("list", "ruleset")).toBe("");
  run(namespace.nft);
  await holds("198.51.100.0/24", "203.0.113.1", "203.0.113.2");
});
