import { Nonces } from "../../src/domain/intrusion/nonces.js";
import type { Evidence, SecurityEvent } from "../../src/domain/intrusion/security-event.js";
import type { Sighting } from "../../src/domain/intrusion/sighting.js";
import { AwaitedProof } from "../../src/guard/awaited-proof.js";
import { event, source } from "../domain/intrusion/script.js";
import { FakeTime } from "./support/fakes.js";

const WHO = source("203.0.113.12");
const HELD = 20;

/** The mirror has been heard for a minute, and what is handed on is judged with what the ledger knows by then. */
function world({ mirror = true } = {}) {
  const time = new FakeTime();
  const nonces = new Nonces();
  const handedOn: (SecurityEvent | "forged lines")[] = [];
  const proofs: string[] = [];
  const parts = {
    nonces,
    handOn: (evidence: Evidence) => {
      if (evidence.type !== "security") return void handedOn.push("forged lines");
      handedOn.push(evidence);
      const { challenge, source: from, atMs } = evidence;
      if (challenge !== null) proofs.push(nonces.proofOf(challenge, from, atMs));
    },
    clock: time,
    after: time.after,
  };
  const awaited = new AwaitedProof(parts, HELD);
  if (mirror) nonces.heard(time.nowMs() - 60_000);
  const nonceOf = (digit: string, atMs = time.nowMs()) => `${Math.floor(atMs / 1000)}/${digit.repeat(32)}`;
  const answer = (challenge: string, over: Partial<SecurityEvent> = {}) =>
    event({ kind: "challenge-failed", atMs: time.nowMs(), challenge, response: "0a", ...over });
  /** What the mirror shows of a challenge and the request that answers it; `null`: nobody was challenged with it. */
  const mirrored = (asked: string, challenged: string | null, from = WHO) => {
    const atMs = time.nowMs();
    if (challenged !== null) nonces.sent(challenged, from, atMs);
    nonces.answered([asked], from, atMs);
    const request = { type: "request", atMs, source: from, nonce: asked, otherNonces: [] } as const;
    awaited.mirrored([request as unknown as Sighting]);
  };
  return { time, nonces, awaited, handedOn, proofs, nonceOf, answer, mirrored };
}

test("an answer that AMI tells of before the mirror shows it is judged once it was shown", () => {
  const { awaited, handedOn, proofs, nonceOf, answer, mirrored } = world();
  const nonce = nonceOf("a");
  awaited.take(answer(nonce));
  expect(handedOn).toEqual([]);
  mirrored(nonce, nonce);
  expect(proofs).toEqual(["returned"]);
});

test("one that was shown before is judged at once", () => {
  const { awaited, proofs, nonceOf, answer, mirrored } = world();
  const nonce = nonceOf("a");
  mirrored(nonce, nonce);
  awaited.take(answer(nonce));
  expect(proofs).toEqual(["returned"]);
});

test("a made-up nonce of this very second turns out to be forged", () => {
  const { awaited, handedOn, proofs, nonceOf, answer, mirrored } = world();
  const nonce = nonceOf("b");
  awaited.take(answer(nonce));
  expect(handedOn).toEqual([]);
  mirrored(nonce, null);
  expect(proofs).toEqual(["forged"]);
});

test("what the source does behind it stays behind it, and another source waits for nobody", () => {
  const { awaited, handedOn, nonceOf, answer, mirrored } = world();
  const [one, two] = [nonceOf("a"), nonceOf("c")];
  const first = answer(one);
  const success = event({ kind: "success", session: "call-1" });
  const second = answer(two, { session: "call-2" });
  const other = event({ kind: "invalid-account", address: "203.0.113.99" });
  for (const each of [first, success, second, other]) awaited.take(each);
  expect(handedOn).toEqual([other]);
  mirrored(one, one);
  expect(handedOn).toEqual([other, first, success]);
  mirrored(two, two);
  expect(handedOn).toEqual([other, first, success, second]);
});

test("what the mirror has lost is waited for a moment, and judged as unproven then", async () => {
  const { time, awaited, proofs, nonceOf, answer, mirrored } = world();
  awaited.take(answer(nonceOf("a")));
  const other = nonceOf("d");
  mirrored(other, other, source("203.0.113.99"));
  await time.pass(99);
  expect(proofs).toEqual([]);
  await time.pass(1);
  expect(proofs).toEqual(["unproven"]);
});

test("while a hole in the ledger makes it unproven, the request itself ends the wait", () => {
  const { time, nonces, awaited, proofs, nonceOf, answer, mirrored } = world();
  const nonce = nonceOf("a");
  nonces.lost(time.nowMs() - 3_000, time.nowMs());
  awaited.take(answer(nonce));
  mirrored(nonce, null);
  expect(proofs).toEqual(["unproven"]);
});

test.each([
  ["the very first, before the mirror has shown anything", false],
  ["one after a long silence", true],
])("waits: %s", (_, mirror) => {
  const { awaited, proofs, nonceOf, answer, mirrored } = world({ mirror });
  const nonce = nonceOf("a");
  awaited.take(answer(nonce));
  mirrored(nonce, nonce);
  expect(proofs).toEqual(["returned"]);
});

test.each([
  ["without a mirror", false],
  ["behind one that fell silent", true],
])("%s only the first waits, until it is heard again", async (_, mirror) => {
  const { time, nonces, awaited, handedOn, nonceOf, answer } = world({ mirror });
  awaited.take(answer(nonceOf("a")));
  expect(handedOn).toHaveLength(0);
  await time.pass(100);
  expect(handedOn).toHaveLength(1);
  awaited.take(answer(nonceOf("b")));
  expect(handedOn).toHaveLength(2);
  nonces.heard(time.nowMs());
  awaited.mirrored([]);
  awaited.take(answer(nonceOf("c")));
  expect(handedOn).toHaveLength(2);
});

test.each<[string, Partial<SecurityEvent>]>([
  ["over TCP", { transport: "tcp" }],
  ["of chan_sip", { service: "sip" }],
  ["that names no nonce", { challenge: null }],
  ["with a nonce that is not of Asterisk's form", { challenge: "garbage" }],
  ["that succeeds", { kind: "success" }],
])("nothing is known by waiting of an answer %s", (_, over) => {
  const { awaited, handedOn, nonceOf, answer } = world();
  awaited.take(answer(nonceOf("a"), over));
  expect(handedOn).toHaveLength(1);
});

test("whoever forges lines is judged at once", () => {
  const { awaited, handedOn, nonceOf, answer } = world();
  awaited.take(answer(nonceOf("a")));
  awaited.take({ type: "forged", source: WHO } as Evidence);
  expect(handedOn).toEqual(["forged lines"]);
});

test("a flood is not held: what is beyond the room for it is judged as it is", async () => {
  const { time, awaited, handedOn, nonceOf, answer } = world();
  const nonce = nonceOf("a");
  for (let n = 0; n < 3 * HELD; n++) {
    awaited.take(answer(nonce, { address: `10.0.0.${n}` }));
  }
  expect(handedOn).toHaveLength(2 * HELD);
  for (let n = 0; n < HELD; n++) awaited.take(answer(nonce, { address: "10.0.0.0" }));
  // Its first is handed on unproven, and the rest no longer waits behind it.
  expect(handedOn.length).toBeGreaterThan(2 * HELD);
  await time.pass(100);
  expect(handedOn).toHaveLength(4 * HELD);
});
