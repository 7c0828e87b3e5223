import type { RunningCall } from "../../domain/calling/ledger.js";
import { RingfenceError } from "../../domain/error.js";
import type { CallEnd, CallLogEntry, Clock, Log, Random } from "../../guard/ports.js";
import { CallDesk, type Judge } from "./desk.js";
import { CallFollower } from "./follow.js";
import { keepConnected } from "./keep-connected.js";
import { preflight } from "./preflight.js";
import { openSession, type AriSession } from "./session.js";
import type { AriSettings } from "./settings.js";

export interface CallServiceParts {
  readonly settings: AriSettings;
  readonly judge: () => Judge | null;
  /** A call came. */
  readonly onWaiting: () => void;
  readonly isTrunk: (endpoint: string) => boolean;
  readonly onDecided: (entry: Omit<CallLogEntry, "id">) => Promise<void>;
  readonly onVerdict: (entry: Omit<CallLogEntry, "id">) => void;
  /** Calls that were let through and are not known to have ended; what becomes of them is told. */
  readonly running: () => readonly RunningCall[];
  readonly onAnswered: (channelId: string, legId: string, atMs: number) => void;
  readonly onEnded: (end: CallEnd) => void;
  /** Told at each connection and each loss of it. */
  readonly onChange: () => void;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

export interface CallServiceState {
  /** Unix milliseconds; null while there is no connection. */
  readonly connectedSinceMs: number | null;
  /** Calls left to the watchdog, or sent back without a verdict. */
  readonly unanswered: number;
  readonly lastError: string | null;
}

export interface CallService {
  state(): CallServiceState;
  /** A call is let through: it goes on once its end is sure to be told. */
  follow(call: RunningCall): void;
  /** Ends a call that runs. Rejects with a RingfenceError where Asterisk can't be asked. */
  readonly hangUp: (call: RunningCall) => Promise<void>;
  /** Sends text to the telephones of an extension. Rejects with a RingfenceError. */
  readonly message: (endpoint: string, text: string) => Promise<void>;
  /** It is settled: nothing more is to be told of it. */
  forget(channelId: string): void;
  /** Settles when it has been stopped; rejects when the thread must end. */
  readonly over: Promise<void>;
  stop(): Promise<void>;
}

/** How often running calls are compared with Asterisk's channels, lest one be held for ever whose end was missed. */
const COMPARE_MS = 30_000;

/** Judges the calls that Asterisk announces over ARI, from now until it is stopped. */
export function serveCalls(parts: CallServiceParts): CallService {
  const { settings, clock, random, log } = parts;
  const follower = new CallFollower(parts);
  const desk = new CallDesk({ ...parts, ready: (channelId) => follower.ready(channelId) });
  const compare = (thorough: boolean): void => {
    follower.reconcile(parts.running(), thorough).catch((error: unknown) => {
      log.warn("running calls could not be compared with Asterisk's channels; trying again", {
        error: String(error),
      });
      overdue ||= thorough;
    });
  };
  /** After a time without connection, until it has gone well. */
  let overdue = false;
  const comparing = setInterval(() => {
    if (session === null) return;
    const thorough = overdue;
    overdue = false;
    compare(thorough);
  }, COMPARE_MS);
  const stopping = new AbortController();
  let session: AriSession | null = null;
  let connectedSinceMs: number | null = null;
  let lastError: string | null = null;

  const events = {
    onWaiting: (call: Parameters<CallDesk["receive"]>[0]) => {
      parts.onWaiting();
      if (session !== null) void desk.receive(call, session);
    },
    onDial: (event: Parameters<CallFollower["dialled"]>[0]) => follower.dialled(event),
    onDestroyed: (event: Parameters<CallFollower["destroyed"]>[0]) => follower.destroyed(event),
    onLostEvent: () => {
      if (session !== null) void desk.sweep(session);
    },
  };
  const over = keepConnected({
    preflight: () => preflight(settings),
    open: () => openSession(settings, events, log),
    onConnected: (opened) => {
      session = opened;
      connectedSinceMs = clock.nowMs();
      follower.use(opened);
      parts.onChange();
      // Those that came between the opening of the websocket and now are among them.
      void desk.sweep(opened);
      compare(true);
    },
    onLost: (reason) => {
      session = null;
      follower.use(null);
      connectedSinceMs = null;
      lastError = reason;
      parts.onChange();
    },
    clock,
    random,
    log,
    signal: stopping.signal,
  });
  return {
    state: () => ({ connectedSinceMs, unanswered: desk.unanswered, lastError }),
    follow: (call) => follower.begin(call),
    message: async (endpoint, text) => {
      if (session === null) throw new RingfenceError("asterisk-unreachable", "there is no connection to ARI");
      await session.message(endpoint, text);
    },
    hangUp: (call) => follower.hangUp(call),
    forget: (channelId) => follower.forget(channelId),
    over,
    async stop() {
      clearInterval(comparing);
      stopping.abort();
      await over;
    },
  };
}
