import {
  CallFollower,
  type ChannelWatch,
  type DestroyedEvent,
  type DialEvent,
  type LiveChannel,
} from "../../../src/asterisk/ari/follow.js";
import type { E164 } from "../../../src/domain/calling/verdict.js";
import type { CallEnd } from "../../../src/guard/ports.js";
import { keptLog } from "./support.js";

/** An Asterisk of a few channels. */
class Channels implements ChannelWatch {
  readonly live = new Map<string, LiveChannel & { callOf?: string }>();
  readonly watched: string[] = [];

  add(id: string, name: string, more: { up?: boolean; callOf?: string; createdAtMs?: number } = {}): void {
    this.live.set(id, { id, name, up: true, createdAtMs: 0, ...more });
  }
  watch(id: string): Promise<"watched" | "gone"> {
    this.watched.push(id);
    return Promise.resolve(this.live.has(id) ? "watched" : "gone");
  }
  channels(): Promise<readonly LiveChannel[]> {
    return Promise.resolve([...this.live.values()]);
  }
  hangUp(id: string): Promise<"ended" | "gone"> {
    return Promise.resolve(this.live.delete(id) ? "ended" : "gone");
  }
  callOf(id: string): Promise<string | null> {
    return Promise.resolve(this.live.get(id)?.callOf ?? null);
  }
}

const START = 1_000_000;
let nowMs: number;
let channels: Channels;
let ends: CallEnd[];
let answers: unknown[];
let follower: CallFollower;

beforeEach(() => {
  nowMs = START;
  channels = new Channels();
  ends = [];
  answers = [];
  follower = new CallFollower({
    onAnswered: (...answer) => void answers.push(answer),
    onEnded: (end) => void ends.push(end),
    clock: { nowMs: () => nowMs },
    log: keptLog(),
  });
  follower.use(channels);
});

const call = (channelId: string, more: object = {}) => ({
  channelId,
  extension: "100",
  number: "+18005550123" as E164,
  international: false,
  startedAtMs: START,
  reservedMicros: 1,
  longestSeconds: 60,
  rate: null,
  ...more,
});
const dial = (callerId: string, peerId: string, more: Partial<DialEvent> = {}): void => {
  follower.dialled({ callerId, peerId, peerName: "PJSIP/t-00000002", answered: true, atMs: nowMs, ...more });
};
const destroy = (channelId: string, more: Partial<DestroyedEvent> = {}): void => {
  channels.live.delete(channelId);
  follower.destroyed({ channelId, name: "PJSIP/x-00000001", up: true, atMs: nowMs, ...more });
};
const settled = () => new Promise((resolve) => setImmediate(resolve));

async function begun(): Promise<void> {
  channels.add("c", "PJSIP/100-00000001");
  channels.add("p", "PJSIP/t-00000002");
  follower.begin(call("c"));
  await follower.ready("c");
}

test("an answered call lasts from the answer to the end of the far side", async () => {
  await begun();
  nowMs += 5_000;
  dial("c", "p", { answered: false });
  dial("c", "p");
  await settled();
  nowMs += 10_000;
  destroy("p");
  destroy("c");
  expect(answers).toEqual([["c", "p", START + 5_000]]);
  expect(ends).toEqual([
    { channelId: "c", answeredAtMs: START + 5_000, endedAtMs: START + 15_000, unseen: false },
  ]);
});

test("a call that nobody answered ends with its caller and was not answered", async () => {
  await begun();
  dial("c", "p", { answered: false });
  nowMs += 20_000;
  destroy("p", { up: false });
  destroy("c", { up: true });
  expect(ends).toEqual([{ channelId: "c", answeredAtMs: null, endedAtMs: START + 20_000, unseen: false }]);
});

test("a transferred call lasts as long as the far side does", async () => {
  await begun();
  dial("c", "p");
  await settled();
  nowMs += 1_000;
  destroy("c");
  expect(ends).toEqual([]);
  nowMs += 60_000;
  destroy("p");
  expect(ends).toMatchObject([{ channelId: "c", answeredAtMs: START, endedAtMs: START + 61_000 }]);
});

test("behind a Local channel that vanishes, the channel that was made for the call goes on", async () => {
  await begun();
  channels.add("l", "Local/1@out-00000001;1");
  dial("c", "l", { peerName: "Local/1@out-00000001;1" });
  await settled();
  channels.add("q", "PJSIP/t-00000009", { callOf: "c", createdAtMs: START + 10 });
  destroy("l", { name: "Local/1@out-00000001;1" });
  destroy("c");
  await settled();
  await settled();
  expect(ends).toEqual([]);
  nowMs += 30_000;
  destroy("q");
  await settled();
  await settled();
  await settled();
  expect(ends).toMatchObject([{ channelId: "c", answeredAtMs: START, endedAtMs: START + 30_000 }]);
});

test("after a time without connection, calls that are gone are told at what costs most", async () => {
  await begun();
  nowMs += 300_000;
  channels.live.clear();
  await follower.reconcile([call("c")], true);
  expect(ends).toEqual([{ channelId: "c", answeredAtMs: START, endedAtMs: START + 60_000, unseen: true }]);
});

test("a new daemon finds the far side of a call that was answered while nobody listened", async () => {
  channels.add("c", "PJSIP/100-00000001");
  channels.add("p", "PJSIP/t-00000002", { callOf: "c", createdAtMs: START + 2_000 });
  channels.add("other", "PJSIP/104-00000003");
  nowMs += 30_000;
  await follower.reconcile([call("c")], true);
  expect(answers).toEqual([["c", "p", START + 2_000]]);
  expect(channels.watched.sort()).toEqual(["c", "p"]);
  destroy("p");
  expect(ends).toMatchObject([{ channelId: "c", answeredAtMs: START + 2_000, unseen: false }]);
});

test("what was known of answers before a restart is known again", async () => {
  channels.add("p", "PJSIP/t-00000002");
  await follower.reconcile([call("c", { answeredAtMs: START + 7, legs: ["p"] })], true);
  expect(ends).toEqual([]);
  nowMs += 9_000;
  destroy("p");
  expect(ends).toMatchObject([{ answeredAtMs: START + 7, endedAtMs: START + 9_000 }]);
});

test("an end that was missed is found by the next comparison", async () => {
  await begun();
  dial("c", "p");
  await settled();
  channels.live.clear();
  nowMs += 5_000;
  await follower.reconcile([], false);
  expect(ends).toMatchObject([{ answeredAtMs: START, endedAtMs: START + 5_000, unseen: true }]);
});

test("a call that was settled meanwhile is not told of", async () => {
  await begun();
  dial("c", "p");
  follower.forget("c");
  destroy("p");
  destroy("c");
  await settled();
  expect(ends).toEqual([]);
});

test("who hangs up before the call goes on has not been answered", async () => {
  follower.begin(call("c"));
  await follower.ready("c");
  expect(ends).toMatchObject([{ channelId: "c", answeredAtMs: null, unseen: false }]);
});
