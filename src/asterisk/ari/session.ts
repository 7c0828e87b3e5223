import http from "node:http";
import https from "node:https";
import { performance } from "node:perf_hooks";
import { connect, type Client, type Socket } from "ari-client";
import { RingfenceError } from "../../domain/error.js";
import type { Log } from "../../guard/ports.js";
import type { WaitingCall } from "./check.js";
import { within } from "../deadline.js";
import type { ChannelWatch, DestroyedEvent, DialEvent, LiveChannel } from "./follow.js";
import { ask, type RestAnswer } from "./rest.js";
import { APPLICATION, originOf, type AriSettings } from "./settings.js";
import {
  callOfChannel,
  callOfStart,
  destroyedOf,
  dialOf,
  eventOf,
  liveChannelOf,
  valueOf,
  waitingIdsOf,
} from "./wire.js";

/** The calls that wait in Stasis, and the way to let them go on. */
export interface CallControl {
  waiting(): Promise<readonly WaitingCall[]>;
  /** Lets the dialplan go on, with the answer, or without one: then it falls back. A channel that has gone
   *  meanwhile is no error. Settles within `answerMs`, or rejects with a RingfenceError. */
  release(channelId: string, answer: string | null): Promise<"released" | "gone">;
}

/** One connection to ARI, from the open websocket to its end. There is no second life: a new session is opened instead. */
export interface AriSession extends CallControl, ChannelWatch {
  /** Sends text to the devices that are registered under a PJSIP endpoint. Rejects with a RingfenceError. */
  message(endpoint: string, text: string): Promise<void>;
  /** Resolves, with the reason, once no more calls will come. */
  readonly over: Promise<string>;
  close(): void;
}

export interface SessionEvents {
  onWaiting(call: WaitingCall): void;
  /** Of channels that are watched. */
  onDial?(event: DialEvent): void;
  onDestroyed?(event: DestroyedEvent): void;
  /** An event was lost: a call may wait that was never announced. */
  onLostEvent(): void;
}

export interface SessionLimits {
  readonly openMs: number;
  /** One try of one operation. */
  readonly tryMs: number;
  readonly answerMs: number;
  readonly pingMs: number;
}

export const LIMITS: SessionLimits = { openMs: 5_000, tryMs: 150, answerMs: 500, pingMs: 5_000 };

/** In asterisk-conf/extensions-ringfence.conf; the answer is the extension. */
const ANSWER_CONTEXT = "ringfence-answer";
/** Requests for channels that are under way at once when a session takes over those that wait. */
const AT_ONCE = 8;
/** Whatever else Asterisk tells of a watched channel (each variable that is set) is not sent; before 16.3 it is, and left. */
const EVENTS = ["StasisStart", "ApplicationReplaced", "Dial", "ChannelDestroyed"] as const;
/** Asterisk takes 100 connections in all (`sessionlimit` in http.conf) and turns the next one away. */
const MOST_SOCKETS = 16;

/** Opens a session by means of ari-client. If this rejects, ari-client may still be at work, and nothing can call it off: end
 *  the thread. What it gets wrong is met here and in preflight.ts; docs/decisions/0004 has the list. */
export async function openSession(
  settings: AriSettings,
  events: SessionEvents,
  log: Log,
  limits: SessionLimits = LIMITS,
): Promise<AriSession> {
  const { origin } = originOf(settings.url);
  const client = await within(
    limits.openMs,
    "reading ARI's description",
    connect(origin, settings.username, settings.password),
  );
  const session = new Session(client, settings, events, log, limits);
  await session.open();
  return session;
}

class Session implements AriSession {
  readonly over: Promise<string>;
  private finish: (reason: string) => void = () => undefined;
  private socket: Socket | null = null;
  private pinging: NodeJS.Timeout | undefined;
  private awaitsPong = false;
  private readonly agent: http.Agent;

  constructor(
    private readonly client: Client,
    private readonly settings: AriSettings,
    private readonly events: SessionEvents,
    private readonly log: Log,
    private readonly limits: SessionLimits,
  ) {
    this.over = new Promise((resolve) => {
      this.finish = resolve;
    });
    const { Agent } = originOf(settings.url).protocol === "https:" ? https : http;
    this.agent = new Agent({ keepAlive: true, maxSockets: MOST_SOCKETS });
  }

  async open(): Promise<void> {
    // Listeners on the client alone: those that ari-client offers on a channel are never freed.
    this.client.on("WebSocketConnected", () => this.hold(socketOf(this.client)));
    const refused = new Promise<never>((_, reject) => {
      this.client.once("WebSocketReconnecting", (cause: unknown) =>
        reject(new RingfenceError("asterisk-unreachable", "ARI refused the websocket", { cause })),
      );
    });
    const opening = Promise.race([this.client.start(APPLICATION), refused]);
    await within(this.limits.openMs, "opening ARI's websocket", opening);
    const allowed = EVENTS.map((type) => ({ type }));
    const filter = `/ari/applications/${APPLICATION}/eventFilter`;
    await ask(this.settings, "PUT", filter, this.limits.openMs, { body: { allowed } });
    this.pinging = setInterval(() => this.ping(), this.limits.pingMs);
  }

  close(): void {
    clearInterval(this.pinging);
    this.client.removeAllListeners();
    this.socket?.terminate();
    this.agent.destroy();
  }

  async waiting(): Promise<readonly WaitingCall[]> {
    const ids = await this.waitingIds(this.limits.openMs);
    const calls: WaitingCall[] = [];
    for (let start = 0; start < ids.length; start += AT_ONCE) {
      const some = ids.slice(start, start + AT_ONCE).map((id) => this.waitingCall(id));
      calls.push(...(await Promise.all(some)).filter((call) => call !== null));
    }
    return calls;
  }

  async release(channelId: string, answer: string | null): Promise<"released" | "gone"> {
    const where =
      answer === null ? "" : `?context=${ANSWER_CONTEXT}&extension=${encodeURIComponent(answer)}&priority=1`;
    const path = `/ari/channels/${encodeURIComponent(channelId)}/continue${where}`;
    const { status } = await this.askTwice("POST", path);
    if (status < 300) return "released";
    // No such channel, or one that is not in Stasis any more.
    if (status === 404 || status === 409 || status === 412) return "gone";
    throw new RingfenceError("asterisk-unreachable", `a call could not be answered: ARI says ${status}`);
  }

  async watch(channelId: string): Promise<"watched" | "gone"> {
    const source = encodeURIComponent(`channel:${channelId}`);
    const path = `/ari/applications/${APPLICATION}/subscription?eventSource=${source}`;
    const { status } = await this.askTwice("POST", path);
    if (status < 300) return "watched";
    if (status === 422) return "gone";
    throw new RingfenceError("asterisk-unreachable", `a call can't be followed: ARI says ${status}`);
  }

  async channels(): Promise<readonly LiveChannel[]> {
    const { status, body } = await ask(this.settings, "GET", "/ari/channels", this.limits.openMs);
    if (status !== 200 || !Array.isArray(body)) {
      throw new RingfenceError("asterisk-unreachable", `ARI answers ${status} for its channels`);
    }
    return body.map((channel) => liveChannelOf(channel, Date.now())).filter((channel) => channel !== null);
  }

  async hangUp(channelId: string): Promise<"ended" | "gone"> {
    const path = `/ari/channels/${encodeURIComponent(channelId)}?reason=normal`;
    const { status } = await ask(this.settings, "DELETE", path, this.limits.openMs);
    if (status < 300) return "ended";
    if (status === 404) return "gone";
    throw new RingfenceError("asterisk-unreachable", `a call could not be ended: ARI says ${status}`);
  }

  async message(endpoint: string, text: string): Promise<void> {
    const query = new URLSearchParams({ to: `pjsip:${endpoint}`, from: "ringfence", body: text }).toString();
    const path = `/ari/endpoints/sendMessage?${query}`;
    const { status } = await ask(this.settings, "PUT", path, this.limits.openMs);
    if (status < 300) return;
    throw new RingfenceError(
      "asterisk-unreachable",
      `ARI says ${status} to a message: it needs the modules res_ari_endpoints and res_pjsip_messaging`,
    );
  }

  async callOf(channelId: string): Promise<string | null> {
    const path = `/ari/channels/${encodeURIComponent(channelId)}/variable?variable=RINGFENCE_CALL`;
    const { status, body } = await ask(this.settings, "GET", path, this.limits.openMs);
    return status === 200 ? valueOf(body) : null;
  }

  /** A kept connection may have died meanwhile, and a request may be lost: what is asked here may be done twice. */
  private async askTwice(method: "POST", path: string): Promise<RestAnswer> {
    const endMs = performance.now() + this.limits.answerMs;
    const once = (): Promise<RestAnswer> =>
      ask(this.settings, method, path, Math.min(this.limits.tryMs, left(endMs)), { agent: this.agent });
    try {
      const answer = await once();
      return answer.status >= 500 ? await once() : answer;
    } catch (error) {
      if (!(error instanceof RingfenceError) || error.code === "asterisk-refused") throw error;
      return await once();
    }
  }

  private async waitingIds(deadlineMs: number): Promise<readonly string[]> {
    const path = `/ari/applications/${APPLICATION}`;
    const answer = await ask(this.settings, "GET", path, deadlineMs);
    if (answer.status === 404) return [];
    const ids = waitingIdsOf(answer.body);
    if (answer.status === 200 && ids !== null) return ids;
    throw new RingfenceError("asterisk-unreachable", `ARI answers ${answer.status} for ${path}`);
  }

  private async waitingCall(channelId: string): Promise<WaitingCall | null> {
    const path = `/ari/channels/${encodeURIComponent(channelId)}`;
    const answer = await ask(this.settings, "GET", path, this.limits.openMs);
    return answer.status === 200 ? callOfChannel(answer.body) : null;
  }

  /** Takes the websocket out of ari-client's hands where it would throw, or go silent. */
  private hold(socket: Socket): void {
    this.socket = socket;
    // ari-client throws on an event it has no model of, and on what is no JSON; and makes objects of each that nobody wants.
    socket.removeAllListeners("message");
    socket.on("message", (text: unknown) => this.hear(text));
    socket.on("pong", () => {
      this.awaitsPong = false;
    });
    // Its own way of connecting again gives up after ten tries, with the API's description of before.
    this.client._wsClosed = true;
    socket.on("close", () => this.finish("the websocket was closed"));
  }

  private hear(text: unknown): void {
    const event = eventOf(text);
    const nowMs = Date.now();
    switch (event?.type) {
      case "StasisStart": {
        const call = callOfStart(event);
        if (call !== null) this.events.onWaiting(call);
        else this.lost("ARI announced a call that can't be read");
        return;
      }
      case "Dial": {
        const dial = dialOf(event, nowMs);
        if (dial !== null) this.events.onDial?.(dial);
        return;
      }
      case "ChannelDestroyed": {
        const destroyed = destroyedOf(event, nowMs);
        if (destroyed !== null) this.events.onDestroyed?.(destroyed);
        return;
      }
      case "ApplicationReplaced":
        this.finish(`another program has taken over the application ${APPLICATION}`);
        return;
      case undefined:
        this.lost("ARI event not understood");
    }
  }

  private lost(what: string): void {
    this.log.warn(what);
    this.events.onLostEvent();
  }

  private ping(): void {
    if (this.awaitsPong) {
      this.finish(`Asterisk is silent: no answer to a ping in ${this.limits.pingMs} ms`);
      return;
    }
    this.awaitsPong = true;
    this.socket?.ping();
  }
}

/** What is left of the time until `endMs`; throws a RingfenceError where that is nothing. */
function left(endMs: number): number {
  const ms = endMs - performance.now();
  if (ms <= 0) throw new RingfenceError("asterisk-unreachable", "ARI did not answer in time");
  return ms;
}

function socketOf(client: Client): Socket {
  if (client._ws === undefined) throw unknownAriClient();
  return client._ws;
}

function unknownAriClient(): RingfenceError {
  return new RingfenceError("internal", "this is not the ari-client that Ringfence was written for");
}
