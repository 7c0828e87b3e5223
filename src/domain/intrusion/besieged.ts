import type { Source } from "../address.js";
import type { IntrusionSettings } from "./settings.js";

interface Siege {
  /** Who tried it lately and when, at most as many as decide. */
  readonly sources: Source[];
  readonly times: number[];
  toldAtMs: number;
}

const ACCOUNTS_TRACKED = 10_000;

/** Accounts that exist, and the sources that lately failed on each: one account tried from many addresses is an attack that no
 *  count of any one address shows. The accounts tried longest ago are forgotten beyond 10,000. */
export class Besieged {
  private readonly byAccount = new Map<string, Siege>();

  /** Notes a failed try; returns how many sources tried the account where that is too many, once a window, and 0 else. */
  note(account: string, source: Source, atMs: number, settings: IntrusionSettings): number {
    const siege = this.siegeOf(account);
    noteSource(siege, source, atMs, settings);
    if (siege.sources.length < settings.accountSources) return 0;
    if (Math.abs(atMs - siege.toldAtMs) < settings.accountWindowMs) return 0;
    siege.toldAtMs = atMs;
    return siege.sources.length;
  }

  /** How many sources failed on `account` within the window: at most as many as decide. */
  sourcesOf(account: string, nowMs: number, { accountWindowMs }: IntrusionSettings): number {
    const times = this.byAccount.get(account)?.times ?? [];
    return times.filter((atMs) => Math.abs(nowMs - atMs) < accountWindowMs).length;
  }

  private siegeOf(account: string): Siege {
    const found = this.byAccount.get(account);
    // A Map keeps the order of insertion: the last is the one tried last.
    if (found !== undefined) this.byAccount.delete(account);
    const siege = found ?? { sources: [], times: [], toldAtMs: -Infinity };
    this.byAccount.set(account, siege);
    if (this.byAccount.size > ACCOUNTS_TRACKED) {
      for (const oldest of this.byAccount.keys()) {
        this.byAccount.delete(oldest);
        break;
      }
    }
    return siege;
  }
}

function noteSource(
  { sources, times }: Siege,
  source: Source,
  atMs: number,
  settings: IntrusionSettings,
): void {
  for (let i = sources.length - 1; i >= 0; i--) {
    if (Math.abs(atMs - (times[i] ?? atMs)) >= settings.accountWindowMs) remove(sources, times, i);
  }
  const at = sources.indexOf(source);
  if (at >= 0) {
    times[at] = Math.max(times[at] ?? atMs, atMs);
    return;
  }
  while (sources.length >= settings.accountSources) remove(sources, times, times.indexOf(Math.min(...times)));
  sources.push(source);
  times.push(atMs);
}

function remove(sources: Source[], times: number[], at: number): void {
  sources.splice(at, 1);
  times.splice(at, 1);
}
