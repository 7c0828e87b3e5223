import { createSocket } from "node:dgram";
import { LossWatch } from "../../../src/asterisk/hep/loss-watch.js";
import { dropsIn, SocketDrops } from "../../../src/asterisk/hep/socket-drops.js";
import type { MirrorLoss } from "../../../src/asterisk/hep/messages.js";

const T = 1_800_000_000_000;

describe("LossWatch", () => {
  test("no drops are no loss", () => {
    const watch = new LossWatch(() => 0);
    watch.heard(1, T);
    expect(watch.check(T + 250)).toBeNull();
    expect(watch.lost).toBe(0);
  });

  test("drops lie between the packet that was read before the last look, and now", () => {
    let drops = 0;
    const watch = new LossWatch(() => drops);
    watch.heard(1, T - 3_000);
    watch.check(T);
    drops = 40;
    watch.heard(1, T + 10);
    expect(watch.check(T + 250)).toEqual({ fromMs: T - 4_000, toMs: T + 250 });
    expect(watch.check(T + 500)).toBeNull();
    drops = 42;
    expect(watch.check(T + 750)?.toMs).toBe(T + 750);
    expect(watch.lost).toBe(42);
  });

  test("where drops can't be told there may have been some", () => {
    const watch = new LossWatch(() => null);
    watch.heard(1, T);
    watch.check(T);
    expect(watch.check(T + 250)).toEqual({ fromMs: T - 1_000, toMs: T + 250 });
    expect(watch.lost).toBe(0);
  });

  test("a socket that is opened anew counts from nothing", () => {
    let drops = 5;
    const watch = new LossWatch(() => drops);
    watch.check(T);
    drops = 0;
    watch.opened();
    expect(watch.check(T + 250)).toBeNull();
  });

  test("Asterisk started anew: what it said before the mirror was up is missing", () => {
    const watch = new LossWatch(() => 0);
    expect(watch.heard(40_000, T)).toBeNull();
    expect(watch.heard(40_000, T + 10)).toBeNull();
    expect(watch.heard(50_000, T + 9_000)).toEqual({ fromMs: T + 10, toMs: T + 9_000 });
    expect(watch.heard(50_000, T + 9_001)).toBeNull();
  });

  test("what was let go of one after the other is one stretch", () => {
    const watch = new LossWatch(() => 0);
    const losses: MirrorLoss[] = [];
    for (const ms of [0, 10, 500, 5_000, 5_100]) watch.missed(losses, T + ms);
    expect(losses).toEqual([
      { fromMs: T, toMs: T + 500 },
      { fromMs: T + 5_000, toMs: T + 5_100 },
    ]);
  });
});

describe("the kernel's count", () => {
  const table = `   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  313: 0100007F:2364 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 123 2 0000000000000000 77
  314: 0100007F:2365 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 124 2 0000000000000000 0
`;
  test.each([
    ["127.0.0.1", 9060, 77],
    ["127.0.0.1", 9061, 0],
    ["127.0.0.1", 9062, null],
    ["127.0.0.2", 9060, null],
  ])("of %s:%i is %s", (host, port, drops) => {
    expect(dropsIn(table, host, port)).toBe(drops);
  });

  test.each(["127.0.0.1", "::1"])("of a real socket on %s that overflows", async (host) => {
    const socket = createSocket(host === "::1" ? "udp6" : "udp4");
    await new Promise<void>((done) => socket.bind(0, host, done));
    const { port } = socket.address();
    const counter = new SocketDrops(host, port);
    const sender = createSocket(host === "::1" ? "udp6" : "udp4");
    try {
      expect(counter.read()).toBe(0);
      socket.setRecvBufferSize(4_096);
      // As long as this loop runs nobody reads.
      const sent = Array.from(
        { length: 200 },
        () => new Promise((done) => sender.send(Buffer.alloc(1_000), port, host, done)),
      );
      const end = Date.now() + 10_000;
      let drops: number | null = 0;
      while (drops === 0 && Date.now() < end) {
        await new Promise((done) => setImmediate(done));
        drops = counter.read();
      }
      expect(drops).toBeGreaterThan(0);
      await Promise.all(sent);
    } finally {
      counter.close();
      socket.close();
      sender.close();
    }
  });

  test("of one among a thousand sockets, whose table is longer than what is read at once", async () => {
    const sockets = Array.from({ length: 1_000 }, () => createSocket("udp4"));
    const bound = sockets.map((socket) => new Promise<void>((done) => socket.bind(0, "127.0.0.1", done)));
    await Promise.all(bound);
    const counters = sockets.map((socket) => new SocketDrops("127.0.0.1", socket.address().port));
    const found = counters.filter((counter) => counter.read() === 0).length;
    const closed = sockets.map((socket) => new Promise<void>((done) => socket.close(done)));
    await Promise.all(closed);
    const gone = counters.filter((counter) => counter.read() === null).length;
    for (const counter of counters) counter.close();
    console.log(`${found} sockets found, ${gone} gone`);
    expect([found, gone]).toEqual([1_000, 1_000]);
  });
});
