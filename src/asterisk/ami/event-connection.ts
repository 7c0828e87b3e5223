import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import { RingfenceError } from "../../domain/error.js";
import type { Evidence } from "../../domain/intrusion/security-event.js";
import type { Clock, Log, Random, Stop } from "../../guard/ports.js";
import { backoffMs, type Backoff } from "../../guard/backoff.js";
import type { AmiAnswer, AmiItem } from "./items.js";
import { AmiParser, type AmiCounts } from "./parser.js";
import { sendable } from "./sendable.js";

export interface EventConnectionOptions {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly secret: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly timing?: Partial<EventTiming>;
}

export interface EventTiming {
  /** From the first packet to Asterisk's yes. */
  readonly loginMs: number;
  /** After this long without a byte, Asterisk is asked for one. */
  readonly quietMs: number;
  /** After this long without a byte since then, the connection is dead. */
  readonly pingMs: number;
  readonly backoff: Backoff;
}

export interface EventConnectionState {
  /** Unix milliseconds; null while there is no connection. */
  readonly upSinceMs: number | null;
  /** Of the last security event that was read; null before the first. */
  readonly lastEventAtMs: number | null;
  /** Connections after the first. */
  readonly reconnects: number;
  /** Why there is no connection, or why there was none before this one. */
  readonly lastError: string | null;
  /** Since the start, over all connections. */
  readonly counts: AmiCounts;
}

export interface EventConnectionHandlers {
  /** Called in the order of the stream, within the read: must return soon, since a reader that is slow is cut off. */
  readonly onEvidence: (evidence: Evidence) => void;
  /** Calls `read`, which tells of all that has come at a time: for what is done once for all of it. */
  readonly inOneGo?: (read: () => void) => void;
  /** Asterisk has started or a module was reloaded (null: everything, or Asterisk does not say): what is known of its
   *  configuration may be out of date. */
  readonly onReload?: (module: string | null) => void;
  /** After each connect and each loss. */
  readonly onState?: (state: EventConnectionState) => void;
}

export interface EventConnection {
  readonly stop: Stop;
  state(): EventConnectionState;
}

const TIMING: EventTiming = {
  loginMs: 5_000,
  quietMs: 15_000,
  pingMs: 5_000,
  backoff: { firstMs: 100, mostMs: 5_000 },
};
/** A read this long may have left bytes behind, perhaps in the middle of a message. */
const FULL_READ = 64 * 1024;
const FULL_READ_WAIT_MS = 5;
const NO_COUNTS: AmiCounts = { messages: 0, security: 0, forged: 0, malformed: 0, unasked: 0, oversize: 0 };

/** Keeps one AMI connection open for security and system events, for ever, until stopped. Each connection has a parser of its
 *  own, so that what a cut connection left half-read never meets the next one's bytes. Throws where user or secret can't be
 *  sent; everything else is told through the state, and tried again. */
export function startEventConnection(
  options: EventConnectionOptions,
  handlers: EventConnectionHandlers,
): EventConnection {
  const timing = { ...TIMING, ...options.timing };
  const { clock, log } = options;
  sendable("user", options.user);
  sendable("secret", options.secret);
  let socket: Socket | null = null;
  let retry: NodeJS.Timeout | undefined;
  let counted = NO_COUNTS;
  let parser: AmiParser | null = null;
  let upSinceMs: number | null = null;
  let lastEventAtMs: number | null = null;
  let connects = 0;
  let failures = 0;
  let lastError: string | null = null;
  let stopped = false;

  const state = (): EventConnectionState => ({
    upSinceMs,
    lastEventAtMs,
    reconnects: Math.max(0, connects - 1),
    lastError,
    counts: parser === null ? counted : sum(counted, parser.counts),
  });

  const onItem = (item: AmiItem): void => {
    switch (item.type) {
      case "security":
      case "forged":
        lastEventAtMs = clock.nowMs();
        handlers.onEvidence(item);
        return;
      case "system":
        if (item.name === "Shutdown") log.info("Asterisk shuts down");
        else handlers.onReload?.(item.module);
        return;
      case "answer":
        return;
    }
  };

  const open = (): void => {
    const session = openSession(options, timing, onItem, {
      inOneGo: handlers.inOneGo ?? ((read) => read()),
      onUp: () => {
        connects++;
        failures = 0;
        upSinceMs = clock.nowMs();
        log.info("connected to AMI for events", { host: options.host, port: options.port });
        handlers.onState?.(state());
      },
      onOver: (error) => {
        counted = sum(counted, session.parser.counts);
        parser = null;
        socket = null;
        upSinceMs = null;
        if (stopped) return;
        failures++;
        tell(error);
        retry = setTimeout(open, backoffMs(timing.backoff, failures, options.random));
        handlers.onState?.(state());
      },
    });
    parser = session.parser;
    socket = session.socket;
  };

  const tell = (error: RingfenceError): void => {
    if (lastError === error.message && failures > 1) return;
    lastError = error.message;
    const byHand = error.code === "asterisk-refused";
    log[byHand ? "error" : "warn"]("no connection to AMI for events", { reason: error.message });
  };

  open();
  return {
    state,
    stop: () => {
      stopped = true;
      clearTimeout(retry);
      socket?.destroy();
      return Promise.resolve();
    },
  };
}

interface SessionHandlers {
  readonly inOneGo: (read: () => void) => void;
  readonly onUp: () => void;
  /** Once, whatever ended it. */
  readonly onOver: (error: RingfenceError) => void;
}

/** One connection, from connect to its end. */
function openSession(
  options: EventConnectionOptions,
  timing: EventTiming,
  onItem: (item: AmiItem) => void,
  handlers: SessionHandlers,
): { socket: Socket; parser: AmiParser } {
  const where = `AMI at ${options.host}:${options.port}`;
  const loginId = randomBytes(16).toString("hex");
  let reason: RingfenceError | null = null;
  let isUp = false;
  let asked = false;

  const parser = new AmiParser((item) => {
    if (item.type === "answer" && item.actionId === loginId) onLogin(item);
    else if (isUp) onItem(item);
  });
  const socket = connect({ host: options.host, port: options.port, noDelay: true, keepAlive: true });

  const end = (code: "asterisk-unreachable" | "asterisk-refused", message: string): void => {
    reason ??= new RingfenceError(code, message);
    socket.destroy();
  };
  const onLogin = (answer: AmiAnswer): void => {
    clearTimeout(login);
    if (answer.ok) {
      isUp = true;
      socket.setTimeout(timing.quietMs);
      handlers.onUp();
    } else {
      end("asterisk-refused", `${where} refused the login of "${options.user}": ${answer.message}`);
    }
  };
  const login = setTimeout(() => {
    end("asterisk-unreachable", `${where}: no answer to the login in ${timing.loginMs} ms`);
  }, timing.loginMs);

  socket.on("connect", () => {
    parser.expect(loginId);
    send(socket, [
      ["Action", "Login"],
      ["ActionID", loginId],
      ["Username", options.user],
      ["Secret", options.secret],
      ["Events", "security,system"],
    ]);
  });
  const settle = settler(parser, () => socket.destroyed);
  socket.on("data", (chunk) => {
    asked = false;
    if (isUp) socket.setTimeout(timing.quietMs);
    handlers.inOneGo(() => parser.push(chunk));
    settle(chunk.length);
  });
  socket.on("timeout", () => {
    if (asked) {
      end(
        "asterisk-unreachable",
        `${where}: silent for ${timing.quietMs + timing.pingMs} ms, the connection is dead`,
      );
      return;
    }
    asked = true;
    const pingId = randomBytes(16).toString("hex");
    parser.expect(pingId);
    socket.setTimeout(timing.pingMs);
    send(socket, [
      ["Action", "Ping"],
      ["ActionID", pingId],
    ]);
  });
  socket.on("end", () => end("asterisk-unreachable", `${where}: Asterisk closed the connection`));
  socket.on("error", (error) => end("asterisk-unreachable", `${where}: ${error.message}`));
  socket.on("close", () => {
    clearTimeout(login);
    parser.settle();
    handlers.onOver(reason ?? new RingfenceError("asterisk-unreachable", `${where}: the connection is over`));
  });
  return { socket, parser };
}

/** Lets the parser's last item go once all that Asterisk has written at a time has been read. Asterisk writes an event whole, so
 *  a read that was not full has brought its end. */
function settler(parser: AmiParser, isOver: () => boolean): (read: number) => void {
  let immediate: NodeJS.Immediate | undefined;
  let later: NodeJS.Timeout | undefined;
  const now = (): void => {
    if (!isOver()) parser.settle();
  };
  return (read) => {
    clearImmediate(immediate);
    clearTimeout(later);
    if (read < FULL_READ) immediate = setImmediate(now);
    else later = setTimeout(now, FULL_READ_WAIT_MS);
  };
}

function send(socket: Socket, fields: readonly (readonly [string, string])[]): void {
  socket.write(`${fields.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`);
}

function sum(a: AmiCounts, b: AmiCounts): AmiCounts {
  return {
    messages: a.messages + b.messages,
    security: a.security + b.security,
    forged: a.forged + b.forged,
    malformed: a.malformed + b.malformed,
    unasked: a.unasked + b.unasked,
    oversize: a.oversize + b.oversize,
  };
}
