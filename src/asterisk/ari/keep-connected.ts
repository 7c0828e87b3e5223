import { setTimeout as pause } from "node:timers/promises";
import { RingfenceError } from "../../domain/error.js";
import type { Clock, Log, Random } from "../../guard/ports.js";
import { backoffMs, type Backoff } from "../../guard/backoff.js";
import type { AriSession } from "./session.js";

export interface KeepConnectedParts {
  /** Rejects with a reason while there is nothing to connect to. */
  readonly preflight: () => Promise<void>;
  readonly open: () => Promise<AriSession>;
  readonly onConnected: (session: AriSession) => void;
  readonly onLost: (reason: string) => void;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly backoff?: Backoff;
}

const BACKOFF: Backoff = { firstMs: 100, mostMs: 5_000 };
/** A session that lasted this long was a success; shorter ones count as failures, lest two programs take the application from
 *  each other in a tight loop. */
const SOUND_MS = 10_000;

/** Keeps one session open, for ever, until `signal`. Rejects if a session could not be opened after a good preflight: what
 *  ari-client has begun then can't be called off, and the thread must end. */
export async function keepConnected(parts: KeepConnectedParts): Promise<void> {
  const { signal, clock } = parts;
  let failures = 0;
  let told = "";
  const tell = (error: unknown): void => {
    const message = error instanceof Error ? error.message : String(error);
    if (message === told) return;
    told = message;
    const byHand = error instanceof RingfenceError && error.code === "asterisk-refused";
    parts.log[byHand ? "error" : "warn"]("no connection to ARI", { reason: message });
    parts.onLost(message);
  };
  while (!signal.aborted) {
    try {
      await parts.preflight();
    } catch (error) {
      tell(error);
      await rest(++failures);
      continue;
    }
    const session = await parts.open();
    const sinceMs = clock.nowMs();
    told = "";
    parts.log.info("connected to ARI");
    parts.onConnected(session);
    const reason = await overOrAborted(session, signal);
    session.close();
    if (reason === null) return;
    tell(reason);
    failures = clock.nowMs() - sinceMs >= SOUND_MS ? 1 : failures + 1;
    await rest(failures);
  }

  async function rest(failure: number): Promise<void> {
    const ms = backoffMs(parts.backoff ?? BACKOFF, failure, parts.random);
    await pause(ms, undefined, { signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }
}

/** Why the session is over; null once `signal` is given. */
function overOrAborted(session: AriSession, signal: AbortSignal): Promise<string | null> {
  return new Promise((resolve) => {
    const onAbort = (): void => resolve(null);
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
    void session.over.then((reason) => {
      signal.removeEventListener("abort", onAbort);
      resolve(reason);
    });
  });
}
