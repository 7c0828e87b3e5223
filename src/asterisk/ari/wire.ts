import type { WaitingCall } from "./check.js";
import type { DestroyedEvent, DialEvent, LiveChannel } from "./follow.js";

/** ARI's JSON, read as far as it is needed; null where it is not of the expected shape. */

/** A StasisStart event. */
export function callOfStart(event: unknown): WaitingCall | null {
  const { channel, args } = fieldsOf(event);
  const { id, name } = fieldsOf(channel);
  if (typeof id !== "string" || typeof name !== "string") return null;
  if (!Array.isArray(args) || !args.every((arg) => typeof arg === "string")) return null;
  return { channelId: id, channelName: name, args };
}

export function dialOf(event: unknown, nowMs: number): DialEvent | null {
  const { caller, peer, dialstatus, timestamp } = fieldsOf(event);
  const { id: callerId } = fieldsOf(caller);
  const { id: peerId, name: peerName } = fieldsOf(peer);
  if (typeof peerId !== "string" || typeof peerName !== "string") return null;
  // A call that the dialplan has not placed has no caller.
  if (typeof callerId !== "string") return null;
  return { callerId, peerId, peerName, answered: dialstatus === "ANSWER", atMs: timeOf(timestamp) ?? nowMs };
}

export function destroyedOf(event: unknown, nowMs: number): DestroyedEvent | null {
  const { channel, timestamp } = fieldsOf(event);
  const { id, name, state } = fieldsOf(channel);
  if (typeof id !== "string" || typeof name !== "string") return null;
  return { channelId: id, name, up: state === "Up", atMs: timeOf(timestamp) ?? nowMs };
}

/** Of a channel in ARI's list; null where it can't be read. */
export function liveChannelOf(channel: unknown, nowMs: number): LiveChannel | null {
  const { id, name, state, creationtime } = fieldsOf(channel);
  if (typeof id !== "string" || typeof name !== "string") return null;
  return { id, name, up: state === "Up", createdAtMs: timeOf(creationtime) ?? nowMs };
}

/** Asterisk writes `2026-11-27T23:51:33.282+0000`. */
function timeOf(text: unknown): number | null {
  const found = typeof text === "string" ? /^(.{10}T.{8}(?:[.]\d+)?)([+-]\d\d):?(\d\d)$/.exec(text) : null;
  const ms = found === null ? NaN : Date.parse(`${found[1]}${found[2]}:${found[3]}`);
  return Number.isFinite(ms) ? ms : null;
}

/** A channel that sits in Stasis(), with the arguments as the dialplan wrote them; null for a channel that does something else. */
export function callOfChannel(channel: unknown): WaitingCall | null {
  const { id, name, dialplan } = fieldsOf(channel);
  const { app_name: application, app_data: data } = fieldsOf(dialplan);
  if (typeof id !== "string" || typeof name !== "string") return null;
  if (application !== "Stasis" || typeof data !== "string") return null;
  return { channelId: id, channelName: name, args: data.split(",").slice(1) };
}

/** The channels of an application. */
export function waitingIdsOf(application: unknown): readonly string[] | null {
  const { channel_ids: ids } = fieldsOf(application);
  return Array.isArray(ids) && ids.every((id) => typeof id === "string") ? ids : null;
}

/** One message of the websocket; null where it is no event. */
export function eventOf(text: unknown): { readonly type: string } | null {
  try {
    const event = fieldsOf(JSON.parse(String(text)));
    return typeof event["type"] === "string" ? { ...event, type: event["type"] } : null;
  } catch {
    return null;
  }
}

/** A variable of a channel. */
export function valueOf(variable: unknown): string | null {
  const { value } = fieldsOf(variable);
  return typeof value === "string" && value !== "" ? value : null;
}

function fieldsOf(json: unknown): Record<string, unknown> {
  return typeof json === "object" && json !== null ? (json as Record<string, unknown>) : {};
}
