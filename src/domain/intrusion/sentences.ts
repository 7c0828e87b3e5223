import type { Source } from "../address.js";
import type { BanEvidence, Standing } from "./ban.js";
import { evidenceOf, forgeryEvidence, windowOf, type JudgedTrigger } from "./evidence.js";
import type { Circumstances, Finding } from "./finding.js";
import type { Neighbourhood } from "./neighbours.js";
import type { Broken } from "./rules.js";
import type { ForgedEvent } from "./security-event.js";
import type { IntrusionSettings } from "./settings.js";
import type { Strikes } from "./strikes.js";

const NOTHING: readonly Finding[] = [];

/** A rule broken by somebody, at a time. */
export interface Breach extends Broken {
  readonly standing: Standing;
  readonly atMs: number;
  /** Packets of a flood. */
  readonly packets: number;
  readonly forged?: ForgedEvent;
  readonly neighbours?: Neighbourhood;
}

export function breach({ trigger, proven }: Broken, standing: Standing, atMs: number): Breach {
  return { trigger, proven, standing, atMs, packets: 0 };
}

/** What follows a rule that was broken: a ban, a block or an alarm, with what there is to show for it. What was acted on is taken from the
 *  strikes, so that their windows start anew. */
export class Sentences {
  private nobodyAlarmAtMs = -Infinity;

  constructor(private readonly strikes: Strikes) {}

  /** @param banned false: an alarm is all that follows */
  act(
    suspect: number,
    broken: Breach,
    banned: boolean,
    settings: IntrusionSettings,
    around: Circumstances,
  ): readonly Finding[] {
    if (!banned) return this.alarm(suspect, broken, settings, around);
    const source = this.strikes.suspects.sourceOf(suspect);
    const { trigger, standing, proven, atMs } = broken;
    const evidence = this.evidence(suspect, broken, settings, around);
    this.strikes.clear(source);
    const proof = proven ? "returned" : "unproven";
    return [{ type: "guilty", guilt: { source, trigger, standing, proof, atMs, evidence } }];
  }

  /** At most one a window for each source and trigger: a flood in a trunk's name must not flood people, nor must a device
   *  that nobody takes care of. */
  private alarm(
    suspect: number,
    broken: Breach,
    settings: IntrusionSettings,
    around: Circumstances,
  ): readonly Finding[] {
    const { trigger, standing, atMs } = broken;
    const everyMs = standing === "known" ? patienceOf(trigger, settings) : windowOf(trigger, settings);
    if (!this.strikes.isAlarmDue(suspect, trigger, atMs, everyMs)) return NOTHING;
    const source = this.strikes.suspects.sourceOf(suspect);
    const { summary } = this.evidence(suspect, broken, settings, around);
    const detail = `${source} is ${standing} and was not banned. ${summary}.`;
    return [{ type: "alarm", slug: `${standing}-source-${trigger}`, source, detail }];
  }

  private evidence(
    suspect: number,
    { trigger, atMs, packets, forged, neighbours }: Breach,
    settings: IntrusionSettings,
    around: Circumstances,
  ): BanEvidence {
    const { strikes } = this;
    const lastSuccessAtMs = around.lastSuccessAtMs(null, strikes.suspects.sourceOf(suspect));
    if (forged !== undefined) return forgeryEvidence(strikes, suspect, forged, lastSuccessAtMs, settings);
    const asked = {
      ...{ trigger, atMs, lastSuccessAtMs, account: null, packets },
      ...(neighbours !== undefined && { neighbours }),
    };
    return evidenceOf(strikes, suspect, asked, settings);
  }

  /** For an account that fails at a known source. */
  block(
    suspect: number,
    account: string,
    proven: boolean,
    atMs: number,
    settings: IntrusionSettings,
    around: Circumstances,
  ): readonly Finding[] {
    const { strikes } = this;
    const source = strikes.suspects.sourceOf(suspect);
    const trigger = "account-failures";
    const lastSuccessAtMs = around.lastSuccessAtMs(account, source);
    const asked = { trigger, atMs, lastSuccessAtMs, account, packets: 0 } as const;
    const evidence = evidenceOf(strikes, suspect, asked, settings);
    strikes.clearAccount(source, account);
    const proof = proven ? "returned" : "unproven";
    const guilt = { source, account, trigger, standing: "known", proof, atMs, evidence } as const;
    return [{ type: "block", guilt }];
  }

  /** For one that works there too: it is not blocked. */
  odd(
    suspect: number,
    account: string,
    proven: boolean,
    atMs: number,
    settings: IntrusionSettings,
    around: Circumstances,
  ): readonly Finding[] {
    const slug = "account-fails-and-works";
    if (!this.strikes.isAlarmDue(suspect, `${slug} ${account}`, atMs, settings.windowMs)) return NOTHING;
    const source = this.strikes.suspects.sourceOf(suspect);
    return [{ type: "alarm", slug, source, detail: oddDetail(source, account, proven, around) }];
  }

  /** For strangers who together do too much, in a network that is spared. `why` ends the sentence. */
  spared({ network, tries, sources }: Neighbourhood, why: string): readonly Finding[] {
    const detail = `${tries} attempts to sign in failed from ${sources} sources of ${network}, and nothing is done to its strangers together: ${why}.`;
    return [{ type: "alarm", slug: "neighbours-spared", source: null, detail }];
  }

  /** For a forgery whose sender can't be told. */
  nobody(atMs: number, { windowMs }: IntrusionSettings): readonly Finding[] {
    if (Math.abs(atMs - this.nobodyAlarmAtMs) < windowMs) return NOTHING;
    this.nobodyAlarmAtMs = atMs;
    const detail = "A message with forged headers came, and its true sender can't be told.";
    return [{ type: "alarm", slug: "forged-headers-by-nobody", source: null, detail }];
  }
}

/** A forgotten device behind an office fails for months: once a day is enough to be told. */
function patienceOf(trigger: JudgedTrigger, settings: IntrusionSettings): number {
  return trigger === "attempts" || trigger === "slow-attack"
    ? Math.max(settings.windowMs, settings.slowWindowMs)
    : windowOf(trigger, settings);
}

function oddDetail(source: Source, account: string, proven: boolean, around: Circumstances): string {
  // Only a name that Asterisk has is not the sender's own text.
  const name = around.exists(account) ? `Account ${account}` : "An account";
  const who = proven
    ? "somebody else behind that address guesses its password, or uses an old one"
    : "somebody else fails in its name, and may have forged the address";
  return `${name} fails again and again at ${source} and works there too: ${who}. It was not blocked.`;
}
