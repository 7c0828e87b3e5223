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

const DAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

/** Unix milliseconds of `friday`, `tomorrow`, `2026-11-27`, `2026-11-27 18:00`, RFC 3339; null where it is none. A day ends with
 *  that day, where the command runs; a weekday is the next one, or today. */
function laterMs(text: string, nowMs: number): number | null {
  const word = text.trim().toLowerCase();
  const now = new Date(nowMs);
  const endOf = (ahead: number): number =>
    new Date(now.getFullYear(), now.getMonth(), now.getDate() + ahead, 23, 59, 59).getTime();
  if (word === "today") return endOf(0);
  if (word === "tomorrow") return endOf(1);
  const day = DAYS.findIndex((name) => word.length >= 3 && name.startsWith(word));
  if (day >= 0) return endOf((day - now.getDay() + 7) % 7);
  const match = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}:\d{2}.*))?$/i.exec(text.trim());
  if (match === null) return null;
  const [, year, month, date, clock = "23:59:59"] = match;
  const ms = Date.parse(`${year}-${month}-${date}T${clock}`);
  // 31 April is no day, and must not become 1 May.
  const isDay =
    new Date(Date.UTC(Number(year), Number(month) - 1, Number(date))).getUTCDate() === Number(date);
  return Number.isFinite(ms) && isDay ? ms : null;
}

/** `Fri 27 Nov 2026, 23:59`, where the command runs. */
export function dayText(time: string): string {
  return new Date(time).toLocaleString("en-GB", {
    ...{ weekday: "short", day: "numeric", month: "short", year: "numeric" },
    ...{ hour: "2-digit", minute: "2-digit" },
  });
}

/** `--until` or `--for`: RFC 3339 in UTC; null where neither is given. A day alone ends with that day, here. */
export function laterTime(until: string | undefined, span: string | undefined, nowMs: number): string | null {
  if (span !== undefined) {
    const match = /^([1-9][0-9]{0,8})(s|m|h|d|w)$/.exec(span);
    if (match === null) throw new WrongUsage(`--for ${span}: write 12h, 5d or 2w`);
    return new Date(nowMs + Number(match[1]) * UNIT_MS[match[2] as keyof typeof UNIT_MS]).toISOString();
  }
  if (until === undefined) return null;
  const ms = laterMs(until, nowMs);
  if (ms === null) {
    throw new WrongUsage(
      `--until ${until}: write a day such as friday, tomorrow or 2026-11-27, or a time such as "2026-11-27 18:00"`,
    );
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
