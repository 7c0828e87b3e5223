import type { WaitingCall } from "./check.js";

/** ARI's JSON, read as far as it is needed; null where it is not of the expected shape. */

/** A StasisStart event. */
export function callOfStart(event: unknown): WaitingCall | null {
  const { channel, args } = fieldsOf(event);
  const { id, name } = fieldsOf(channel);
  if (typeof id !== "string" || typeof name !== "string") return null;
  if (!Array.isArray(args) || !args.every((arg) => typeof arg === "string")) return null;
  return { channelId: id, channelName: name, args };
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

function fieldsOf(json: unknown): Record<string, unknown> {
  return typeof json === "object" && json !== null ? (json as Record<string, unknown>) : {};
}
