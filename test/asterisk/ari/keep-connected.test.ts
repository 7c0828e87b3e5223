import { backoffMs } from "../../../src/guard/backoff.js";
import { keepConnected, type KeepConnectedParts } from "../../../src/asterisk/ari/keep-connected.js";
import type { AriSession } from "../../../src/asterisk/ari/session.js";
import { RingfenceError } from "../../../src/domain/error.js";
import { keptLog, until } from "./support.js";

test.each([
  [1, 0, 100],
  [2, 0, 200],
  [5, 0, 1_600],
  [7, 0, 5_000],
  [1_000_000, 0, 5_000],
  [1, 0.999, 50],
  [7, 0.5, 3_750],
])("after failure %d a wait with the lot %d is %d ms", (failures, lot, ms) => {
  expect(backoffMs({ firstMs: 100, mostMs: 5_000 }, failures, () => lot)).toBe(ms);
});

class Session implements AriSession {
  end: (reason: string) => void = () => undefined;
  readonly over = new Promise<string>((resolve) => (this.end = resolve));
  closed = false;
  close(): void {
    this.closed = true;
  }
  waiting = (): Promise<[]> => Promise.resolve([]);
  release = (): Promise<"gone"> => Promise.resolve("gone");
  watch = (): Promise<"gone"> => Promise.resolve("gone");
  channels = (): Promise<[]> => Promise.resolve([]);
  message = (): Promise<void> => Promise.resolve();
  hangUp = (): Promise<"gone"> => Promise.resolve("gone");
  callOf = (): Promise<null> => Promise.resolve(null);
}

function scene(preflight: () => Promise<void>) {
  const sessions: Session[] = [];
  const lost: string[] = [];
  const stopping = new AbortController();
  const log = keptLog();
  const parts: KeepConnectedParts = {
    preflight,
    open: () => {
      const session = new Session();
      sessions.push(session);
      return Promise.resolve(session);
    },
    onConnected: () => undefined,
    onLost: (reason) => void lost.push(reason),
    clock: { nowMs: () => 0 },
    random: Math.random,
    log,
    signal: stopping.signal,
    backoff: { firstMs: 1, mostMs: 2 },
  };
  return { parts, sessions, lost, stopping, log };
}

test("it connects again for as long as it takes, past any number of failures", async () => {
  let tries = 0;
  const it = scene(() =>
    ++tries % 30 === 0
      ? Promise.resolve()
      : Promise.reject(new RingfenceError("asterisk-unreachable", "nobody there")),
  );
  const over = keepConnected(it.parts);
  for (let n = 0; n < 3; n++) {
    await until(() => it.sessions.length === n + 1, "a session is opened");
    it.sessions[n]?.end("the websocket was closed");
  }
  await until(() => it.sessions.length === 4, "a fourth session is opened");
  it.stopping.abort();
  await over;
  expect(tries).toBe(120);
  expect(it.sessions.map((session) => session.closed)).toEqual([true, true, true, true]);
  // One line a change, not one a try.
  expect(it.log.lines.filter((line) => line.includes("nobody there"))).toHaveLength(4);
});

test("a password that is not taken is an error for a person, and is tried again", async () => {
  let refused = true;
  const it = scene(() =>
    refused ? Promise.reject(new RingfenceError("asterisk-refused", "wrong password")) : Promise.resolve(),
  );
  const over = keepConnected(it.parts);
  await until(() => it.lost.length === 1, "the refusal is told");
  expect(it.log.lines).toEqual([expect.stringMatching(/^error no connection to ARI .*wrong password/)]);
  refused = false;
  await until(() => it.sessions.length === 1, "a session is opened");
  it.stopping.abort();
  await over;
});

test("a session that can't be opened after a good preflight ends it all", async () => {
  const it = scene(() => Promise.resolve());
  const parts = { ...it.parts, open: () => Promise.reject(new Error("half open")) };
  await expect(keepConnected(parts)).rejects.toThrow("half open");
});

test("it stops while it waits to try again", async () => {
  const it = scene(() => Promise.reject(new RingfenceError("asterisk-unreachable", "nobody there")));
  const over = keepConnected({ ...it.parts, backoff: { firstMs: 60_000, mostMs: 60_000 } });
  await until(() => it.lost.length === 1, "the failure is told");
  it.stopping.abort();
  await over;
});
