import type { Source } from "../address.js";
import { detached } from "../text.js";
import type { Sighting } from "./sighting.js";

/** What the mirror tells of a device at `source` that names the account. `userAgent` is the sender's text: hostile. */
export interface Device {
  /** As it said last; null where it never did. */
  readonly userAgent: string | null;
  /** How often each SIP method was seen; what is no method of SIP is under `other`. */
  readonly methods: Readonly<Partial<Record<Method | "other", number>>>;
  /** The usual time between the beginnings of its registrations; null where there is none. */
  readonly registerEveryMs: number | null;
  /** Unix milliseconds. */
  readonly lastAtMs: number;
}

export type Method = (typeof METHODS)[number];

const METHODS = [
  "REGISTER",
  "INVITE",
  "ACK",
  "BYE",
  "CANCEL",
  "OPTIONS",
  "SUBSCRIBE",
  "NOTIFY",
  "PUBLISH",
  "MESSAGE",
  "REFER",
  "INFO",
  "UPDATE",
  "PRACK",
] as const;
const OTHER = METHODS.length;

export interface DeviceLimits {
  readonly pairs: number;
  /** An office has that many phones; who names more accounts than that makes it forget its own. */
  readonly perSource: number;
}

/** 50,000 pairs are about 20 MB. */
export const DEVICE_LIMITS: DeviceLimits = { pairs: 50_000, perSource: 256 };

/** What is longer is cut. */
export const USER_AGENT_LENGTH = 80;
const ACCOUNT_LENGTH = 64;
/** A REGISTER that is challenged and its answer, and what is sent again, are one registration. */
const ONE_REGISTRATION_MS = 2_000;
const INTERVALS_KEPT = 8;

interface Kept {
  readonly source: Source;
  readonly account: string;
  userAgent: string | null;
  /** A method's index in METHODS, its count, the next one's index … */
  readonly counts: number[];
  readonly intervals: number[];
  registrationAtMs: number | null;
  registerAtMs: number;
  lastAtMs: number;
  older: Kept | null;
  newer: Kept | null;
}

/** The devices heard of, in bounded memory: the one that has been silent for longest is forgotten first. */
export class Devices {
  private readonly bySource = new Map<Source, Map<string, Kept>>();
  private oldest: Kept | null = null;
  private newest: Kept | null = null;
  private count = 0;

  constructor(private readonly limits: DeviceLimits = DEVICE_LIMITS) {}

  get size(): number {
    return this.count;
  }

  heard(sighting: Extract<Sighting, { readonly type: "request" }>): void {
    const kept = this.obtain(sighting.source, (sighting.account ?? "").slice(0, ACCOUNT_LENGTH));
    kept.lastAtMs = sighting.atMs;
    const said = sighting.userAgent?.slice(0, USER_AGENT_LENGTH) ?? null;
    if (said !== null && said !== kept.userAgent) kept.userAgent = detached(said);
    countMethod(kept, sighting.method);
    if (sighting.method === "REGISTER") noteRegister(kept, sighting.atMs);
    this.unchain(kept);
    this.chain(kept);
  }

  /** The device at `source` that names `account` (null: that names none). */
  of(source: Source, account: string | null): Device | null {
    const kept = this.bySource.get(source)?.get((account ?? "").slice(0, ACCOUNT_LENGTH));
    return kept === undefined ? null : deviceOf(kept);
  }

  /** All that were heard at `source`; the account is null where none was named. */
  at(source: Source): { readonly account: string | null; readonly device: Device }[] {
    return [...(this.bySource.get(source)?.values() ?? [])].map((kept) => ({
      account: kept.account === "" ? null : kept.account,
      device: deviceOf(kept),
    }));
  }

  private obtain(source: Source, account: string): Kept {
    const there = this.bySource.get(source);
    const found = there?.get(account);
    if (found !== undefined) return found;
    if (there !== undefined && there.size >= this.limits.perSource) {
      this.forget([...there.values()].reduce((a, b) => (b.lastAtMs < a.lastAtMs ? b : a)));
    } else if (this.count >= this.limits.pairs && this.oldest !== null) this.forget(this.oldest);
    const kept: Kept = {
      source,
      account: detached(account),
      userAgent: null,
      counts: [],
      intervals: [],
      registrationAtMs: null,
      registerAtMs: -Infinity,
      lastAtMs: 0,
      older: null,
      newer: null,
    };
    const accounts = this.bySource.get(source) ?? new Map<string, Kept>();
    accounts.set(kept.account, kept);
    this.bySource.set(source, accounts);
    this.chain(kept);
    this.count++;
    return kept;
  }

  private forget(gone: Kept): void {
    this.unchain(gone);
    this.count--;
    const there = this.bySource.get(gone.source);
    there?.delete(gone.account);
    if (there?.size === 0) this.bySource.delete(gone.source);
  }

  private chain(kept: Kept): void {
    kept.older = this.newest;
    kept.newer = null;
    if (this.newest === null) this.oldest = kept;
    else this.newest.newer = kept;
    this.newest = kept;
  }

  private unchain(kept: Kept): void {
    if (kept.older === null) this.oldest = kept.newer;
    else kept.older.newer = kept.newer;
    if (kept.newer === null) this.newest = kept.older;
    else kept.newer.older = kept.older;
    kept.older = kept.newer = null;
  }
}

/** For people: `a Yealink SIP-T46S, REGISTER every 60 s`. Holds nothing that could do harm where it is shown: of the sender's
 *  own words only letters, digits and a few signs, at most 40. */
export function describeDevice(device: Device): string {
  const name = modelOf(device.userAgent ?? "");
  const article = /^[aeio]/i.test(name) ? "an" : "a";
  const who = name === "" ? "a device that does not say what it is" : `${article} ${name}`;
  const does = habitOf(device);
  return does === "" ? who : `${who}, ${does}`;
}

function habitOf({ methods, registerEveryMs }: Device): string {
  const regular = registerEveryMs === null ? [] : [`REGISTER every ${Math.round(registerEveryMs / 1_000)} s`];
  const others = Object.entries(methods)
    .filter(([method]) => registerEveryMs === null || method !== "REGISTER")
    .sort(([, a], [, b]) => b - a)
    .map(([method, times]) => `${times} ${method}`);
  return [...regular, ...others].slice(0, 3).join(", ");
}

/** The words ahead of the first that is a version: `Yealink SIP-T46S` of `Yealink SIP-T46S 66.85.0.5`. */
function modelOf(userAgent: string): string {
  const words = userAgent
    .replace(/[/(].*$/s, "")
    .split(/\s+/)
    .map((word) => word.replace(/[^A-Za-z0-9._+-]/g, ""))
    .filter((word) => word !== "");
  const version = words.findIndex(
    (word, index) => index > 0 && /^[a-z]{0,3}[0-9]+(\.[0-9a-z]+)+$/i.test(word),
  );
  return (version < 0 ? words : words.slice(0, version)).join(" ").slice(0, 40).trim();
}

function countMethod(kept: Kept, method: string): void {
  const found = METHODS.findIndex((name) => name === method);
  const index = found < 0 ? OTHER : found;
  for (let at = 0; at < kept.counts.length; at += 2) {
    if (kept.counts[at] !== index) continue;
    kept.counts[at + 1] = (kept.counts[at + 1] ?? 0) + 1;
    return;
  }
  kept.counts.push(index, 1);
}

function noteRegister(kept: Kept, atMs: number): void {
  const isAnother = Math.abs(atMs - kept.registerAtMs) > ONE_REGISTRATION_MS;
  kept.registerAtMs = atMs;
  if (!isAnother) return;
  if (kept.registrationAtMs !== null) {
    kept.intervals.push(atMs - kept.registrationAtMs);
    if (kept.intervals.length > INTERVALS_KEPT) kept.intervals.shift();
  }
  kept.registrationAtMs = atMs;
}

function deviceOf(kept: Kept): Device {
  const methods: Partial<Record<Method | "other", number>> = {};
  for (let at = 0; at < kept.counts.length; at += 2) {
    methods[METHODS[kept.counts[at] ?? OTHER] ?? "other"] = kept.counts[at + 1] ?? 0;
  }
  const { userAgent, lastAtMs } = kept;
  return { userAgent, methods, registerEveryMs: usual(kept.intervals), lastAtMs };
}

/** The median, where there are two at least and two thirds lie within a fifth of it. */
function usual(intervals: readonly number[]): number | null {
  if (intervals.length < 2) return null;
  const sorted = intervals.toSorted((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const near = sorted.filter((interval) => Math.abs(interval - median) <= median / 5);
  return near.length * 3 >= sorted.length * 2 ? median : null;
}
