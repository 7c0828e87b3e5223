import { WrongUsage } from "./exit.js";

const UNIT_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** `in 12 min`, `3 h ago`, `now`. */
export function relative(time: string, nowMs: number): string {
  const ms = Date.parse(time) - nowMs;
  const seconds = Math.round(Math.abs(ms) / 1000);
  if (seconds === 0) return "now";
  return ms > 0 ? `in ${span(seconds)}` : `${span(seconds)} ago`;
}

export function untilWords(time: string | null, nowMs: number): string {
  return time === null ? "until lifted" : relative(time, nowMs);
}

/** `2h` back from now, or an RFC 3339 time: RFC 3339 in UTC. */
export function sinceTime(text: string, nowMs: number): string {
  const back = /^([1-9][0-9]{0,8})(s|m|h|d|w)$/.exec(text);
  const ms =
    back === null ? Date.parse(text) : nowMs - Number(back[1]) * UNIT_MS[back[2] as keyof typeof UNIT_MS];
  if (!Number.isFinite(ms) || Math.abs(ms) > 8.64e15 || (back === null && !/^\d{4}-\d{2}-\d{2}/.test(text))) {
    throw new WrongUsage(`--since ${text}: write 30m, 2h or 7d, or a time such as 2026-01-31T12:00:00Z`);
  }
  return new Date(ms).toISOString();
}

/** `--until` or `--for`: RFC 3339 in UTC; null where neither is given. A day alone ends with that day, here. */
export function laterTime(until: string | undefined, span: string | undefined, nowMs: number): string | null {
  if (span !== undefined) {
    const match = /^([1-9][0-9]{0,8})(s|m|h|d|w)$/.exec(span);
    if (match === null) throw new WrongUsage(`--for ${span}: write 12h, 5d or 2w`);
    return new Date(nowMs + Number(match[1]) * UNIT_MS[match[2] as keyof typeof UNIT_MS]).toISOString();
  }
  if (until === undefined) return null;
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(until);
  const ms = Date.parse(isDay ? `${until}T23:59:59` : until);
  if (!Number.isFinite(ms) || !/^\d{4}-\d{2}-\d{2}/.test(until)) {
    throw new WrongUsage(`--until ${until}: write a day such as 2026-11-27, or 2026-11-27T18:00:00Z`);
  }
  if (ms <= nowMs) throw new WrongUsage(`--until ${until}: that is over: name a time to come`);
  return new Date(ms).toISOString();
}

export function scopeWords(scope: string): string {
  return scope === "global" ? "global rule" : `extension ${scope}'s own rule`;
}

/** At most `length` characters. */
export function clipped(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}

export function counted(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString("en-US")} ${number === 1 ? one : many}`;
}

function span(seconds: number): string {
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} d`;
}
