import type { Source } from "../../../src/domain/address.js";
import type { Sighting } from "../../../src/domain/intrusion/sighting.js";
import { Shedding } from "../../../src/asterisk/hep/shedding.js";

const T = 1_800_000_000_000;
const limits = { challenges: 5, answering: 6, answeringOfSource: 3, others: 4, othersOfSource: 2 };
const at = (n: number): Source => `203.0.113.${n}` as Source;
const challenge = (source: Source, nonce: string, atMs = T): Sighting => ({
  type: "challenge",
  atMs,
  source,
  nonce,
});
const ask = (source: Source, nonce: string | null, atMs = T): Sighting => ({
  type: "request",
  atMs,
  source,
  port: 5060,
  transport: "udp",
  method: "REGISTER",
  session: "s",
  account: null,
  userAgent: null,
  nonce,
  otherNonces: [],
});
const judged = (sightings: readonly Sighting[], shedding = new Shedding(limits)): string[] =>
  sightings.map((sighting) => shedding.judge(sighting));

test("the same challenge to the same source is no news", () => {
  expect(
    judged([challenge(at(1), "a"), challenge(at(1), "a"), challenge(at(2), "a"), challenge(at(1), "b")]),
  ).toEqual(["tell", "shed", "tell", "tell"]);
});

test("challenges that are let go of are a loss", () => {
  const many = Array.from({ length: 7 }, (_, n) => challenge(at(n), "a"));
  expect(judged(many).filter((how) => how === "lost")).toHaveLength(2);
});

test("whoever floods loses his own requests first, and those that answer nothing before the others", () => {
  const flood = Array.from({ length: 10 }, () => ask(at(1), null));
  const answers = Array.from({ length: 10 }, () => ask(at(1), "n"));
  const shedding = new Shedding(limits);
  expect(judged(flood, shedding).filter((how) => how === "tell")).toHaveLength(2);
  expect(judged(answers, shedding).filter((how) => how === "tell")).toHaveLength(3);
  expect(judged([ask(at(2), null), ask(at(2), "n")], shedding)).toEqual(["tell", "tell"]);
  expect(shedding.shed).toBe(15);
});

test("there is a limit for all together", () => {
  const spray = Array.from({ length: 50 }, (_, n) => ask(at(n), null));
  expect(judged(spray).filter((how) => how === "tell")).toHaveLength(4);
});

test("the next second starts anew, and a packet that is late by one does not", () => {
  const shedding = new Shedding(limits);
  const flood = Array.from({ length: 10 }, () => ask(at(1), null));
  judged(flood, shedding);
  expect(judged([ask(at(1), null, T + 1_000), ask(at(1), null, T + 999)], shedding)).toEqual([
    "tell",
    "tell",
  ]);
  expect(judged([ask(at(1), null, T + 1_001)], shedding)).toEqual(["shed"]);
});
