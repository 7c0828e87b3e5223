import { asSource, type Target } from "../domain/address.js";
import type { Ban, Proposal } from "../domain/intrusion/ban.js";
import { groupIn, planNetworkBan, type Group } from "../domain/intrusion/groups.js";
import { networkAround } from "../domain/intrusion/network-around.js";
import type { IntrusionSettings } from "../domain/intrusion/settings.js";
import type { BanBook, BanRefusal, ByHand } from "./bans.js";
import type { KnownSources } from "./known-sources.js";
import type { After, BanStore, Clock, Log, ProposalStore, Random, Tell } from "./ports.js";
import type { Protection } from "./protection.js";
import { sparingBy } from "./standing.js";

export interface GroupsParts {
  readonly settings: () => IntrusionSettings;
  readonly bans: Pick<BanBook, "ban" | "banByHand" | "banOf" | "historyOf">;
  readonly store: Pick<BanStore, "ofNetwork">;
  readonly proposals: ProposalStore;
  readonly protection: Pick<Protection, "reasonFor">;
  readonly known: Pick<KnownSources, "knownWithin">;
  readonly clock: Clock;
  readonly after: After;
  readonly random: Random;
  readonly tell: Tell;
  readonly log: Log;
}

/** Looked at so often at most, once it holds enough banned sources: an attacker with an IPv6 /48 has 65,536 of them. */
const REST_MS = 60_000;
const MOST_RESTING = 10_000;
const ACCEPTED_MS = 7 * 86_400_000;

/** Sees when several banned sources are neighbours, and proposes their network, or by setting shuts it out whole; never one that
 *  holds a known or protected source. */
export class Groups {
  private readonly waiting = new Set<Target>();
  /** By network and what is done to it: where that is changed it is not too early for another look. */
  private readonly restsUntilMs = new Map<string, number>();
  private readonly sparedAtMs = new Map<Target, number>();

  constructor(private readonly parts: GroupsParts) {}

  /** To be told of each new ban; looks at its neighbours right after. */
  noticed(ban: Ban): void {
    if (ban.trigger === "by-hand") {
      this.parts.proposals.decide(ban.target, "accepted", ban.fromMs, ban.by);
      return;
    }
    const source = asSource(ban.target);
    if (source === null || ban.proof !== "returned") return;
    const network = networkAround(source);
    if ((this.restsUntilMs.get(this.restKey(network)) ?? 0) > this.parts.clock.nowMs()) return;
    // The ban itself comes first: it is on its way to the kernel.
    if (this.waiting.size === 0) this.parts.after(0, () => this.lookAtAll());
    this.waiting.add(network);
  }

  /** Undecided, newest first. */
  proposals(): Proposal[] {
    return this.parts.proposals.open();
  }

  /** Shuts the proposed network out, for a week where no time is given. */
  accept(network: Target, how: Pick<ByHand, "durationMs" | "by">): Ban | BanRefusal {
    const { proposals, known, bans, clock } = this.parts;
    const proposal = proposals.latestOf(network);
    if (proposal?.decision !== null) return notProposed(network);
    const inside = known.knownWithin(network);
    if (inside !== null) {
      const message = `${network} holds ${inside} by now, where a password was right: if you mean it all the same, ringfence bans add ${network}`;
      return { refused: "refused", message };
    }
    const durationMs = how.durationMs ?? ACCEPTED_MS;
    const note = `proposed: ${proposal.sources.length} sources in it were shut out`;
    const ban = bans.banByHand(network, { durationMs, by: how.by, note });
    if (!("refused" in ban)) proposals.decide(network, "accepted", clock.nowMs(), how.by);
    return ban;
  }

  /** Not to be proposed again for as long as the ladder remembers. */
  dismiss(network: Target, by: string): Proposal | BanRefusal {
    const { proposals, clock } = this.parts;
    return proposals.decide(network, "dismissed", clock.nowMs(), by) ?? notProposed(network);
  }

  private lookAtAll(): void {
    const networks = [...this.waiting];
    this.waiting.clear();
    for (const network of networks) {
      try {
        this.lookAt(network);
      } catch (error) {
        this.parts.log.error("the neighbours of a banned source could not be looked at", { network, error });
      }
    }
  }

  private lookAt(network: Target): void {
    const { store, settings, bans, clock, protection, known } = this.parts;
    const nowMs = clock.nowMs();
    const rules = settings();
    const group = groupIn(network, store.ofNetwork(network, nowMs - rules.groupWindowMs), rules);
    if (group === null || bans.banOf(network) !== null) return;
    this.rest(network, nowMs + REST_MS);
    const reason = sparingBy(protection, known)(network);
    if (reason !== null) this.spare(group, reason, nowMs);
    else if (rules.groupAction === "ban") this.ban(group, nowMs);
    else this.propose(group, nowMs);
  }

  private ban(group: Group, nowMs: number): void {
    const { bans, settings, random } = this.parts;
    bans.ban(planNetworkBan(group, bans.historyOf(group.network), settings(), nowMs, random()));
  }

  /** Told once in the time that neighbours count. */
  private spare({ network, sources }: Group, reason: string, nowMs: number): void {
    const { settings, tell, log } = this.parts;
    log.info("a network with banned sources is left open", { network, sources: sources.length, reason });
    const toldAtMs = this.sparedAtMs.get(network) ?? -Infinity;
    if (nowMs - toldAtMs < settings().groupWindowMs) return;
    remember(this.sparedAtMs, network, nowMs);
    const detail = `${sources.length} sources of ${network} were shut out lately, and the network is left open: ${reason}.`;
    tell({ type: "alarm", slug: "network-spared", detail });
  }

  private propose({ network, sources, attempts }: Group, nowMs: number): void {
    const { proposals, settings, tell, log } = this.parts;
    const latest = proposals.latestOf(network);
    const isDismissed = latest?.decision === "dismissed";
    if (isDismissed && nowMs - (latest.decidedAtMs ?? 0) < settings().forgetMs) return;
    proposals.propose({ network, atMs: nowMs, sources, attempts });
    if (latest?.decision === null) return;
    log.info("a network is proposed to be shut out", { network, sources: sources.length, attempts });
    const detail = `${sources.length} sources of ${network} were shut out lately: ringfence bans accept ${network} shuts the whole network out.`;
    tell({ type: "alarm", slug: "network-proposed", detail });
  }

  private rest(network: Target, untilMs: number): void {
    remember(this.restsUntilMs, this.restKey(network), untilMs);
  }

  private restKey(network: Target): string {
    return `${this.parts.settings().groupAction} ${network}`;
  }
}

/** The latest of them, so that no attacker with many networks fills the memory. */
function remember<Key>(map: Map<Key, number>, network: Key, ms: number): void {
  const [oldest] = map.keys();
  if (map.size >= MOST_RESTING && oldest !== undefined) map.delete(oldest);
  map.delete(network);
  map.set(network, ms);
}

function notProposed(network: Target): BanRefusal {
  const message = `${network} is not proposed: ringfence bans proposals lists what is.`;
  return { refused: "not-found", message };
}
