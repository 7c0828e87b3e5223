import type { WaitingCall } from "../../../src/asterisk/ari/check.js";
import { CallDesk, type Judge } from "../../../src/asterisk/ari/desk.js";
import type { CallControl } from "../../../src/asterisk/ari/session.js";
import { RingfenceError } from "../../../src/domain/error.js";
import { DEFAULT_POLICY } from "../../../src/domain/policy.js";
import type { CallLogEntry } from "../../../src/guard/ports.js";
import { keptLog, verdictOn } from "./support.js";

const { dialPlan } = DEFAULT_POLICY;

function call(channelId: string, digits: string): WaitingCall {
  return {
    channelId,
    channelName: "PJSIP/100-0000001f",
    args: ["check", "3", digits, "wholesale", ...Array<string>(8).fill("")],
  };
}

/** Calls that wait, and how they were released. */
class Waiting implements CallControl {
  readonly released: [string, string | null][] = [];
  readonly calls: WaitingCall[] = [];
  broken = false;
  hold: Promise<void> = Promise.resolve();

  waiting(): Promise<readonly WaitingCall[]> {
    if (this.broken) return Promise.reject(new RingfenceError("asterisk-unreachable", "gone away"));
    return Promise.resolve(this.calls);
  }

  async release(channelId: string, answer: string | null): Promise<"released" | "gone"> {
    await this.hold;
    if (this.broken) throw new RingfenceError("asterisk-unreachable", "gone away");
    this.released.push([channelId, answer]);
    return "released";
  }
}

function desk(judge: Judge | null = { dialPlan, judge: verdictOn }) {
  const verdicts: Omit<CallLogEntry, "id">[] = [];
  const log = keptLog();
  const parts = {
    judge: () => judge,
    isTrunk: (endpoint: string) => endpoint === "carrier",
    onVerdict: (entry: Omit<CallLogEntry, "id">) => void verdicts.push(entry),
    clock: { nowMs: () => 1_763_779_000_000 },
    log,
  };
  return { desk: new CallDesk(parts), verdicts, log };
}

test("a call is answered by its verdict, which is told", async () => {
  const control = new Waiting();
  const { desk: it, verdicts } = desk();
  await it.receive(call("1.1", "18005550123"), control);
  await it.receive(call("1.2", "18765550123"), control);
  expect(control.released).toEqual([
    ["1.1", "3:allow:allowed:+18005550123:18005550123:"],
    ["1.2", "3:refuse:area-closed:+18765550123::"],
  ]);
  expect(verdicts).toMatchObject([
    {
      channelId: "1.1",
      atMs: 1_763_779_000_000,
      trunk: "wholesale",
      payer: "endpoint",
      verdict: { decision: "allow", from: "100" },
    },
    { channelId: "1.2", verdict: { decision: "refuse", reason: "area-closed" } },
  ]);
});

test("a judge that throws sends the call back without an answer", async () => {
  const control = new Waiting();
  const {
    desk: it,
    verdicts,
    log,
  } = desk({
    dialPlan,
    judge: () => {
      throw new TypeError("broken rule");
    },
  });
  await it.receive(call("1.1", "18005550123"), control);
  expect(control.released).toEqual([["1.1", null]]);
  expect(verdicts).toEqual([]);
  expect(it.unanswered).toBe(1);
  expect(log.lines).toEqual([expect.stringContaining("TypeError: broken rule")]);
});

test.each([
  ["without a judge", null, call("1.1", "18005550123")],
  [
    "with arguments that are not ours",
    { dialPlan, judge: verdictOn },
    { ...call("1.1", "x"), args: ["hello"] },
  ],
])("%s the call is sent back without an answer", async (_, judge, waiting) => {
  const control = new Waiting();
  const { desk: it } = desk(judge);
  await it.receive(waiting, control);
  expect(control.released).toEqual([["1.1", null]]);
  expect(it.unanswered).toBe(1);
});

test("a call that can't be answered is counted and its verdict told all the same", async () => {
  const control = new Waiting();
  control.broken = true;
  const { desk: it, verdicts, log } = desk();
  await it.receive(call("1.1", "18765550123"), control);
  expect(it.unanswered).toBe(1);
  expect(verdicts).toMatchObject([{ verdict: { decision: "refuse" } }]);
  expect(log.lines).toEqual([expect.stringContaining("call left to the watchdog")]);
});

test("a call that is announced while a sweep sees to it is judged once", async () => {
  const control = new Waiting();
  let go: () => void = () => undefined;
  control.hold = new Promise((resolve) => (go = resolve));
  control.calls.push(call("1.1", "18005550123"), call("1.2", "18765550123"));
  const { desk: it, verdicts } = desk();
  const sweep = it.sweep(control);
  await Promise.resolve();
  const received = it.receive(call("1.1", "18005550123"), control);
  go();
  await Promise.all([sweep, received]);
  expect(control.released).toHaveLength(2);
  expect(verdicts).toHaveLength(2);
});

test("the same channel may ask again later", async () => {
  const control = new Waiting();
  const { desk: it } = desk();
  await it.receive(call("1.1", "18765550123"), control);
  await it.receive(call("1.1", "18005550123"), control);
  expect(control.released).toHaveLength(2);
});

test("a sweep that fails is told and can be done again", async () => {
  const control = new Waiting();
  control.broken = true;
  const { desk: it, log } = desk();
  await it.sweep(control);
  expect(log.lines).toEqual([expect.stringContaining("waiting calls could not be listed")]);
  control.broken = false;
  control.calls.push(call("1.1", "18005550123"));
  await it.sweep(control);
  expect(control.released).toHaveLength(1);
});
