import { FloodWatch } from "../../src/guard/flood-watch.js";
import { FakeFirewall, FakeLog, FakeTime, source } from "./support/fakes.js";

const A = source("203.0.113.1");

let time: FakeTime;
let firewall: FakeFirewall;
let log: FakeLog;
let flooded: [string, number][];
let known: { all(): ReturnType<typeof source>[]; revision(): number };

beforeEach(() => {
  time = new FakeTime();
  firewall = new FakeFirewall(time);
  log = new FakeLog();
  flooded = [];
  known = { all: () => [A], revision: () => 1 };
});

async function started(): Promise<void> {
  const intrusion = {
    flood: (target: string, packets: number) => void flooded.push([target, packets]),
  };
  new FloodWatch({ firewall, known, intrusion, after: time.after, log }).start();
  await time.pass(0);
}

test("known sources are told at once, and again only when they changed, soon after if that is half a minute ago", async () => {
  await started();
  expect(firewall.known).toEqual([A]);
  firewall.known = [];
  await time.pass(120_000);
  expect(firewall.known).toEqual([]);
  known.revision = () => 2;
  await time.pass(2_000);
  expect(firewall.known).toEqual([A]);
  firewall.known = [];
  known.revision = () => 3;
  await time.pass(2_000);
  expect(firewall.known).toEqual([]);
  await time.pass(28_000);
  expect(firewall.known).toEqual([A]);
});

test("who floods is told as it is seen", async () => {
  await started();
  firewall.flooding = [{ target: A, packets: 70 }];
  await time.pass(2_000);
  expect(flooded).toEqual([[A, 70]]);
});

test("strangers who are turned away together are told of once in half a minute, by how many packets", async () => {
  firewall.counted = { packets: 0, bytes: 0, crowded: 400 };
  await started();
  // Of an earlier run.
  expect(log.messages("warn")).toEqual([]);
  firewall.counted = { packets: 0, bytes: 0, crowded: 1_400 };
  await time.pass(60_000);
  expect(log.lines.filter(({ level }) => level === "warn")).toMatchObject([{ fields: { packets: 1_000 } }]);
  // Made anew.
  firewall.counted = { packets: 0, bytes: 0, crowded: 30 };
  await time.pass(60_000);
  expect(log.lines.filter(({ level }) => level === "warn")).toMatchObject([
    { fields: { packets: 1_000 } },
    { fields: { packets: 30 } },
  ]);
});

test("a firewall that fails is told of once, and known sources are told again after it", async () => {
  await started();
  firewall.fault = () => {
    throw new Error("nft said no");
  };
  await time.pass(10_000);
  expect(log.lines.filter(({ level }) => level === "warn")).toHaveLength(1);
  firewall.fault = () => undefined;
  firewall.known = [];
  await time.pass(30_000);
  expect(firewall.known).toEqual([A]);
});
