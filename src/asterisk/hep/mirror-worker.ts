import type { MessagePort } from "node:worker_threads";
import type { Sighting } from "../../domain/intrusion/sighting.js";
import type { Clock, Log, Random } from "../../guard/ports.js";
import type { BlindGuess } from "./blind-spot.js";
import { LossWatch } from "./loss-watch.js";
import type {
  FromHepWorker,
  HepSettings,
  HepTaken,
  HepThreadState,
  MirrorLoss,
  ToHepWorker,
} from "./messages.js";
import { MirrorReader } from "./mirror-reader.js";
import { openMirrorSocket } from "./mirror-socket.js";
import { Shedding } from "./shedding.js";
import { SocketDrops } from "./socket-drops.js";

/** What proves something goes at once, as long as no more than this many batches go in as many milliseconds. AMI tells of a failed
 *  answer a moment after it was mirrored, and what proves it should be there by then. */
const BATCHES_AT_ONCE = 2;
const SPACING_MS = 5;
/** Anything else waits for Asterisk's answer to it, which comes within a millisecond: a batch costs as much as reading ten packets. */
const GATHER_MS = 2;
/** Batches that the main thread may have before it, unread. */
const CREDIT = 4;
/** What waits for it at most. */
const WAITING = 20_000;
const CHECK_EVERY_MS = 250;
/** With that many packets at a time, or that late, the socket may have been full. */
const BUSY_PACKETS = 16;
const BUSY_LAG_MS = 20;

/** The thread that hears the mirror: reads, thins out, and hands on in batches. */
export function runHepWorker(
  port: MessagePort,
  settings: HepSettings & HepTaken,
  { clock, random }: { readonly clock: Clock; readonly random: Random },
): void {
  const tell = (message: FromHepWorker): void => port.postMessage(message);
  const line =
    (level: "error" | "warn" | "info" | "debug") =>
    (message: string, fields: Readonly<Record<string, unknown>> = {}): void =>
      tell({ type: "log", level, message, fields });
  const log: Log = { error: line("error"), warn: line("warn"), info: line("info"), debug: line("debug") };
  const reader = new MirrorReader();
  const shedding = new Shedding();
  const drops = new SocketDrops(settings.host, settings.port);
  const watch = new LossWatch(() => drops.read());

  let listeningSinceMs: number | null = null;
  let receiveBuffer: number | null = null;
  let lastError: string | null = null;
  let lastHeardMs: number | null = null;
  let packets = 0;
  let refused = 0;

  let losses: MirrorLoss[] = [];
  let sightings: Sighting[] = [];
  let guesses: BlindGuess[] = [];
  const taken = new Int32Array(settings.taken);
  let sent = Atomics.load(taken, 0);
  let windowMs = -Infinity;
  let batches = 0;
  let planned: "now" | "later" | null = null;
  let unchecked = 0;
  let lagMs = 0;

  const state = (): HepThreadState => ({
    listeningSinceMs,
    packets,
    refused,
    lost: watch.lost,
    shed: shedding.shed,
    lastHeardMs,
    receiveBuffer,
    lastError,
  });

  const check = (): void => {
    if (unchecked === 0 || listeningSinceMs === null) return;
    unchecked = 0;
    const loss = watch.check(clock.nowMs());
    if (loss !== null) losses.push(loss);
  };

  // An Int32 begins anew after two billion batches, which a flood sends in two months.
  const mayTell = (): boolean => ((sent - Atomics.load(taken, 0)) | 0) < CREDIT;

  const flush = (): void => {
    planned = null;
    if (losses.length + sightings.length + guesses.length === 0) return;
    if (!mayTell()) {
      soon("later", SPACING_MS);
      return;
    }
    // Whether something is missing must be known before what is there is judged.
    if (unchecked >= BUSY_PACKETS || lagMs >= BUSY_LAG_MS) check();
    tell({ type: "batch", batch: { losses, sightings, guesses }, state: state() });
    sent++;
    batches++;
    lagMs = 0;
    losses = [];
    sightings = [];
    guesses = [];
  };
  const soon = (when: "now" | "later", laterMs: number): void => {
    if (planned === "now" || planned === when) return;
    planned = when;
    if (when === "later") {
      setTimeout(flush, laterMs);
      return;
    }
    const waited = clock.nowMs() - windowMs;
    if (waited >= SPACING_MS || waited < 0) {
      windowMs = clock.nowMs();
      batches = 0;
    }
    if (batches < BATCHES_AT_ONCE && mayTell()) setImmediate(flush);
    else setTimeout(flush, SPACING_MS);
  };

  const onPacket = (bytes: Buffer, senderPort: number): void => {
    packets++;
    unchecked++;
    lastHeardMs = clock.nowMs();
    const read = reader.read(bytes);
    if (typeof read === "string") {
      refused++;
      return;
    }
    lagMs = Math.max(lagMs, lastHeardMs - read.atMs);
    const gap = watch.heard(senderPort, read.atMs);
    if (gap !== null) losses.push(gap);
    for (const sighting of read.sightings) {
      const how = sightings.length < WAITING ? shedding.judge(sighting) : "lost";
      if (how === "tell") sightings.push(sighting);
      else if (how === "lost") watch.missed(losses, sighting.atMs);
    }
    if (read.guess !== null && guesses.length < WAITING) guesses.push(read.guess);
    soon(read.guess !== null || read.sightings.some(provesSomething) ? "now" : "later", GATHER_MS);
  };

  const close = openMirrorSocket(
    settings,
    {
      onPacket,
      onStranger: () => {
        refused++;
      },
      onOpen: (open) => {
        listeningSinceMs = open === null ? null : clock.nowMs();
        receiveBuffer = open?.receiveBuffer ?? null;
        if (open !== null) {
          lastError = null;
          watch.opened();
        }
        tell({ type: "state", state: state() });
      },
      onError: (error) => {
        lastError = error;
        tell({ type: "state", state: state() });
      },
    },
    { log, random },
  );
  const checking = setInterval(() => {
    check();
    flush();
  }, CHECK_EVERY_MS);

  port.on("message", (message: ToHepWorker) => {
    switch (message.type) {
      case "own":
        reader.useOwn(message.sources);
        break;
      case "ping":
        tell({ type: "state", state: state() });
        break;
      case "stop":
        clearInterval(checking);
        close();
        drops.close();
        port.close();
        break;
    }
  });
}

/** Whether AMI's word on it may be waiting for this. */
function provesSomething(sighting: Sighting): boolean {
  return sighting.type === "request" && sighting.nonce !== null;
}
