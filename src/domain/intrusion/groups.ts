import { asSource, type Source, type Target } from "../address.js";
import { NO_FINDINGS, SUPERSEDED, type Ban, type BannedNeighbour, type NewBan } from "./ban.js";
import { planBan } from "./ladder.js";
import type { IntrusionSettings } from "./settings.js";

/** Banned sources of one network, enough of them to ask whether it should be shut out whole. */
export interface Group {
  readonly network: Target;
  /** Each once, newest first. */
  readonly sources: readonly Source[];
  /** The first of them. */
  readonly newest: Source;
  readonly attempts: number;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
}

/** The group that the bans of a network make; null where they are too few. A ban on unproven evidence does not count, since forged
 *  packets must not cost a network; nor does one by hand, or one that somebody lifted, which was an error.
 *  @param banned within the window, newest first */
export function groupIn(
  network: Target,
  banned: readonly BannedNeighbour[],
  settings: Pick<IntrusionSettings, "groupSources">,
): Group | null {
  const counted = banned.filter(
    ({ proof, trigger, liftedBy }) =>
      proof === "returned" && trigger !== "by-hand" && (liftedBy === null || liftedBy === SUPERSEDED),
  );
  const sources = [...new Set(counted.map(({ target }) => asSource(target)))].filter((each) => each !== null);
  const [newest] = sources;
  if (newest === undefined || sources.length < settings.groupSources) return null;
  const times = counted.map(({ fromMs }) => fromMs);
  return {
    network,
    sources,
    newest,
    attempts: counted.reduce((sum, { attempts }) => sum + attempts, 0),
    firstAtMs: Math.min(...times),
    lastAtMs: Math.max(...times),
  };
}

/** The ban of the network, on its own ladder.
 *  @param history every ban of exactly this network, newest first
 *  @param random even in [0, 1) */
export function planNetworkBan(
  group: Group,
  history: readonly Ban[],
  settings: IntrusionSettings,
  nowMs: number,
  random: number,
): NewBan {
  const { network, sources, newest, attempts, firstAtMs, lastAtMs } = group;
  const guilt = {
    source: newest,
    trigger: "attempts",
    standing: "stranger",
    proof: "returned",
    atMs: lastAtMs,
    evidence: {
      ...NO_FINDINGS,
      attempts,
      accounts: [],
      firstAtMs,
      lastAtMs,
      services: [],
      transports: [],
      summary: `${sources.length} sources in it were shut out one by one`,
      confidence: 0.9,
      advice: "Nobody known ever signed in from there: leave it shut out.",
    },
  } as const;
  return { ...planBan(guilt, history, settings, nowMs, random), target: network, trigger: "network" };
}
