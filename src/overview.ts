import { HOUR_MS } from "./guard/activity.js";
import { oldDecks } from "./guard/deck-age.js";
import type { Groups } from "./guard/groups.js";
import type { Locks } from "./guard/locks.js";
import type { ActivityHour, ActivityKind, Clock, DeckStore, Networks } from "./guard/ports.js";
import type { ReadThread } from "./read-thread.js";
import type { ForYou, Happened, Overview, OverviewHours } from "./http/services.js";

export interface OverviewParts {
  readonly reads: Pick<ReadThread, "ask">;
  /** Puts what is counted in memory into the store. */
  readonly writeActivity: () => void;
  readonly networks: Networks & { knowsCountries(): boolean };
  readonly locks: Pick<Locks, "inForce">;
  readonly groups: Pick<Groups, "proposals">;
  readonly decks: Pick<DeckStore, "list">;
  readonly clock: Clock;
}

const STEP_HOURS: Readonly<Record<OverviewHours, number>> = { 24: 1, 168: 6, 720: 24 };
/** Of the newest bans; a flood of them says no more about where they come from. */
const MOST_PLACED = 20_000;
const MOST_OF_A_KIND = 5;

/** What happened in the last hours, beside the same time before it, and what a person should see to. */
export async function overviewOf(parts: OverviewParts, hours: OverviewHours): Promise<Overview> {
  const { reads, writeActivity, clock } = parts;
  writeActivity();
  const toMs = clock.nowMs();
  const stepMs = STEP_HOURS[hours] * HOUR_MS;
  const lastMs = toMs - (toMs % HOUR_MS) + HOUR_MS;
  const fromMs = lastMs - hours * HOUR_MS;
  const counted = await reads.ask("activity", fromMs - hours * HOUR_MS);
  const now = counted.filter(({ hourMs }) => hourMs >= fromMs);
  const earlier = counted.filter(({ hourMs }) => hourMs < fromMs);
  return {
    fromMs,
    toMs,
    stepMs,
    series: Array.from({ length: (lastMs - fromMs) / stepMs }, (_, index) => {
      const atMs = fromMs + index * stepMs;
      return { atMs, ...sumOf(now.filter(({ hourMs }) => hourMs >= atMs && hourMs < atMs + stepMs)) };
    }),
    totals: sumOf(now),
    before: earlier.length === 0 ? null : sumOf(earlier),
    causes: await reads.ask("causes", fromMs),
    countries: await countriesOf(parts, fromMs),
    forYou: await forYou(parts, toMs),
  };
}

function sumOf(hours: readonly ActivityHour[]): Happened {
  const of = (wanted: ActivityKind): number =>
    hours.reduce((sum, { kind, amount }) => (kind === wanted ? sum + amount : sum), 0);
  return {
    attempts: of("attempts"),
    bans: of("bans"),
    blocks: of("blocks"),
    callsAllowed: of("calls-allowed"),
    callsRefused: of("calls-refused"),
    refusedMicros: of("refused-micros"),
  };
}

async function countriesOf(
  { networks, reads }: OverviewParts,
  fromMs: number,
): Promise<Overview["countries"]> {
  if (!networks.knowsCountries()) return null;
  const found = new Map<string, { sources: number; attempts: number }>();
  for (const { target, attempts } of await reads.ask("banned", fromMs, MOST_PLACED)) {
    const country = networks.of(target)?.country ?? null;
    if (country === null) continue;
    const sum = found.get(country) ?? { sources: 0, attempts: 0 };
    found.set(country, { sources: sum.sources + 1, attempts: sum.attempts + attempts });
  }
  return [...found]
    .map(([country, sums]) => ({ country, ...sums }))
    .sort((a, b) => b.sources - a.sources || a.country.localeCompare(b.country));
}

/** The most pressing first: people who are shut out, then attacks that go on, then what can wait. */
async function forYou({ reads, locks, groups, decks }: OverviewParts, nowMs: number): Promise<ForYou[]> {
  const [banned, blocked] = await Promise.all([
    reads.ask("knownShutOut", nowMs, MOST_OF_A_KIND),
    reads.ask("knownBlocked", nowMs, MOST_OF_A_KIND),
  ]);
  return [
    ...banned.map(({ target, fromMs, summary }) => ({
      slug: "known-banned" as const,
      subject: target,
      atMs: fromMs,
      detail: summary,
    })),
    ...blocked.map(({ account, source, fromMs }) => ({
      slug: "known-blocked" as const,
      subject: source,
      atMs: fromMs,
      detail: `Extension ${account} is blocked there; everyone else behind the address goes on working.`,
    })),
    ...locks
      .inForce()
      // A lock that was set by hand is somebody's own doing, and no attack.
      .filter(({ sources }) => sources > 0)
      .slice(0, MOST_OF_A_KIND)
      .map(({ account, fromMs, sources }) => ({
        slug: "account-attacked" as const,
        subject: account,
        atMs: fromMs,
        detail: `${sources} sources tried it. It is shut to all but its known sources.`,
      })),
    ...groups
      .proposals()
      .slice(0, MOST_OF_A_KIND)
      .map(({ network, atMs, sources }) => ({
        slug: "proposal" as const,
        subject: network,
        atMs,
        detail: `${sources.length} sources of this network are shut out. Shut out the whole network?`,
      })),
    ...oldDecks(decks.list(), nowMs).map(({ name, days }) => ({
      slug: "deck-old" as const,
      subject: name,
      atMs: null,
      detail: `The rate deck is ${days} days old: its prices may be wrong.`,
    })),
  ];
}
