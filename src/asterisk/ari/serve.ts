import type { CallLogEntry, Clock, Log, Random } from "../../guard/ports.js";
import { CallDesk, type Judge } from "./desk.js";
import { keepConnected } from "./keep-connected.js";
import { preflight } from "./preflight.js";
import { openSession, type AriSession } from "./session.js";
import type { AriSettings } from "./settings.js";

export interface CallServiceParts {
  readonly settings: AriSettings;
  readonly judge: () => Judge | null;
  readonly isTrunk: (endpoint: string) => boolean;
  readonly onVerdict: (entry: Omit<CallLogEntry, "id">) => void;
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
  /** Settles when it has been stopped; rejects when the thread must end. */
  readonly over: Promise<void>;
  stop(): Promise<void>;
}

/** Judges the calls that Asterisk announces over ARI, from now until it is stopped. */
export function serveCalls(parts: CallServiceParts): CallService {
  const { settings, clock, random, log } = parts;
  const desk = new CallDesk(parts);
  const stopping = new AbortController();
  let session: AriSession | null = null;
  let connectedSinceMs: number | null = null;
  let lastError: string | null = null;

  const events = {
    onWaiting: (call: Parameters<CallDesk["receive"]>[0]) => {
      if (session !== null) void desk.receive(call, session);
    },
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
      parts.onChange();
      // Those that came between the opening of the websocket and now are among them.
      void desk.sweep(opened);
    },
    onLost: (reason) => {
      session = null;
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
    over,
    async stop() {
      stopping.abort();
      await over;
    },
  };
}
