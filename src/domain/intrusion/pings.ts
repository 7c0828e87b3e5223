import type { Source } from "../address.js";
import { detached } from "../text.js";
import type { Device } from "./devices.js";
import type { Sighting } from "./sighting.js";
import { agentOf } from "./user-agent.js";

/** A source that asks with OPTIONS whether the PBX is alive, and does nothing else. Names and `userAgent` are its own text:
 *  hostile. Times are Unix milliseconds. */
export interface Pinging {
  /** As whom, two at most; null: without a name. */
  readonly names: readonly (string | null)[];
  readonly userAgent: string | null;
  /** Pings that count for nothing. */
  readonly count: number;
  /** The usual time between two; null while there were too few. */
  readonly everyMs: number | null;
  /** The status that Asterisk answered last; null: none was seen. */
  readonly status: number | null;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
}

type Request = Extract<Sighting, { readonly type: "request" }>;
/** What else was heard at a source, by the name that it gave. */
type OthersAt = (source: Source) => readonly { readonly account: string | null; readonly device: Device }[];

interface Kept {
  readonly names: Map<string | null, number>;
  readonly intervals: number[];
  userAgent: string | null;
  count: number;
  status: number | null;
  firstAtMs: number;
  lastAtMs: number;
  /** Pings that may come at once, as of `lastAtMs`. */
  room: number;
  /** When it last did what no monitor does; -Infinity: never. */
  spoiltAtMs: number;
}

/** Monitors, dispatchers and session borders ask under one name, or as one for each of two trunks. */
const MOST_NAMES = 2;
/** The busiest ask every 5 s, for some trunks each, and again where an answer is late. */
const PINGS_A_SECOND = 1;
const PINGS_AT_ONCE = 10;
/** For so long a source that did anything else is none that only pings: as long as the window of the slow attack. */
const SPOILT_MS = 86_400_000;
const SOURCES_KEPT = 5_000;
const INTERVALS_KEPT = 8;
const LEAST_INTERVALS = 2;
const AGENT_LENGTH = 80;
const PLAIN = /^[\x21-\x7e]{1,64}$/;

/** Who only pings. Known from the mirror alone, which tells the method; in bounded memory. */
export class Pings {
  private readonly kept = new Map<Source, Kept>();

  constructor(private readonly limit = SOURCES_KEPT) {}

  /** Takes in a request; whether it is a ping, which counts for nothing: OPTIONS, without a password, at a pace of pings, from a
   *  source that does nothing else.
   *  @param others with this request among them or not */
  heard(request: Request, others: OthersAt): boolean {
    const { source, atMs, method } = request;
    const found = this.kept.get(source);
    if (method !== "OPTIONS") {
      if (found !== undefined) found.spoiltAtMs = atMs;
      return false;
    }
    const kept = found ?? begun(atMs, others(source));
    this.kept.delete(source);
    this.kept.set(source, kept);
    const oldest = this.kept.size > this.limit ? this.kept.keys().next().value : undefined;
    if (oldest !== undefined) this.kept.delete(oldest);
    return takeIn(kept, request);
  }

  /** Asterisk answered a request of `source`. */
  answered(source: Source, status: number): void {
    const kept = this.kept.get(source);
    if (kept !== undefined) kept.status = status;
  }

  /** Null where it has not pinged lately, or does anything else. */
  of(source: Source, nowMs: number): Pinging | null {
    const kept = this.kept.get(source);
    if (kept === undefined || kept.count === 0 || isWithin(kept.spoiltAtMs, nowMs)) return null;
    if (!isWithin(kept.lastAtMs, nowMs)) return null;
    const { userAgent, count, status, firstAtMs, lastAtMs } = kept;
    const names = [...kept.names.keys()];
    return { names, userAgent, count, everyMs: usual(kept.intervals), status, firstAtMs, lastAtMs };
  }
}

function takeIn(kept: Kept, { atMs, account, userAgent, nonce, otherNonces }: Request): boolean {
  const gapMs = Math.max(0, atMs - kept.lastAtMs);
  for (const [name, lastAtMs] of kept.names) if (!isWithin(lastAtMs, atMs)) kept.names.delete(name);
  const isPlain = account === null || PLAIN.test(account);
  const isNew = !kept.names.has(account);
  const isOdd =
    nonce !== null ||
    otherNonces.length > 0 ||
    !isPlain ||
    (isNew && kept.names.size >= MOST_NAMES) ||
    agentOf(userAgent ?? "")?.kind === "scanner";
  if (isOdd) kept.spoiltAtMs = atMs;
  else kept.names.set(isNew && account !== null ? detached(account) : account, atMs);
  kept.lastAtMs = atMs;
  kept.room = Math.min(PINGS_AT_ONCE, kept.room + (gapMs / 1_000) * PINGS_A_SECOND);
  if (isWithin(kept.spoiltAtMs, atMs)) {
    kept.count = 0;
    return false;
  }
  if (kept.room < 1) return false;
  kept.room--;
  noteRhythm(kept, gapMs, atMs);
  const said = userAgent?.slice(0, AGENT_LENGTH) ?? null;
  if (said !== kept.userAgent) kept.userAgent = said === null ? null : detached(said);
  return true;
}

function noteRhythm(kept: Kept, gapMs: number, atMs: number): void {
  if (kept.count === 0) kept.firstAtMs = atMs;
  else kept.intervals.push(gapMs);
  if (kept.intervals.length > INTERVALS_KEPT) kept.intervals.shift();
  kept.count++;
}

function begun(atMs: number, others: ReturnType<OthersAt>): Kept {
  const does = others.some(
    ({ device }) =>
      isWithin(device.lastAtMs, atMs) && Object.keys(device.methods).some((method) => method !== "OPTIONS"),
  );
  return {
    ...{ names: new Map(), intervals: [], userAgent: null, count: 0, status: null },
    ...{ firstAtMs: atMs, lastAtMs: atMs, room: PINGS_AT_ONCE },
    spoiltAtMs: does || others.length > MOST_NAMES ? atMs : -Infinity,
  };
}

function isWithin(sinceMs: number, atMs: number): boolean {
  return Math.abs(atMs - sinceMs) < SPOILT_MS;
}

/** The median. */
function usual(intervals: readonly number[]): number | null {
  if (intervals.length < LEAST_INTERVALS) return null;
  return intervals.toSorted((a, b) => a - b)[Math.floor(intervals.length / 2)] ?? null;
}
