import { markup, type Html } from "./markup.js";

/** `40 seconds`, `6 minutes`, `2 hours`, `3 days`. */
export function spoken(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 90) return several(seconds, "second");
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return several(minutes, "minute");
  const hours = Math.round(minutes / 60);
  return hours < 48 ? several(hours, "hour") : several(Math.round(hours / 24), "day");
}

function several(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}

const DAY_AND_TIME = new Intl.DateTimeFormat("en-GB", {
  weekday: "short",
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  timeZoneName: "short",
});

/** In the time zone of the phone system. */
export function clockTime(ms: number): Html {
  return markup`<time datetime="${new Date(ms).toISOString()}">${DAY_AND_TIME.format(ms)}</time>`;
}

export function ago(atMs: number, nowMs: number): string {
  return nowMs - atMs < 2_000 ? "just now" : `${spoken(nowMs - atMs)} ago`;
}
